package checks

import (
	"math"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// many decisions: so many that a group of the smallest size that counts would be there.
func (c *check) many(g *grouped) string {
	return decimal.NewFromInt(max(c.minSamples, 1) * int64(max(len(g.values), 2))).String()
}

// groupsOf finds the label of the groups; nil after reporting.
func (c *check) groupsOf(m *metric.Metric) *grouped {
	name := c.spec.Across
	if !name.Given() && m.Across == "" {
		c.errorf(c.subject(m), "which label of `%s` holds the group?", m.Name).WithHelp("say it: `across: LABEL`").See(m.Span, "the metric")
		return nil
	}
	label, ok := c.named(m)
	if !ok {
		return nil
	}
	at := name.Span
	if !name.Given() {
		at = c.subject(m)
	}
	g := &grouped{m: m, label: label.Name, level: append(slices.Clone(c.by), label.Name), values: label.Values.Exactly}
	if len(g.values) == 1 || label.Values.AtMost == 1 {
		c.errorf(at, "`%s` has one value: there is no other group to compare with", label.Name).WithHelp("take a label with at least two").See(label.Span, "its values")
		return nil
	}
	if len(g.values) > maxGroups {
		c.errorf(at, "`%s` has %d values, and fairness compares at most %d groups", label.Name, len(g.values), maxGroups).WithHelp("take a coarser label").See(label.Span, "its values")
		return nil
	}
	for _, by := range c.spec.By {
		if by.Value == label.Name {
			c.errorf(by.Span, "`by: [%s]` leaves one group in each result", by.Value).WithHelp("leave it out: `%s` holds the groups", by.Value)
			return nil
		}
	}
	if c.spec.Reference.Given() && !c.checkValue(m, label, c.spec.Reference) {
		return nil
	}
	return g
}

// named is the label that the check, or else the metric, names as `across`; false after reporting.
func (c *check) named(m *metric.Metric) (metric.Label, bool) {
	if c.spec.Across.Given() {
		return c.label(m, c.spec.Across)
	}
	return c.label(m, diag.At(m.Across, c.subject(m)))
}

// maxGroups bounds what one expression enumerates.
const maxGroups = 40

// countGroups records the counts that the method needs. What no series counts is zero.
func (c *check) countGroups(g *grouped) {
	count := func(operation string, of ...metric.Matcher) string {
		query := c.counts(g.level, c.series(g.m.Name, of...)) + " >= 0"
		if len(of) > 0 {
			query += "\n  or 0 * " + derive.Aggregate("sum", g.level, g.decisions)
		}
		return c.record(g.level, g.m.Name, c.over(operation), query, metric.Unit{})
	}
	g.decisions = count("increase")
	g.positive = count("positive", c.spec.Positive...)
	if len(c.spec.Actual) > 0 {
		g.actual = count("actual", c.spec.Actual...)
		g.hits = count("positive_actual", slices.Concat(c.spec.Positive, c.spec.Actual)...)
	}
}

// rates are the shares that the method compares.
func (c *check) rates(g *grouped) []*rate {
	switch c.method.Name {
	case "equal_opportunity":
		return []*rate{truePositives(g)}
	case "equalised_odds":
		return []*rate{truePositives(g), {
			name: "false_positive_rate", words: "false positive rate", part: g.positive + " - " + g.hits, whole: g.decisions + " - " + g.actual,
		}}
	case "predictive_parity":
		return []*rate{{name: "precision", words: "precision", part: g.hits, whole: g.positive}}
	case "accuracy_gap":
		return []*rate{{name: "accuracy", words: "accuracy", part: g.decisions + " - " + g.actual + " - " + g.positive + " + 2 * " + g.hits, whole: g.decisions}}
	}
	return []*rate{{name: "rate", words: "share of positive decisions", part: g.positive, whole: g.decisions}}
}

func truePositives(g *grouped) *rate {
	return &rate{name: "true_positive_rate", words: "true positive rate", part: g.hits, whole: g.actual}
}

// significant asks that a difference is beyond chance: two-proportion z of each group against the best, or the
// reference, pooled; of several groups the accepted chance is shared among them. Empty: it is not asked for.
func (c *check) significant(g *grouped, rates []*rate, perGroup bool) string {
	alpha := c.spec.Significance
	if !alpha.Given() {
		return ""
	}
	limit := zQuantile(alpha.Value.InexactFloat64() / float64(max(len(g.values)-1, 1)) / float64(len(rates)))
	asked := ""
	for i, r := range rates {
		z := c.record(g.level, g.m.Name, c.over(r.name+"_z"), c.proportions(g, r), metric.Unit{})
		if perGroup {
			return "\n  and on " + derive.Labels(g.level) + " abs(" + z + ") > " + limit
		}
		if i > 0 {
			asked += " or "
		}
		asked += derive.Aggregate("max", c.by, "abs("+z+")") + " > " + limit
	}
	return "\n  and " + c.on() + " (" + asked + ")"
}

// proportions is z of each group: its share against that of the best group (of several the largest).
func (c *check) proportions(g *grouped, r *rate) string {
	record := func(level []string, operation, query string) string {
		return c.record(level, g.m.Name, c.over(r.name+operation), query, metric.Unit{})
	}
	one := " " + c.on() + " group_left () "
	bestRate := derive.Aggregate("max", c.by, r.value)
	size := derive.Aggregate("max", c.by, r.of+" and on "+derive.Labels(g.level)+" ("+r.value+" == "+c.on()+" group_left () "+bestRate+")")
	if ref := c.spec.Reference; ref.Given() {
		of := metric.Matcher{Label: g.label, Op: metric.Equal, Value: ref.Value}
		bestRate, size = c.total(narrow(r.value, of)), c.total(narrow(r.of, of)+" and "+narrow(r.value, of))
	}
	best, samples := record(c.by, "_best", bestRate), record(c.by, "_best_samples", size)
	pooled := record(g.level, "_pooled", "("+r.value+" * "+r.of+" +"+one+"("+best+" * "+samples+")) / ("+r.of+" +"+one+samples+")")
	spread := pooled + " * (1 - " + pooled + ") * (1 / " + r.of + " +" + one + "(1 / " + samples + "))"
	return "(" + r.value + " -" + one + best + ") / (sqrt(" + spread + ") > 0)"
}

// zQuantile is what a standard normal number exceeds on either side with that chance, to six digits.
func zQuantile(chance float64) string {
	return strconv.FormatFloat(math.Sqrt2*math.Erfinv(1-chance), 'f', 6, 64)
}
