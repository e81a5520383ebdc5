package spec

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// What a check is about stands behind its kind: one metric, a list, all of a role; the parts of an evaluation; the
// query of a score.

// ofKind reads a subject, and takes its key for the kind.
func (l *loader) ofKind(c *Check, kind CheckKind, v value) value {
	read := v.read
	v.read = func(k, n *node) {
		if c.Kind.Given() {
			return // a second kind, which is reported
		}
		c.Kind = diag.At(kind, l.span(k))
		if n.null() && n.value == "" {
			l.errorf(l.span(k), "%s of what?", code(k.value)).WithHelp("write the name of a metric behind it, or `{role: ROLE}` for all that have a role")
			return
		}
		read(k, n)
	}
	return v
}

// subject is a metric, a list of them, or a role.
func (l *loader) subject(c *Check) value {
	one := l.anyMetric(new(diag.Located[string]))
	list := each(l, &c.Metrics, l.anyMetric)
	role := l.section("metrics of a role", func() fields {
		return fields{{"role", required, l.roleName(&c.Role).like("feature"), "all metrics of the model that have it"}}
	})
	one.or, list.or = &list, &role
	one.read = func(k, n *node) {
		switch n.kind {
		case mappingNode:
			if len(n.content) == 0 || n.content[0].value != "role" && suggest(n.content[0].value, []string{"role"}) == "" {
				l.errorf(l.span(n), "%s takes a metric, a list of them, or a role", code(k.value)).WithHelp("write `%[1]s: METRIC`, `%[1]s: [METRIC, METRIC]` or `%[1]s: {role: ROLE}`", clip(k.value))
				return
			}
			role.read(k, n)
		case sequenceNode:
			list.read(k, n)
		default:
			var name diag.Located[string]
			if l.anyMetric(&name).read(k, n); name.Given() {
				c.Metrics = append(c.Metrics, name)
			}
		}
	}
	return one
}

// evaluated is a metric, or the parts that a measure is made of.
func (l *loader) evaluated(c *Check) value {
	one := l.anyMetric(new(diag.Located[string]))
	parts := value{shape: aSection, what: "the parts of an evaluation", least: 1, table: func() fields { return l.parts(c) }}
	one.or = &parts
	one.read = func(k, n *node) {
		if n.kind == mappingNode {
			if len(n.content) == 0 {
				l.errorf(l.span(n), "`%s` has no parts", k.value).WithHelp("write the name of a metric, or a map: `{squared: error_squared_total, count: labels_total}`")
			}
			l.walk(parts.what, k, n, l.parts(c))
			return
		}
		var name diag.Located[string]
		if l.anyMetric(&name).read(k, n); name.Given() {
			c.Metrics = append(c.Metrics, name)
		}
	}
	return one
}

func (l *loader) parts(c *Check) fields {
	part := func(name, example, doc string) field {
		var at diag.Located[string]
		v := l.anyMetric(&at)
		read := v.read
		v.read = func(k, n *node) {
			if read(k, n); at.Given() {
				c.Parts = append(c.Parts, CheckPart{Part: diag.At(name, l.span(k)), Metric: at})
			}
		}
		return field{name, 0, v.like(example), doc}
	}
	return fields{
		part("count", "labels_total", "how many have a truth"),
		part("positive", "score_positive", "the histogram of scores of what truly is positive"),
		part("negative", "score_negative", "the histogram of scores of what truly is not"),
		part("absolute", "error_absolute_total", "the sum of absolute errors"),
		part("squared", "error_squared_total", "the sum of squared errors"),
		part("predicted", "predicted_sum_total", "the sum of predicted values"),
		part("actual", "actual_sum_total", "the sum of true values"),
		part("actual_squared", "actual_squared_total", "the sum of squared true values"),
		part("correct", "correct_total", "how many were right, by bin of confidence"),
		part("confidence", "confidence_sum_total", "the sum of confidence, by bin of it"),
	}
}

// score is a query with its limits, which may also stand beside it.
func (l *loader) score(e *checkEntry) value {
	c := &e.Check
	table := func() fields {
		return fields{
			{"query", required, l.queryPointer(&c.Query).like("max(backlog_rows)"), "PromQL whose value is the score"},
			{"warn", 0, l.quantity(&c.Warn).like("0.1"), "as beside `score`"},
			{"alert", 0, l.alertLimit(c).like("0.25"), "as beside `score`"},
			{"direction", 0, l.oneOf(&c.Direction, "above", "below").like("above"), "as beside `score`"},
			{"unit", 0, l.unit(&c.Unit).like("ratio"), "as beside `score`"},
		}
	}
	return value{shape: aSection, what: "a score", table: table, read: func(k, n *node) {
		if n.kind == scalarNode && !n.null() && !n.refused() {
			l.errorf(l.span(n), "`%s` takes a map with a query, not a text", k.value).WithHelp("write `%s: {query: QUERY}`", k.value)
			return
		}
		e.score, _ = l.walk("a score", k, n, table())
	}}
}
