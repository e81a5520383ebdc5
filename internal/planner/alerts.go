package planner

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// alertItem is an alert on its way: what was written, merged, then its query and limits.
type alertItem struct {
	*spec.Alert
	bd *binding // what its query is bound to; nil: the author's own query
	// brought: a role or profile has it. changed: the author gave it another query, so that its limits no
	// longer say anything about the panels that came with it.
	brought, changed bool
	// panel is the panel that the alert names.
	panel *panelItem
	// query is what is compared; nil for a raw expression that is not taken apart.
	query *promql.Query
	// raw is an `expr` carried whole.
	raw    *promql.Query
	window time.Duration
	unit   metric.Unit
	limits limits
	// text of the threshold as written: `300ms`.
	threshold string
	// planned is the result.
	planned *plan.Alert
	// value is what is compared with the limits, as a complete expression.
	value string
}

// limits are what an alert and everything that draws it share: decided once, here.
type limits struct {
	op   spec.Op
	crit []decimal.Decimal
	warn *decimal.Decimal
	// page: the alert wakes somebody, so that it is critical without a softer limit.
	page bool
}

// readAlerts merges what profiles and roles bring with what the author wrote, and reads queries and
// limits. An alert without a condition that nobody completes is off.
func (b *builder) readAlerts() {
	var list []*alertItem
	byName := map[string]*alertItem{}
	for _, bd := range b.bindings {
		for _, a := range bd.Alerts {
			if a.Unless.Given() && b.hasRole(a.Unless.Value) {
				continue
			}
			if other, ok := byName[a.Name.Value]; ok {
				b.rep.Errorf(a.Name.Span, "`%s` and `%s` both bring an alert `%s`", other.bd.key, bd.key, a.Name.Value)
				continue
			}
			copied := *a
			item := &alertItem{Alert: &copied, bd: bd, brought: true}
			byName[a.Name.Value], list = item, append(list, item)
		}
	}
	seen := map[string]*spec.Alert{}
	for _, a := range b.model.Alerts {
		if other, ok := seen[a.Name.Value]; ok {
			b.rep.Errorf(a.Name.Span, "two entries for the alert `%s`", a.Name.Value).
				WithHelp("put all changes into one entry").See(other.Name.Span, "the other one")
			continue
		}
		seen[a.Name.Value] = a
		item, brought := byName[a.Name.Value]
		switch {
		case a.Omit.Given() && !brought:
			b.rep.Errorf(a.Name.Span, "no alert `%s` to omit", a.Name.Value).
				WithHelp("%s", diag.DidYouMean(a.Name.Value, names(list), "roles and profiles bring: "+strings.Join(names(list), ", ")))
		case a.Omit.Given():
			list = slices.DeleteFunc(list, func(i *alertItem) bool { return i == item })
		case brought:
			patch(item, a)
		case b.isWhole(a, list):
			copied := *a // a Model is planned more than once: nothing of it changes
			list = append(list, &alertItem{Alert: &copied})
		}
	}
	for _, item := range list {
		if item.Condition == nil && item.Expr == nil {
			if item.changed {
				b.rep.Errorf(item.Name.Span, "the alert `%s` has no condition", item.Name.Value).
					WithHelp("say when it fires: `above:` or `below:`")
			}
			continue // else off until a spec gives it a limit
		}
		if b.readAlert(item) {
			b.merged = append(b.merged, item)
		}
	}
}

func names(list []*alertItem) (names []string) {
	for _, i := range list {
		names = append(names, i.Name.Value)
	}
	return names
}

// isWhole reports whether an alert of the author's own says what it looks at and when it fires.
func (b *builder) isWhole(a *spec.Alert, brought []*alertItem) bool {
	near := diag.Suggest(a.Name.Value, names(brought))
	switch {
	case a.Query == nil && a.Expr == nil && !a.Panel.Given():
		help := "say what it looks at: `query:`, `panel:` or `expr:`; to change an alert of a role or profile use its name"
		if near != "" {
			help = "did you mean `" + near + "`? An alert of its own needs `query:`, `panel:` or `expr:`"
		}
		b.rep.Errorf(a.Name.Span, "the alert `%s` looks at nothing", a.Name.Value).WithHelp("%s", help)
		return false
	case a.Condition == nil && a.Expr == nil:
		b.rep.Errorf(a.Name.Span, "the alert `%s` has no condition", a.Name.Value).
			WithHelp("say when it fires: `above:`, `below:`, `outside:`, `within:` or `absent:`")
		return false
	}
	return true
}

// patch changes the fields of a brought alert that the author gives (LANGUAGE rule 7).
func patch(item *alertItem, a *spec.Alert) {
	t := item.Alert
	if a.Query != nil || a.Expr != nil || a.Panel.Given() {
		t.Query, t.Expr, t.Panel = a.Query, a.Expr, a.Panel
		// What was said of the old query says nothing of the new one.
		t.Condition, t.Warn, t.Window = nil, diag.Located[string]{}, diag.Located[time.Duration]{}
		t.Reduce, t.Over = diag.Located[string]{}, diag.Located[time.Duration]{}
		item.bd, item.changed = nil, true
	}
	if a.Condition != nil {
		if t.Condition != nil && t.Condition.Op != a.Condition.Op {
			t.Warn = diag.Located[string]{} // the old soft limit is on the other side
		}
		t.Condition = a.Condition
	}
	override(&t.Warn, a.Warn)
	override(&t.Window, a.Window)
	override(&t.Reduce, a.Reduce)
	override(&t.Over, a.Over)
	override(&t.For, a.For)
	override(&t.Severity, a.Severity)
	override(&t.Signal, a.Signal)
	override(&t.ID, a.ID)
	if a.Summary != nil {
		t.Summary = a.Summary
	}
	if a.Description != nil {
		t.Description = a.Description
	}
	t.Name.Span, t.Span = a.Name.Span, a.Span
}

func override[T any](to *diag.Located[T], from diag.Located[T]) {
	if from.Given() {
		*to = from
	}
}

// readAlert finds the query and the limits of an alert; false after reporting.
func (b *builder) readAlert(item *alertItem) bool {
	failed := b.rep.Errors()
	item.window = item.Window.Value
	switch {
	case item.Panel.Given():
		b.alertOnPanel(item)
	case item.Query != nil:
		item.query = b.bind(item.bd, *item.Query)
	case item.Expr != nil:
		q := b.bind(item.bd, *item.Expr)
		if q == nil {
			break
		}
		if apart, ok := promql.TakeApart(q); ok && item.Condition == nil {
			item.query = apart.Inner
			number := diag.At(apart.Number, item.Expr.Span)
			item.Condition = &spec.Condition{Op: spec.Op(apart.Op), Limits: []diag.Located[string]{number}, Span: item.Expr.Span}
		} else {
			item.raw = q
		}
	}
	if b.rep.Errors() > failed {
		return false
	}
	q := item.query
	if q == nil {
		q = item.raw
	}
	if q == nil {
		return false // a label is missing that the query of a role needs
	}
	if item.panel == nil {
		b.checkQuery(q)
	}
	b.checkRule(q, item)
	b.checkType(q, "an alert compares")
	b.checkLabels(q, item.Name.Span, b.setLabels())
	if item.raw != nil {
		b.checkRaw(item)
	} else {
		item.unit = b.unit(q)
		item.limits = b.readLimits(item)
	}
	b.checkReduce(item)
	return b.rep.Errors() == failed
}

// alertOnPanel finds the panel, and the query in it, that an alert names: `title` or `title/legend`.
func (b *builder) alertOnPanel(item *alertItem) {
	name := item.Panel.Value
	var titles []string
	for _, p := range b.panels {
		titles = append(titles, p.Title.Value)
	}
	for _, p := range b.panelsNamed(name) {
		if p.broken {
			return
		}
		if rest, ok := strings.CutPrefix(name, p.Title.Value); ok {
			legend := strings.TrimPrefix(rest, "/")
			switch i := slices.IndexFunc(p.queries, func(q boundQuery) bool { return q.legend == legend }); {
			case rest == "" && len(p.queries) == 1:
				item.query = p.queries[0].Query
			case rest == "":
				b.rep.Errorf(item.Panel.Span, "the panel `%s` has %d queries", name, len(p.queries)).
					WithHelp("name one of them: `%s/%s`", name, p.queries[0].legend).See(p.Title.Span, "the panel")
			case i < 0:
				var legends []string
				for _, q := range p.queries {
					legends = append(legends, q.legend)
				}
				b.rep.Errorf(item.Panel.Span, "the panel `%s` has no query with the legend `%s`", p.Title.Value, legend).
					WithHelp("%s", diag.DidYouMean(legend, legends, "its legends are: "+strings.Join(legends, ", "))).See(p.Title.Span, "the panel")
			default:
				item.query = p.queries[i].Query
			}
			item.panel = p
			if item.window == 0 {
				item.window = p.Window.Value
			}
			return
		}
	}
	b.rep.Errorf(item.Panel.Span, "no panel `%s`", name).
		WithHelp("%s", diag.DidYouMean(name, titles, "name a panel by its title, or write the query here: `query:`"))
}

// panelsNamed returns the panels that a name may mean, the likeliest first: the author's own before
// brought ones, and a whole title before a title with a legend behind it.
func (b *builder) panelsNamed(name string) (list []*panelItem) {
	for _, whole := range []bool{true, false} {
		for _, own := range []bool{true, false} {
			for _, p := range b.panels {
				if own == (p.bd == nil) && (whole && name == p.Title.Value || !whole && strings.HasPrefix(name, p.Title.Value+"/")) {
					list = append(list, p)
				}
			}
		}
	}
	return list
}

// checkRule reports what an alert cannot do: it has no reader, so no variables and no time range.
func (b *builder) checkRule(q *promql.Query, item *alertItem) {
	for _, d := range b.checkTokens(q, "an alert") {
		if item.panel != nil {
			d.See(item.Panel.Span, "the alert `%s` evaluates this query", item.Name.Value)
		}
	}
}

// checkTokens reports what has no value in a rule, be it an alert or a recording rule.
func (b *builder) checkTokens(q *promql.Query, in string) (list []*diag.Diagnostic) {
	for _, t := range q.Tokens() {
		switch t.Name {
		case "window", "baseline", "__rate_interval":
			continue
		}
		help := "write what it shall look at, as in `[5m]`"
		if t.Role == promql.RoleText {
			if !b.isVariable(t.Name) && !inSelector(q, t) {
				continue // a dollar sign in a string
			}
			help = "write the value that it shall match"
		}
		list = append(list, b.rep.Errorf(t.Span, "`%s` has no value in %s: only a dashboard has variables and a time range", t.Text, in).WithHelp("%s", help))
	}
	return list
}

// setLabels are the labels that rules set themselves: a result must not bring them.
func (b *builder) setLabels() []string {
	list := []string{"alertname"}
	for _, l := range b.alertLabels(plan.Ticket) {
		list = append(list, l.Name)
	}
	return list
}

// checkLabels reports a result that may have several values of a label that the rule sets: Prometheus
// would make them one, and refuse the rule.
func (b *builder) checkLabels(q *promql.Query, at diag.Span, set []string) {
	names, known := b.resultLabels(q)
	if !known {
		for _, s := range q.Selectors() {
			if series, ok := b.contract.Lookup(s.Name); ok {
				names = append(names, series.Metric.SeriesLabels(series.Part)...)
			}
		}
	}
	for _, name := range set {
		if !slices.Contains(names, name) {
			continue
		}
		for _, g := range q.Groupings() {
			for _, l := range g.Labels {
				if l.Value == name {
					at = l.Span
				}
			}
		}
		b.rep.Errorf(at, "the result has the label `%s`, which the rule sets itself", name).
			WithHelp("aggregate it away, or rename it with `label_replace`")
		return
	}
}

// checkType reports what is no instant vector: a range of samples, a string, a number.
func (b *builder) checkType(q *promql.Query, who string) {
	switch q.Expr().Type() {
	case parser.ValueTypeVector:
		return
	case parser.ValueTypeMatrix:
		b.rep.Errorf(q.Span(0, len(q.Text())), "%s one value of each series, not a range of samples", who).
			WithHelp("put it into a function, as in `max_over_time(x[5m])` or `rate(x_total[5m])`")
	case parser.ValueTypeScalar:
		b.rep.Errorf(q.Span(0, len(q.Text())), "%s series, and this is a single number", who).WithHelp("write `vector(…)` around it")
	default:
		b.rep.Errorf(q.Span(0, len(q.Text())), "%s numbers, and this is a text", who)
	}
}

func (b *builder) isVariable(name string) bool {
	return slices.Contains(b.variableLabels(), name) || name == "datasource"
}

func (b *builder) checkRaw(item *alertItem) {
	if item.Condition != nil {
		b.rep.Errorf(item.Condition.Span, "an `expr` has its comparison in it").
			WithHelp("write `query:` for what is compared, and `%s:` beside it", item.Condition.Op)
	}
	if item.Reduce.Given() {
		b.rep.Errorf(item.Reduce.Span, "an `expr` that is no plain comparison cannot be reduced").
			WithHelp("write `query:` for what is reduced, and the comparison beside it")
	}
	if item.Warn.Given() {
		b.rep.Errorf(item.Warn.Span, "an `expr` that is no plain comparison has no softer limit").
			WithHelp("write `query:` for what is compared, and `above:` or `below:` beside it")
	}
}

// reducers exist in every output.
var reducers = []string{"max", "min", "avg", "median", "last"}

func (b *builder) checkReduce(item *alertItem) {
	switch {
	case item.Over.Given() && !item.Reduce.Given():
		b.rep.Errorf(item.Over.Span, "`over` without `reduce`").WithHelp("say what the last %s become: `reduce: max`, min, avg, median or last", item.Over.Value)
	case item.Reduce.Given() && !item.Over.Given() && item.Reduce.Value != "last":
		b.rep.Errorf(item.Reduce.Span, "`reduce: %s` without `over`", item.Reduce.Value).WithHelp("say over what time: `over: 5m`")
	case item.Reduce.Given() && b.pws.PrometheusAlerts && !slices.Contains(reducers, item.Reduce.Value):
		b.rep.Errorf(item.Reduce.Span, "Prometheus has no reducer `%s`: only Grafana's legacy alerts have", item.Reduce.Value).
			WithHelp("use one of %s", strings.Join(reducers, ", "))
	case item.Condition != nil && item.Condition.Op == spec.Absent && item.Reduce.Given():
		b.rep.Errorf(item.Reduce.Span, "`absent` reduces nothing").WithHelp("remove `reduce` and `over`")
	case item.Condition != nil && item.Condition.Op == spec.Absent && item.For.Given():
		b.rep.Errorf(item.For.Span, "`absent` has its own duration").WithHelp("remove `for`, and say `absent: %s`", metric.FormatDuration(item.For.Value))
	}
	if item.Signal.Given() && len(item.limits.crit) != 1 {
		b.rep.Errorf(item.Signal.Span, "`signal` goes with `above` or `below` only").WithHelp("a signal has a value that is compared with one limit")
	}
}

// readLimits converts the limits of an alert to the unit of its query, exactly.
func (b *builder) readLimits(item *alertItem) limits {
	c := item.Condition
	l := limits{op: c.Op, page: item.Severity.Value == "page"}
	var texts []string
	for _, text := range c.Limits {
		texts = append(texts, showQuantity(text.Value, item.unit))
		if v, ok := b.quantity(text, item.unit); ok {
			l.crit = append(l.crit, v)
		}
	}
	item.threshold = strings.Join(texts, " to ")
	if c.Op == spec.Absent {
		item.threshold = metric.FormatDuration(c.AbsentFor.Value)
	}
	if len(l.crit) == 2 && !l.crit[0].LessThan(l.crit[1]) {
		b.rep.Errorf(c.Span, "`%s` needs the lower limit first: `%s` is not below `%s`", c.Op, texts[0], texts[1])
	}
	if !item.Warn.Given() {
		return l
	}
	warn, ok := b.quantity(item.Warn, item.unit)
	inherited := item.brought && item.Warn.Span.File != b.model.File
	switch {
	case !ok || len(l.crit) == 0 && c.Op != spec.Absent:
	case inherited && (c.Op == spec.Above && !warn.LessThan(l.crit[0]) || c.Op == spec.Below && !warn.GreaterThan(l.crit[0])):
		// The author moved the limit past the softer one that came with the alert: there is none now.
	case c.Op == spec.Above && !warn.LessThan(l.crit[0]), c.Op == spec.Below && !warn.GreaterThan(l.crit[0]):
		d := b.rep.Errorf(item.Warn.Span, "`warn: %s` is beyond the limit `%s: %s`", item.Warn.Value, c.Op, texts[0])
		d.WithHelp("the softer limit is reached first: give one that is %s it", map[spec.Op]string{spec.Above: "below", spec.Below: "above"}[c.Op])
		if c.Span.File != item.Warn.Span.File || c.Span.Start != item.Warn.Span.Start {
			d.See(c.Limits[0].Span, "the limit")
		}
	case c.Op == spec.Above || c.Op == spec.Below:
		l.warn = &warn
	default:
		b.rep.Errorf(item.Warn.Span, "`warn` goes with `above` or `below` only")
	}
	return l
}

// showQuantity is a limit as people read it: a plain number gets the unit that it is in.
func showQuantity(text string, unit metric.Unit) string {
	v, suffix, err := metric.Number(text)
	if err != nil || suffix != "" {
		return text
	}
	switch unit.Name {
	case "ratio":
		return v.Mul(decimal.NewFromInt(100)).String() + "%"
	case "seconds":
		return v.String() + " s"
	case "bytes":
		return v.String() + " B"
	case "celsius":
		return v.String() + " °C"
	}
	return v.String()
}

// quantity reads a number in a unit; false after reporting.
func (b *builder) quantity(text diag.Located[string], unit metric.Unit) (decimal.Decimal, bool) {
	v, err := metric.Quantity(text.Value, unit)
	if err != nil {
		b.rep.Errorf(text.Span, "%s", err)
		return decimal.Zero, false
	}
	return v, true
}
