package checks

import (
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// distances compare the shares of two distributions, q now and p then, bin by bin.
var distances = []*Method{
	{
		Name: "psi", Title: "PSI", Formula: "Σ (q − p) · ln(q / p), shares below 0.0001 counted as 0.0001", Source: "Siddiqi, Credit Risk Scorecards, 2006; evidently (psi)",
		Op: spec.Above, Low: "0", Warn: "0.1", Alert: "0.25",
		Reading: "Below 0.1 nothing has happened, above 0.25 the distribution is another.",
	},
}

// floor is what shares count at least where one is divided by the other (evidently).
const floor = "0.0001"

// distance is the score of the method.
func (c *check) distance(p pair) string {
	q, r := p.current, p.reference
	sum := func(expr string) string { return derive.Aggregate("sum", c.by, expr) }
	least := func(share string) string { return "clamp_min(" + share + ", " + floor + ")" }
	switch c.method.Name {
	case "psi":
		return sum("(" + least(q) + " - " + least(r) + ") * ln(" + least(q) + " / " + least(r) + ")")
	}
	return ""
}

// oneOf is a regular expression for exactly these values.
func oneOf(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return strings.Join(quoted, "|")
}

// quote is a string in PromQL.
func quote(text string) string { return promql.Quote(text) }

// words is a duration as people say it.
func words(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d%u.of != 0 {
			continue
		}
		if n := decimal.NewFromInt(int64(d / u.of)).String(); n != "1" {
			return n + " " + u.name + "s"
		}
		return "1 " + u.name
	}
	return metric.FormatDuration(d)
}
