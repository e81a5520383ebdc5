package spec

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

var (
	severities = []string{"page", "ticket", "info"}
	// reducers fold the values of a while into one; the last ones exist in Grafana's legacy alerting only.
	reducers = []string{"max", "min", "avg", "median", "last", "sum", "count", "diff", "diff_abs", "percent_diff", "percent_diff_abs", "count_non_null"}
)

// alertTexts is what the texts of an alert can say.
var alertTexts = []string{"value", "labels", "threshold", "model", "owner", "alert"}

func (l *loader) alerts(into *[]*Alert) value {
	v := sections(l, "an alert", into, l.alert, l.finishAlert)
	v.of.rules = alertRules
	read := v.read
	v.read = func(k, n *node) {
		read(k, n)
		seen := map[string]*Alert{}
		for _, a := range *into {
			if first := seen[a.Name.Value]; a.Name.Given() && first != nil && (a.When.always() || first.When.always()) {
				l.errorf(a.Name.Span, "alert %s a second time", code(a.Name.Value)).WithHelp("choose another name, or put both into one").See(first.Name.Span, "the first time")
			}
			seen[a.Name.Value] = a
		}
	}
	return v
}

func (l *loader) alert(a *Alert) fields {
	return fields{
		{"name", required, l.alertName(&a.Name).like("SlowAnswers"), "its name; that of an alert which a role or profile brings changes that one"},
		{"id", 0, l.slug(&a.ID).like("slow-answers").otherwise("from the name"), "keeps the identity of an alert whose name changes: its first name as a slug"},
		{"omit", onlySpecs, l.reason(&a.Omit).like("shared nodes, throttling is by design"), "why the alert of this name that a role or profile brings is left out"},
		{"panel", 0, l.line(&a.Panel).like("Latency/p90"), "the panel whose query it watches; of several queries `title/legend`"},
		{"query", 0, l.queryPointer(&a.Query).like("histogram_quantile(0.9, sum by (le) (rate(answer_seconds_bucket[$window])))"), "PromQL whose value is compared"},
		{"expr", 0, l.queryPointer(&a.Expr).like("sum(rate(errors_total[5m])) > 1"), "a Prometheus expression with its comparison"},
		{"window", 0, l.window(&a.Window).like("30m").otherwise("`5m`"), "what `$window` in the query is"},
		{"reduce", 0, l.reducer(&a.Reduce).like("max"), "how the values of `over` become one: `max`, `min`, `avg`, `median`, `last`; the others in Grafana's legacy alerting only"},
		{"over", 0, l.duration(&a.Over, false).like("5m"), "the time that `reduce` looks at"},
		{"above", 0, l.limit(a, Above, 1).like("300ms"), "it fires above this"},
		{"below", 0, l.limit(a, Below, 1).like("90%"), "it fires below this"},
		{"outside", 0, l.limit(a, Outside, 2).like("[10, 90]"), "it fires outside of these two"},
		{"within", 0, l.limit(a, Within, 2).like("[0.4, 0.6]"), "it fires between these two"},
		{"absent", 0, l.absent(a).like("10m"), "it fires when there was no result for so long"},
		{"warn", 0, l.quantity(&a.Warn).like("200ms"), "the softer limit: a line in panels, yellow in the strip, no alert"},
		{"for", 0, l.duration(&a.For, true).like("5m").otherwise("at once"), "how long it must hold before it fires"},
		{"severity", 0, l.severity(&a.Severity).like("page").otherwise("`ticket`"), "`page` wakes somebody, `ticket` waits for the morning, `info` is only shown"},
		{"signal", 0, l.line(&a.Signal).like("Latency"), "shows its state among the signals on top, under this name"},
		{"order", onlyProfiles, l.integer(&a.Order, 0, 10_000).like("10"), "signals ascend by it, from what a caller feels to what explains it"},
		{"summary", 0, l.template(&a.Summary, alertTexts...).like("P90 of {{ $model }} is {{ $value }}"), "one line for the notification"},
		{"description", 0, l.template(&a.Description, alertTexts...).like("Look at {{ $labels.pod }} first."), "what it means and what to do"},
		{"runbook", 0, l.runbook(&a.Runbook).like("https://runbooks.example.org/{{ $model }}#{{ $alert }}").otherwise("the workspace's"), "the address of its runbook"},
		{"source", onlySpecs, l.line(&a.Source).like("fastapi"), "the profile whose metrics are meant, where two sources have one of that name"},
	}.with(l.when(&a.When)...)
}

// What an alert watches, when it fires, and what an expression has in it already.
var (
	alertSubjects   = []string{"panel", "query", "expr"}
	alertConditions = []string{"above", "below", "outside", "within", "absent"}
	besideExpr      = append([]string{"reduce", "over", "window"}, alertConditions...)
)

// alertRules are what finishAlert checks.
var alertRules = slices.Concat(onlyOneOf(alertSubjects), onlyOneOf(alertConditions), []rule{
	{when: []string{"expr"}, excludes: besideExpr},
	{when: []string{"absent"}, excludes: []string{"warn"}},
	{when: []string{"panel"}, excludes: []string{"window"}},
	{when: []string{"query", "reduce"}, needs: []string{"over"}},
	{when: []string{"panel", "reduce"}, needs: []string{"over"}},
	{when: []string{"query", "over"}, needs: []string{"reduce"}},
	{when: []string{"panel", "over"}, needs: []string{"reduce"}},
	{when: []string{"omit"}, alone: []string{"name"}},
})

// always: nothing decides for which models it is there.
func (w When) always() bool {
	return w.Unless == nil && !w.UnlessCheck.Given() && w.Traffic == nil && w.Types == nil && w.Units == nil
}

func (l *loader) alertName(into *diag.Located[string]) value {
	return parsed(l, into, aName, "the name of an alert", func(text string) (string, string, string) {
		switch {
		case !alertPattern.MatchString(text):
			return "", code(text) + " is not the name of an alert", "letters, digits and `_`, beginning with a letter: `SlowInference`"
		case len(text) > 100:
			return "", "the name of the alert has " + strconv.Itoa(len(text)) + " bytes; at most 100 fit everywhere", "make it shorter"
		}
		return text, "", ""
	}).fits(&alertText)
}

// reason is a text that says why.
func (l *loader) reason(into *diag.Located[string]) value {
	v := l.line(into)
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == scalarNode && slices.Contains([]string{"true", "yes", "on", "false", "no", "off"}, strings.ToLower(n.value)) {
			l.errorf(l.span(n), "%s takes the reason, not %s", code(k.value), code(n.value)).WithHelp("write why: `%s: shared nodes, throttling is by design`", k.value)
			return
		}
		read(k, n)
	}
	return v.fits(&reasonText)
}

func (l *loader) reducer(into *diag.Located[string]) value {
	v := l.oneOf(into, reducers...)
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == scalarNode && (n.value == "mean" || n.value == "average") {
			l.errorf(l.span(n), "%s", notOneOf(n.value, reducers)).WithHelp("write `avg`")
			return
		}
		read(k, n)
	}
	return v
}

func (l *loader) severity(into *diag.Located[string]) value {
	v := parsed(l, into, aWord, "a severity", func(text string) (string, string, string) {
		for _, s := range severities {
			if text == s {
				return text, "", ""
			}
		}
		wrong := notOneOf(text, severities)
		switch text {
		case "critical", "error", "high", "fatal":
			return "", wrong, "write `page`; what the label says is set under `severities:` in mlobs.yaml"
		case "warning", "warn", "medium":
			return "", wrong, "write `ticket`; what the label says is set under `severities:` in mlobs.yaml"
		}
		return "", wrong, didYouMean(text, severities, "")
	})
	v.words = func() []string { return severities }
	return v
}

// window is a duration; an alert has no time range on show.
func (l *loader) window(into *diag.Located[time.Duration]) value {
	v := l.duration(into, false)
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == scalarNode && n.value == "range" {
			l.errorf(l.span(n), "an alert has no time range on show").WithHelp("write a duration, such as `30m`")
			return
		}
		read(k, n)
	}
	return v
}

// limit is a condition with one or two limits.
func (l *loader) limit(a *Alert, op Op, n int) value {
	var limits []diag.Located[string]
	var one diag.Located[string]
	v := l.quantity(&one)
	if n == 2 {
		v = l.pair(&limits, l.quantity)
	}
	read := v.read
	v.read = func(k, val *node) {
		read(k, val)
		if n == 1 && one.Given() {
			limits = []diag.Located[string]{one}
		}
		if len(limits) == 2 && !comesAfter(limits[1].Value, limits[0].Value) {
			l.errorf(limits[0].Span, "%s comes before %s", code(limits[0].Value), code(limits[1].Value)).WithHelp("write the lower limit first: `%s: [LOW, HIGH]`", k.value)
			return
		}
		if len(limits) == n && a.Condition == nil {
			a.Condition = &Condition{Op: op, Limits: limits, Span: diag.Span{File: l.file, Start: k.start, End: val.end}}
		}
	}
	return v
}

// absent is the condition that nothing comes.
func (l *loader) absent(a *Alert) value {
	var d diag.Located[time.Duration]
	v := l.duration(&d, false)
	read := v.read
	v.read = func(k, n *node) {
		if read(k, n); d.Given() && a.Condition == nil {
			a.Condition = &Condition{Op: Absent, AbsentFor: d, Span: diag.Span{File: l.file, Start: k.start, End: n.end}}
		}
	}
	return v
}

// finishAlert holds the keys of an alert against each other.
func (l *loader) finishAlert(a *Alert, n *node, g given) {
	a.Span = l.span(n)
	if k := g.key("omit"); k != nil {
		for _, other := range g.keys {
			if other.value != "omit" && other.value != "name" {
				l.errorf(l.span(other), "`%s` of an alert that is left out", other.value).WithHelp("leave it out, or `omit`")
				return
			}
		}
	}
	l.onlyOne(g, "an alert watches one thing", alertSubjects...)
	l.onlyOne(g, "an alert has one condition", alertConditions...)
	if g.has("expr") {
		for _, k := range g.all(besideExpr...) {
			l.errorf(l.span(k), "`%s` beside `expr`", k.value).WithHelp("an `expr` has its comparison and its windows in it; write `query` for the value alone")
		}
	}
	if k := g.key("warn"); k != nil && g.has("absent") {
		l.errorf(l.span(k), "`warn` beside `absent`").WithHelp("leave it out: nothing is less absent")
	}
	if g.has("panel") || g.has("query") {
		if k := g.key("reduce"); k != nil && g.lacks("over") {
			l.errorf(l.span(k), "`reduce` without `over`").WithHelp("say over which time: `over: 5m`")
		}
		if k := g.key("over"); k != nil && g.lacks("reduce") {
			l.errorf(l.span(k), "`over` without `reduce`").WithHelp("say how its values become one: `reduce: max`")
		}
	}
	if k := g.first("panel"); k != nil && g.has("window") {
		l.errorf(l.span(g.key("window")), "`window` beside `panel`").WithHelp("the window is the panel's; write `query` for another one")
	}
}

// onlyOne reports the second of keys that exclude each other.
func (l *loader) onlyOne(g given, why string, keys ...string) {
	if list := g.all(keys...); len(list) > 1 {
		l.errorf(l.span(list[1]), "`%s` beside `%s`: %s", list[1].value, list[0].value, why).WithHelp("keep one of them").See(l.span(list[0]), "the other")
	}
}
