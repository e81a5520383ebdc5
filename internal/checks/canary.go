package checks

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What a canary can look at.
const (
	ofErrors = "requests, with failed ones among them"
	ofSizes  = "measured values"
	ofMix    = "classes"
)

var canary = &Kind{
	Name:       spec.CheckCanary,
	Title:      "a version is worse than the one it replaces",
	Doc:        "Holds each version of a model against one of them, over the same hour: the share of failed requests, the mean or a quantile of latency or of a score, or the shares of classes. Both see the same weather, so what differs is the version.",
	Window:     time.Hour,
	MinSamples: 200,
	Methods: slices.Concat([]*Method{
		{
			Name: "errors", Title: "More errors", Of: ofErrors, Formula: "errors / n − errors₀ / n₀; the failed ones are those that `errors:` of the metric selects", Source: "arithmetic",
			Op: spec.Above, Low: "-1", High: "1", Unit: metric.Ratio(), Warn: "0.01", Alert: "0.02",
			Reading: "0 is no difference, 2% two more errors in a hundred requests.",
		},
		{
			Name: "mean", Title: "Change of the mean", Of: ofSizes, Formula: "(mean − mean₀) / |mean₀|", Source: "arithmetic",
			Op: spec.Above, Unit: metric.Ratio(), Warn: "0.1", Alert: "0.2",
			Reading: "0 is no difference, 20% a mean that is a fifth higher.",
		},
		{
			Name: "quantile", Title: "Change of the quantile", Of: ofSizes, Formula: "(quantile − quantile₀) / |quantile₀|, interpolated within buckets; 0.95 unless `quantile` says another", Source: "Prometheus, histogram_quantile",
			Op: spec.Above, Unit: metric.Ratio(), Warn: "0.1", Alert: "0.25",
			Reading: "0 is no difference, 25% a quantile that is a quarter higher.",
		},
	}, forMix(distances)),
	Pitfalls: []string{
		"A version with one request in a hundred needs hours for `min_samples`: a longer window, or patience.",
		"Two versions are comparable if the same traffic is split between them at random, not by customer.",
		"Of a score that should be high the low side is bad: `direction: below` and negative limits.",
	},
	Questions: []string{"What does the version do differently: model, code, or resources?", "Can it be taken back while you look?"},
	Example: `- canary: requests_total
  against: {version: stable}
`,
	Metrics: `requests_total: {type: counter, role: requests, errors: {code: 5xx}, labels: {version: [stable, canary], code: any}}
`,
	signal: "Canary", order: 44,
}

// forMix are the distances of drift, for the classes of two versions.
func forMix(list []*Method) (own []*Method) {
	for _, m := range list {
		if m.Of != "" && m.Of != ofClasses {
			continue
		}
		copied := *m
		copied.Of = ofMix
		own = append(own, &copied)
	}
	return own
}

// versions is a canary on its way.
type versions struct {
	*check
	// label tells versions apart, base is the one that others are held against.
	label, base string
	// level are the labels of a result.
	level []string
}

func makeCanary(c *check) {
	if c.several() {
		c.errorf(c.spec.Kind.Span, "a check of `canary` is about one metric").WithHelp("make a check of each")
		return
	}
	m := c.metrics[0]
	if !c.checkBy(m) || !c.takes(m, metric.Counter, metric.Histogram, metric.NativeHistogram, metric.Summary) {
		return
	}
	v, ok := c.findVersions(m)
	if !ok || !v.choose(m) {
		return
	}
	switch c.method.Of {
	case ofErrors:
		v.errors(m)
	case ofSizes:
		v.sizes(m)
	default:
		v.mix(m)
	}
}

// findVersions finds the label of versions; false after reporting.
func (c *check) findVersions(m *metric.Metric) (*versions, bool) {
	a := c.spec.Against
	if a == nil || !a.Label.Given() {
		at := c.spec.Kind.Span
		if a != nil {
			at = a.Span
		}
		c.errorf(at, "against which version?").WithHelp("name its label and value: `against: {version: stable}`")
		return nil, false
	}
	l, ok := c.label(m, a.Label)
	if !ok || c.isMembers(a.Label) {
		return nil, false
	}
	if slices.Contains(c.by, l.Name) {
		c.errorf(a.Label.Span, "`by` has the label `%s`, which tells the versions apart", l.Name).WithHelp("leave it out of `by`: each version has a result of its own")
		return nil, false
	}
	known := l.Values.Exactly
	switch {
	case len(known) == 1, l.Values.AtMost == 1:
		c.errorf(a.Label.Span, "the label `%s` has one value: there is no other version", l.Name).WithHelp("list all of them at the metric").See(l.Span, "its values")
		return nil, false
	case len(known) > 1 && !slices.Contains(known, a.Value.Value):
		c.errorf(a.Value.Span, "the label `%s` is never `%s`", l.Name, a.Value.Value).
			WithHelp("%s", diag.DidYouMean(a.Value.Value, known, "its values are `"+strings.Join(known, "`, `")+"`")).See(l.Span, "its values")
		return nil, false
	}
	return &versions{check: c, label: l.Name, base: a.Value.Value, level: append(slices.Clone(c.by), l.Name)}, true
}

// choose decides what is compared: what the metric is, and what the check names; false after reporting.
func (v *versions) choose(m *metric.Metric) bool {
	of := ofSizes
	if m.Type == metric.Counter {
		of = ofMix
		if errors := v.spec.Method.Value == "errors"; errors || len(m.Errors) > 0 && !v.spec.Method.Given() && !v.spec.Across.Given() {
			if len(m.Errors) == 0 {
				v.errorf(v.spec.Method.Span, "`%s` does not say which requests failed", m.Name).WithHelp("say it at the metric: `errors: {code: 5xx}`").See(m.Span, "the metric")
				return false
			}
			of = ofErrors
		}
	}
	if !v.useMethod(of) {
		return false
	}
	needs := "for the classes of a counter alone"
	switch {
	case of != ofMix && refuse(v.check, "across", v.spec.Across, needs, "leave it out"),
		v.method.Name != "quantile" && refuse(v.check, "quantile", v.spec.Quantile, "for the method `quantile` alone", "leave it out, or write `method: quantile`"),
		of != ofErrors && refuse(v.check, "significance", v.spec.Significance, "for the method `errors` alone", "leave it out"),
		of != ofSizes && refuse(v.check, "direction", v.spec.Direction, "for a mean or a quantile alone: more errors, or other classes, are bad", "leave it out"):
		return false
	}
	if v.method.Name == "quantile" && m.Type == metric.Summary {
		v.errorf(v.spec.Method.Span, "quantiles of a summary cannot be taken over several copies").WithHelp("take the mean, or a histogram").See(m.Span, "the metric")
		return false
	}
	if of == ofSizes && (v.spec.Direction.Value == "below" || !v.spec.Direction.Given() && m.Role == "confidence") {
		own := *v.method
		own.Op, own.Warn, own.Alert = spec.Below, "-"+own.Warn, "-"+own.Alert
		v.method = &own
	}
	return of != ofSizes || v.signed()
}

// others and baseline read a record, of all but the one version, and of that one.
func (v *versions) others(record string, by ...string) string {
	return derive.Aggregate("sum", append(slices.Clone(v.level), by...), v.matching(record, metric.NotEqual))
}

func (v *versions) baseline(record string, by ...string) string {
	return derive.Aggregate("sum", append(slices.Clone(v.by), by...), v.matching(record, metric.Equal))
}

func (v *versions) matching(record string, op metric.MatchOp) string {
	return derive.Series(nameOf(record), v.labels(metric.Matcher{Label: v.label, Op: op, Value: v.base})...)
}

// against joins what each version has with what the one has.
func (v *versions) against(operator string) string {
	return " " + operator + " " + v.on() + " group_left () "
}

// errors compares shares of failed requests.
func (v *versions) errors(m *metric.Metric) {
	n := v.record(v.level, m.Name, v.over("increase"), "("+v.counts(v.level, v.series(m.Name))+") >= 0", metric.Unit{})
	failed := "((" + v.counts(v.level, v.series(m.Name, m.Errors...)) + ") >= 0 or 0 * " + derive.Aggregate("sum", v.level, n) + ")"
	share := v.record(v.level, m.Name, v.over("error_ratio"), failed+" / on "+derive.Labels(v.level)+" "+v.atLeast(derive.Aggregate("sum", v.level, n)), metric.Ratio())
	score := v.record(v.level, m.Name, v.over("error_ratio_difference"), v.others(share)+v.against("-")+v.baseline(share), metric.Ratio())
	query := score
	if v.spec.Significance.Given() {
		query += " and on " + derive.Labels(v.level) + " " + v.significance(m, n, share) + " > " + oneSided(v.spec.Significance.Value)
	}
	v.finish(score, query, share, text(" has ", derive.Value(), " more errors than "), "share of failed requests")
}

// significance records z of the two-proportion test, pooled: how far the shares lie apart, in standard deviations of
// what chance does to them.
func (v *versions) significance(m *metric.Metric, n, share string) string {
	nOther, nBase := v.others(n), v.baseline(n)
	failed := nOther + " * " + v.others(share) + v.against("+") + "(" + nBase + " * " + v.baseline(share) + ")"
	pooled := v.record(v.level, m.Name, v.over("error_ratio_pooled"), "("+failed+") / ("+nOther+v.against("+")+nBase+")", metric.Ratio())
	inverse := "1 / " + nOther + v.against("+") + "(1 / " + nBase + ")"
	p := derive.Aggregate("sum", v.level, pooled)
	return v.record(v.level, m.Name, v.over("error_ratio_z"), "("+v.others(share)+v.against("-")+v.baseline(share)+") / on "+derive.Labels(v.level)+" sqrt("+p+" * (1 - "+p+") * on "+derive.Labels(v.level)+" ("+inverse+") > 0)", metric.Unit{})
}

// oneSided is the quantile of the normal distribution that is passed by chance with probability alpha.
func oneSided(alpha decimal.Decimal) string {
	return decimal.NewFromFloat(math.Sqrt2 * math.Erfinv(1-2*alpha.InexactFloat64())).Round(9).String()
}

// sizes compares means or quantiles.
func (v *versions) sizes(m *metric.Metric) {
	all := v.counts(v.level, v.series(m.Name+metric.Count.Suffix()))
	name, what := "mean", "mean"
	query := "(" + v.counts(v.level, v.series(m.Name+metric.Sum.Suffix())) + " / " + v.atLeast(all) + ") >= -Inf"
	if v.method.Name == "quantile" {
		q := decimal.New(95, -2)
		if v.spec.Quantile.Given() {
			q = v.spec.Quantile.Value
		}
		name, what = "p"+strings.ReplaceAll(q.Shift(2).String(), ".", "_"), q.Shift(2).String()+" % quantile"
		buckets := v.counts(append(slices.Clone(v.level), "le"), v.series(m.Name+metric.Bucket.Suffix()))
		query = "(histogram_quantile(" + q.String() + ", " + buckets + ") and on " + derive.Labels(v.level) + " " + all + " >= " + v.least() + ") >= -Inf"
	}
	size := v.record(v.level, m.Name, v.over(name), query, m.Unit)
	change := "(" + v.others(size) + v.against("-") + v.baseline(size) + ")" + v.against("/") + "abs(" + v.baseline(size) + " != 0)"
	score := v.record(v.level, m.Name, v.over(name+"_change"), change, metric.Ratio())
	v.finish(score, score, size, text(" differs in its "+what+" by ", derive.Value(), " from "), what)
}

// finish adds alert and panels: the score of each version, and what was compared.
func (v *versions) finish(score, query, compared string, summary []spec.TemplatePart, what string) {
	unit := v.method.Unit
	if what != "share of failed requests" {
		unit = v.metrics[0].Unit
	}
	base := derive.Aggregate("sum", v.by, v.matching(compared, metric.Equal))
	v.alert(alarm{
		query:   query,
		summary: text(v.label+" ", derive.Label(v.label), labelled(v.by), summary, v.base),
		detail:  text("In "+v.recently()+" the "+what+" of `"+v.metrics[0].Name+"` was ", derive.Ask(compared, unit, v.level...), ", and ", derive.Ask(base, unit, v.by...), " of "+v.base+"; the limit of the difference is ", derive.Threshold(), "."),
	})
	v.pane(pane{title: v.title(), text: v.method.Title + " against " + v.base + ". " + v.method.Reading, queries: []spec.PanelQuery{v.query("", score, v.label)}, unit: v.method.Unit, limits: true})
	v.pane(pane{
		title: v.title() + ": versions", unit: unit, text: sentence(what) + " of each " + v.label + ".",
		queries: []spec.PanelQuery{v.query("", compared, v.label)},
	})
}

// maxMixed is how many classes of versions are compared: each is a term of an expression, which has a length that
// others can read.
const maxMixed = 40

// mix compares the shares of classes.
func (v *versions) mix(m *metric.Metric) {
	across, ok := v.across(m)
	if !ok {
		return
	}
	classes := across.Values.Exactly
	if len(classes) < 2 || len(classes) > maxMixed {
		v.errorf(v.subject(m), "the classes of versions are compared if `%s` lists them, 2 to %d", across.Name, maxMixed).
			WithHelp("list them at the metric: `labels: {%s: [cat, dog]}`", across.Name).See(m.Span, "the metric")
		return
	}
	each := *v.check
	each.by = v.level
	b := each.countClasses(m, across, side{})
	withClass := append(slices.Clone(v.level), across.Name)
	// A class that a version never predicted has share 0, which no series says.
	total := derive.Aggregate("sum", v.level, b.counts)
	filled := derive.Aggregate("sum", withClass, b.counts)
	for _, class := range append(slices.Clone(classes), other) {
		filled += "\n  or label_replace(0 * " + total + ", " + quote(across.Name) + ", " + quote(class) + `, "", "")`
	}
	filled = v.record(withClass, m.Name, v.over("increase_filled"), filled, metric.Unit{})
	share := v.record(withClass, m.Name, v.over("share"), derive.Aggregate("sum", withClass, filled)+" / on "+derive.Labels(v.level)+" group_left () "+v.atLeast(total), metric.Ratio())
	current := v.record(withClass, m.Name, v.over("share_of_others"), v.others(share, across.Name), metric.Ratio())
	reference := v.record(withClass, m.Name, v.over("share_of_"+baseName), "0 * "+derive.Aggregate("sum", withClass, current)+" + on "+derive.Labels(append(slices.Clone(v.by), across.Name))+" group_left () "+v.baseline(share, across.Name), metric.Ratio())
	each.method = v.method
	score := v.record(v.level, m.Name, v.over(v.method.Name)+"_against_"+baseName, each.distance(pair{bins: b, current: current, reference: reference}), v.method.Unit)
	apart := derive.Aggregate("sum", withClass, current+" - "+reference)
	v.alert(alarm{
		query:   score,
		summary: text(v.label+" ", derive.Label(v.label), labelled(v.by), " predicts other classes than "+v.base+" ("+v.method.Title+" ", derive.Value(), ")"),
		detail:  text("Shares that differ most, less those of "+v.base+": ", derive.List(apart+"\n  and "+derive.Aggregate("topk", v.level, "3, abs("+apart+")"), metric.Ratio(), across.Name, v.level...), "."),
	})
	v.pane(pane{title: v.title(), text: v.method.Title + " against " + v.base + ". " + v.method.Reading, queries: []spec.PanelQuery{v.query("", score, v.label)}, unit: v.method.Unit, limits: true})
	v.pane(pane{
		title: v.title() + ": classes", typ: "barchart", width: 16, unit: metric.Ratio(), text: "Share of each " + across.Name + " in " + v.recently() + ", of each " + v.label + ".",
		queries: []spec.PanelQuery{v.query("", derive.Aggregate("sum", withClass, share), v.label)},
	})
}

// baseName is the one version in names of records, whatever it is called.
const baseName = "baseline"
