package checks

import (
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

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
