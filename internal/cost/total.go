package cost

import (
	"cmp"
	"slices"
)

// Totals add up what has a bound.
type Totals struct {
	// Own are the spec's own metrics, Stack those that profiles bring, Records what rules record.
	Own, Stack, Records Usage
	// All of them.
	All Usage
	// Unbounded are the names of metrics and rules that are not in the sums, since they have no bound.
	Unbounded []string
	// ReadPerSecond are the samples that rules read, those without a bound left out.
	ReadPerSecond float64
	// Deploy is what replacing all targets at once, or one after the other within two hours, costs.
	Deploy Deploy
}

// Deploy is what a rolling deploy costs: the series of targets that are gone stay in the head until its next
// truncation, 2 to 3 hours.
type Deploy struct {
	// Replaced are series that end and begin anew under the name of another target, HeadSeries all that are in the
	// head then: those of now and those of before.
	Replaced, HeadSeries float64
	// HeadBytes and PessimisticHeadBytes are the memory of HeadSeries.
	HeadBytes, PessimisticHeadBytes float64
}

// total adds up.
func (m *Model) total(c *counter) (t Totals) {
	replaced := 0.0
	for _, of := range m.Metrics {
		if !of.Series.Known() {
			t.Unbounded = append(t.Unbounded, of.Name)
			continue
		}
		part := &t.Own
		if of.Stack {
			part = &t.Stack
		}
		part.add(of.Usage)
		if !of.Elsewhere && !c.pushed {
			replaced += of.Series.Most
		}
	}
	for _, r := range m.Rules {
		t.ReadPerSecond += r.ReadPerSecond
		t.Records.add(r.Usage)
		if !r.known() {
			t.Unbounded = append(t.Unbounded, r.Name)
		}
	}
	for _, made := range c.recorded {
		for _, r := range made {
			if r.perTarget && r.series.Known() {
				replaced += r.series.Most
			}
		}
	}
	for _, part := range []Usage{t.Own, t.Stack, t.Records} {
		t.All.add(part)
	}
	head := t.All.Series.Most + replaced
	t.Deploy = Deploy{Replaced: replaced, HeadSeries: head, HeadBytes: float64(head * headBytesPerSeries), PessimisticHeadBytes: float64(head * pessimisticHeadBytesPerSeries)}
	return t
}

// Add adds the totals of another model.
func (t *Totals) Add(o Totals) {
	t.Own.add(o.Own)
	t.Stack.add(o.Stack)
	t.Records.add(o.Records)
	t.All.add(o.All)
	t.Unbounded = append(t.Unbounded, o.Unbounded...)
	t.ReadPerSecond += o.ReadPerSecond
	t.Deploy.Replaced += o.Deploy.Replaced
	t.Deploy.HeadSeries += o.Deploy.HeadSeries
	t.Deploy.HeadBytes += o.Deploy.HeadBytes
	t.Deploy.PessimisticHeadBytes += o.Deploy.PessimisticHeadBytes
}

// sort puts the dearest first: the spec's own metrics before the stack's, and those of other targets last; what has no
// bound before what has, then by series and bytes; rules by the samples that they read and the series that they make.
// What is without a bound since other targets are is last: no spec can say how many there are.
func (m *Model) sort() {
	slices.SortStableFunc(m.Metrics, CompareMetrics)
	slices.SortStableFunc(m.Rules, CompareRules)
}

// CompareMetrics orders metrics, the dearest first.
func CompareMetrics(a, b Metric) int {
	return cmp.Or(
		trueFirst(b.Stack, a.Stack), trueFirst(b.Elsewhere, a.Elsewhere), trueFirst(b.Series.Known(), a.Series.Known()),
		cmp.Compare(b.Series.Most, a.Series.Most), cmp.Compare(b.BytesPerDay, a.BytesPerDay), cmp.Compare(a.Name, b.Name),
	)
}

// CompareRules orders rules, the dearest first.
func CompareRules(a, b Rule) int {
	return cmp.Or(
		trueFirst(b.outOfReach(), a.outOfReach()), trueFirst(b.known(), a.known()),
		cmp.Compare(b.ReadPerSecond, a.ReadPerSecond), cmp.Compare(b.Series.Most, a.Series.Most),
		trueFirst(b.Alert, a.Alert), cmp.Compare(a.Name, b.Name),
	)
}

// known reports whether all of a rule has a bound; outOfReach, whether it has none because of other targets.
func (r Rule) known() bool      { return r.Read.Known() && r.Series.Known() }
func (r Rule) outOfReach() bool { return r.Elsewhere && !r.known() }

// trueFirst orders true before false.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
