package cost

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// WriteText writes tables for people: the models if there are several, metrics and rules of all of them, the dearest
// first, at most top rows each (0: all), and what it comes to.
func WriteText(w io.Writer, models []*Model, top int) error {
	p := &printer{several: len(models) > 1, top: top}
	models = slices.Clone(models)
	slices.SortStableFunc(models, func(a, b *Model) int {
		return cmp.Or(cmp.Compare(b.Totals.All.Series.Most, a.Totals.All.Series.Most), cmp.Compare(a.Model, b.Model), cmp.Compare(a.File, b.File))
	})
	if p.several {
		p.models(models)
	} else {
		for _, m := range models {
			p.heading(m)
		}
	}
	p.metrics(models)
	p.rules(models)
	p.totals(models)
	_, err := io.WriteString(w, p.String())
	return err
}

// printer writes the tables.
type printer struct {
	strings.Builder
	several bool
	top     int
}

// heading says what the numbers of one model are about.
func (p *printer) heading(m *Model) {
	fmt.Fprintf(p, "%s: ", diag.Visible(m.Model))
	switch {
	case m.Pushed:
		p.WriteString("values are pushed, and ")
	case m.Targets.Known():
		fmt.Fprintf(p, "%s, ", plural(m.Targets.Most, "target"))
	default:
		fmt.Fprintf(p, "nobody declared how many targets (%s), ", quoted(m.Targets.Without))
	}
	fmt.Fprintf(p, "scraped every %s", metric.FormatDuration(m.Scrape))
	if m.Evaluation > 0 {
		fmt.Fprintf(p, "; rules every %s", metric.FormatDuration(m.Evaluation))
	}
	p.WriteString("\n\n")
}

func (p *printer) models(models []*Model) {
	t := newTable("model", "series", "samples/s", "memory", "disk/day", "reads/s", "in a deploy")
	for _, m := range models {
		all := m.Totals.All
		t.row(diag.Visible(m.Model), count(all.Series.Most), rate(all.SamplesPerSecond), bytes(all.HeadBytes), disk(all), rate(m.Totals.ReadPerSecond), count(m.Totals.Deploy.HeadSeries))
	}
	p.table(t)
}

// metrics of all models: the specs' own, then the stacks'.
func (p *printer) metrics(models []*Model) {
	type line struct {
		Metric
		model string
	}
	var lines []line
	absent := 0
	for _, m := range models {
		for _, of := range m.Metrics {
			lines = append(lines, line{of, m.Model})
		}
		absent += m.Absent
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Or(CompareMetrics(a.Metric, b.Metric), cmp.Compare(a.model, b.model)) })
	for _, stack := range []bool{false, true} {
		head := "metric"
		if stack {
			head = "metric of the stack"
		}
		t := newTable(p.named(head, "model", "series", "samples/s", "memory", "disk/day", "made of")...)
		for _, l := range lines {
			if l.Stack == stack {
				t.row(p.named(l.Name, l.model, append(l.cells(), l.madeOf())...)...)
			}
		}
		p.table(t)
	}
	if absent > 0 {
		fmt.Fprintf(p, "%s of profiles that not every server has: not counted\n\n", plural(float64(absent), "metric"))
	}
}

// named puts a name before a row, and the model's if there are several.
func (p *printer) named(name, model string, rest ...string) []string {
	if p.several {
		return append([]string{diag.Visible(name), diag.Visible(model)}, rest...)
	}
	return append([]string{diag.Visible(name)}, rest...)
}

// rules of all models.
func (p *printer) rules(models []*Model) {
	type line struct {
		Rule
		model string
	}
	var lines []line
	for _, m := range models {
		for _, r := range m.Rules {
			lines = append(lines, line{r, m.Model})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Or(CompareRules(a.Rule, b.Rule), cmp.Compare(a.model, b.model)) })
	t := newTable(p.named("rule", "model", "rules", "samples read", "reads/s", "series", "disk/day", "")...)
	for _, l := range lines {
		t.row(p.named(l.Name, l.model, l.cells()...)...)
	}
	p.table(t)
}

// cells of a rule: how many, what they read, what they make.
func (r Rule) cells() []string {
	read, perSecond, series, perDay, why := none, none, none, none, ""
	if r.Read.Known() {
		read, perSecond = count(r.Read.Most), rate(r.ReadPerSecond)
	} else {
		read = unbounded
	}
	switch {
	case r.Alert:
	case r.Series.Known():
		series, perDay = count(r.Series.Most), disk(r.Usage)
	default:
		series = unbounded
	}
	if names := r.Read.unite(r.Series).Without; len(names) > 0 {
		why = "no bound: " + quoted(names)
	}
	return []string{count(float64(r.Rules)), read, perSecond, series, perDay, why}
}

// cells of a metric: what its series cost.
func (u Usage) cells() []string {
	if !u.Series.Known() {
		return []string{unbounded, none, none, none}
	}
	return []string{count(u.Series.Most), rate(u.SamplesPerSecond), bytes(u.HeadBytes), disk(u)}
}

// madeOf says what a number of series is the product of, or what has no bound.
func (m Metric) madeOf() string {
	if !m.Series.Known() {
		return "no bound: " + quoted(m.Series.Without)
	}
	var parts []string
	for _, f := range m.Factors {
		parts = append(parts, count(float64(f.N))+" "+diag.Visible(cmp.Or(f.Of, "each")))
	}
	return strings.Join(parts, " × ")
}

// everything is the row of the totals that is always there.
const everything = "all of them"

func (p *printer) totals(models []*Model) {
	sum := Sum(models)
	t := newTable("in all", "series", "samples/s", "memory", "pessimistic", "disk/day")
	for _, part := range []struct {
		name string
		Usage
	}{{"own metrics", sum.Own}, {"metrics of the stack", sum.Stack}, {"recorded", sum.Records}, {everything, sum.All}} {
		if part.Series.Most == 0 && part.name != everything {
			continue
		}
		t.row(part.name, count(part.Series.Most), rate(part.SamplesPerSecond), bytes(part.HeadBytes), bytes(part.PessimisticHeadBytes), disk(part.Usage))
	}
	p.Builder.WriteString(t.String())
	p.WriteString("\n")
	if sum.ReadPerSecond > 0 {
		fmt.Fprintf(p, "rules read %s samples per second\n", rate(sum.ReadPerSecond))
	}
	if d := sum.Deploy; d.Replaced > 0 {
		fmt.Fprintf(p, "a deploy of all targets replaces %s series: for 2 to 3 hours the head has %s, %s (pessimistic %s)\n",
			count(d.Replaced), count(d.HeadSeries), bytes(d.HeadBytes), bytes(d.PessimisticHeadBytes))
	}
	if n := len(sum.Unbounded); n > 0 {
		fmt.Fprintf(p, "%s not in these sums, since nobody declared a bound\n", plural(float64(n), "metric or rule", "metrics and rules"))
	}
	if sum.All.Natives {
		p.WriteString("disk/day is without native histograms, whose samples are as large as they have filled buckets\n")
	}
}
