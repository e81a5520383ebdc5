package spec

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// finishCheck holds the keys of an entry against each other; what may come from a profile, completeCheck asks for.
func (l *loader) finishCheck(e *checkEntry, n *node, g given) {
	e.Span, e.given = l.span(n), g
	before := l.errors
	if l.beyondOmit(g, "a check") {
		if k := g.key("omit"); g.lacks("name") && l.errors == before {
			l.errorf(l.span(k), "`omit` of which check?").WithHelp("write its `name:` beside it")
		}
		return
	}
	l.onlyOne(g, "a check asks one thing", kindWords...)
	for _, k := range e.score.all("warn", "alert", "direction", "unit") {
		if again := g.key(k.value); again != nil {
			l.errorf(l.span(again), "`%s` a second time", k.value).WithHelp("it stands in `score`, or beside it").See(l.span(k), "the first time")
		}
	}
	if !e.Name.Given() && g.lacks("name") {
		l.defaultName(e)
	}
	if l.format != specFile {
		l.completeCheck(e)
	}
}

// defaultName makes a name of kind and subject. It must not change when a metric is added.
func (l *loader) defaultName(e *checkEntry) {
	kind, subject := string(e.Kind.Value), ""
	switch {
	case !e.Kind.Given():
		return
	case e.Kind.Value == CheckScore:
		l.errorf(e.Kind.Span, "a score without a name").WithHelp("write `name:` beside it")
		return
	case e.given.value(kind).kind == sequenceNode && e.Kind.Value == CheckEvaluation:
		return // reported
	case e.given.value(kind).kind == sequenceNode:
		l.errorf(e.Kind.Span, "a check of several metrics without a name").WithHelp("write `name:` beside it, which stays when a metric is added: `name: feature-drift`")
		return
	case e.Kind.Value == CheckEvaluation && e.Method.Given():
		subject = e.Method.Value
	case e.Role.Given():
		subject = e.Role.Value
	case len(e.Metrics) == 1:
		subject = e.Metrics[0].Value
	case e.Kind.Value != CheckEvaluation:
		return // the subject has a mistake
	}
	e.Name = diag.Located[string]{Value: slugify(kind + "-" + subject)}
}

// completeCheck judges a check of which all is known: what it is about, and which keys go with that. Keys are those
// of the entry that is judged.
func (l *loader) completeCheck(e *checkEntry) {
	g, kind := e.given, e.Kind.Value
	if e.Omit.Given() || g.has("omit") && l.format == specFile {
		return
	}
	if !e.Kind.Given() {
		if slices.ContainsFunc(kindWords, func(key string) bool { return !g.lacks(key) }) {
			return // reported
		}
		l.errorf(g.at, "nothing says what the check asks").WithHelp("write one of %s and a metric behind it: `drift: predictions_total`; a check that a profile of `uses` brings is turned on by its name", quoteAll(kindWords))
		return
	}
	beyond := keysBeyond(kind)
	for _, k := range g.all(beyond...) {
		d := l.errorf(l.span(k), "`%s` of a check of `%s`", k.value, kind)
		switch kinds := kindsOf(k.value); {
		case len(kinds) < len(ofMetrics):
			d.WithHelp("leave it out: only %s can have it", quoteAll(words(kinds)))
		case kind == CheckScore:
			d.WithHelp("leave it out: what it says belongs into the query")
		default:
			d.WithHelp("leave it out: an age is that of now")
		}
	}
	l.onlyOne(g, "one bound says what counts", confidenceBounds...)
	l.onlyOne(g, "one thing says what is bad", qualityBounds...)
	if k := g.key("min_coverage"); k != nil && !e.Coverage.Given() && g.lacks("coverage") && kind == CheckEvaluation {
		l.errorf(l.span(k), "`min_coverage` without `coverage`").WithHelp("say which metric counts all predictions: `coverage: predictions_total`")
	}
	l.checkRole(e)
	l.checkBaseline(e)
	if kind == CheckDrift {
		l.checkSeveral(e)
	}
}

// checkRole reports a role that no metric can have.
func (l *loader) checkRole(e *checkEntry) {
	if !e.Role.Given() || l.lib == nil || e.Role.Span.File != l.file {
		return
	}
	if r := l.lib.load(roleFile, e.Role.Value, l.rep); r == nil || len(r.Types) == 0 {
		l.errorf(e.Role.Span, "unknown role %s", code(e.Role.Value)).WithHelp("%s", didYouMean(e.Role.Value, l.lib.metricRoles(), "roles are "+quoteAll(l.lib.metricRoles())))
	}
}

// checkBaseline reports what a kind is not compared with.
func (l *loader) checkBaseline(e *checkEntry) {
	k, a := e.given.key("against"), e.Against
	if k == nil || a == nil || len(a.Offsets) > 0 || e.Kind.Value != CheckConfidence && e.Kind.Value != CheckSilence {
		return
	}
	what := e.given.value("against").content[0]
	l.errorf(l.span(what), "a check of `%s` is compared with the past", e.Kind.Value).WithHelp("write `against: {offset: 7d}`, or `offsets: [7d, 14d, 21d]`")
}

// checkSeveral judges what is said of some metrics of a drift.
func (l *loader) checkSeveral(e *checkEntry) {
	g := e.given
	if len(e.Metrics) == 1 && !e.Role.Given() {
		for _, k := range g.all("except", "at_least") {
			if subject := g.value(string(e.Kind.Value)); subject == nil || subject.kind == scalarNode {
				l.errorf(l.span(k), "`%s` of a check of one metric", k.value).WithHelp("leave it out, or list the metrics: `%s: [%s, …]`", e.Kind.Value, clip(e.Metrics[0].Value))
				return
			}
		}
	}
	if e.Role.Given() || len(e.Metrics) == 0 {
		return // which metrics these are, is not known here
	}
	var names []string
	for _, m := range e.Metrics {
		names = append(names, m.Value)
	}
	left := len(names)
	for _, x := range e.Except {
		if !slices.Contains(names, x.Metric.Value) {
			if x.Metric.Span.File == l.file {
				l.errorf(x.Metric.Span, "%s is none of the metrics of the check", code(x.Metric.Value)).WithHelp("%s", didYouMean(x.Metric.Value, names, "they are "+quoteAll(names)))
			}
			continue
		}
		if x.Omit.Given() {
			left--
		}
	}
	if at := e.AtLeast; at.Given() && at.Value > left && (g.has("at_least") || g.has("except") || g.has(string(CheckDrift))) {
		span := at.Span
		if span.File != l.file {
			span = e.place()
		}
		l.errorf(span, "at least %d metrics must have drifted, and the check looks at %d", at.Value, left).WithHelp("write `at_least: %d` or less, or leave it out", left)
	}
}
