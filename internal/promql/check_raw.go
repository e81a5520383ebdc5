package promql

import (
	"github.com/prometheus/prometheus/promql/parser"
)

// checkRoot judges a counter whose value is the result, and what else only shows there.
func (t *typing) checkRoot(root typeFact) {
	switch raw := root.raw; {
	case raw == nil || t.use.Place == InVariable:
	case t.use.Place == InAlert && t.use.Whole && !raw.compared:
		// The alert asks which series there are, not for their values.
	default:
		read := *raw
		read.copied = t.use.Place == InRecord && !root.many && !raw.compared
		read.compared = raw.compared || t.use.Place == InAlert // with its limits
		t.rawCounter(&read)
	}
	if t.use.Place != InAlert {
		t.constantMean(t.q.src.expr)
	}
}

// averagedCounter reports the mean of counters, which is nothing; what is left of it is nil.
func (t *typing) averagedCounter(raw *rawCounter) *rawCounter {
	if raw != nil {
		t.raw(raw, "averaged")
	}
	return nil
}

// rawCounter reports that a counter's value is read, compared or subtracted.
func (t *typing) rawCounter(raw *rawCounter) {
	switch {
	case raw.subtracted:
		t.raw(raw, "subtracted")
	case raw.compared:
		t.raw(raw, "compared")
	default:
		t.raw(raw, "read")
	}
}

func (t *typing) raw(raw *rawCounter, how string) {
	if t.q == nil || t.judged[raw.metric.Name] || raw.other != nil && t.judged[raw.other.metric.Name] {
		return
	}
	t.judge(raw)
	start, end := t.selectorPlace(raw.node)
	p := Problem{Kind: RawCounter, Start: start, End: end, Proved: t.inRule() && !raw.copied, Reasons: declared(raw.metric)}
	text := t.q.src.text[start:end]
	rate, increase := backquoted("rate("+text+"["+t.q.window()+"])"), backquoted("increase("+text+"["+t.q.window()+"])")
	p.Message = "`" + raw.name + "` is " + counterWord(raw) + ", and is " + how + " without `rate`"
	p.Help = "its value is what it counted since its process began: write " + rate + ", or " + increase
	if how == "subtracted" {
		p.Message = "`" + raw.name + "` is " + counterWord(raw) + ": the difference of two of its values is wrong when its process begins anew"
		p.Help = "write " + backquoted("increase("+text+"[…])") + " over the time between the two"
	}
	if o := raw.other; o != nil && o.metric.Name != raw.metric.Name {
		from, to := t.selectorPlace(o.node)
		p.Reasons = append(p.Reasons, Reason{Start: from, End: to, Text: "this is a counter, too"})
		t.judge(o)
	}
	t.report(p)
}

// judge notes that a message names the counter.
func (t *typing) judge(raw *rawCounter) {
	if t.judged == nil {
		t.judged = map[string]bool{}
	}
	t.judged[raw.metric.Name] = true
}

// selectorPlace returns the bytes of a selector's name and braces.
func (t *typing) selectorPlace(vs *parser.VectorSelector) (start, end int) {
	s := &t.q.selectors[t.q.selectorIndex(vs)]
	return t.q.lexemeBytes(t.q.src.at(int(vs.PosRange.Start)), s.last)
}
