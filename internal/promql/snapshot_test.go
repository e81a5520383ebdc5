package promql_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func TestSnapshot(t *testing.T) {
	pushed := func(series string) bool { return !strings.HasPrefix(series, "live") }
	for _, tt := range []struct{ in, want string }{
		{`x`, `x`},
		{`rate(x[5m])`, `x`},
		{`irate(x[$window])`, `x`},
		{`increase(x{a="b",}[5m] offset $baseline)`, `x{a="b",} offset $baseline`},
		{`sum by (le) (rate(b_bucket[5m]))`, `sum by (le) (b_bucket)`},
		{`histogram_quantile(0.9, sum(rate(b_bucket[$window])) by (le,))`, `histogram_quantile(0.9, sum(b_bucket) by (le,))`},
		{`rate(x[5m]) - rate(x[5m] offset 1d)`, `x - x offset 7d`},
		{`x - x offset 1d`, `x - x offset 7d`},
		{`x - x offset 7d`, `x - x offset 7d`},
		{`x - x offset 1w`, `x - x offset 1w`},
		{`x offset 86400`, `x offset 7d`},
		{`x offset + 1d @ end()`, `x offset + 7d @ end()`},
		{`x @ end() offset 1d`, `x @ end() offset 7d`},
		{`x offset -1d`, `x offset -1d`},
		{`x offset 0s`, `x offset 0s`},
		{`x offset $baseline + x offset ${d}s`, `x offset $baseline + x offset ${d}s`},
		{`rate(live[5m] offset 1d) - live offset 1d`, `rate(live[5m] offset 1d) - live offset 1d`},
		{`rate(x[5m]) / on () rate(live[$window])`, `x / on () rate(live[$window])`},
		{`rate(x[$a]) + rate(live[$b]) * $c`, `x + rate(live[$b]) * $c`},
		{`max_over_time(x[1h] offset 1d)`, `max_over_time(x[1h] offset 7d)`},
		{`max_over_time(rate(x[5m])[1h:1m])`, `max_over_time(x[1h:1m])`},
		{`max_over_time(rate(x[5m] offset 1d)[1h:1m] offset 1d)`, `max_over_time(x offset 7d[1h:1m] offset 1d)`},
		{`rate(x[1h:5m])`, `rate(x[1h:5m])`},
		{`rate((x[5m]))`, `(x)`},
		{`((rate(((x[5m])))))`, `((((x))))`},
		{`delta(x[5m]) + absent_over_time(x[5m])`, `delta(x[5m]) + absent_over_time(x[5m])`},
		{`rate(x[5m])or rate(y[5m])and z`, `x or y and z`},
		{`rate(x[5m]offset 1h)or y`, `x offset 7d or y`},
		{`rate(x[5m]@5)unless y`, `x@5 unless y`},
		{`5-rate ( x [ 5m ] ) ^2`, `5-x ^2`},
		{`rate({"x"}[5m])`, `{"x"}`},
		{`rate({__name__="x",a="b"}[5m])`, `{__name__="x",a="b"}`},
		{`rate({__name__=~"x"}[5m])`, `rate({__name__=~"x"}[5m])`},
		{`rate(x_$y[5m])`, `rate(x_$y[5m])`},
		{"rate( # (\n  x # [\n  [5m # m]\n ] # )\n) # end", "# (\n  x # [\n # m]\n # )\n # end"},
		{"sum(\r\n  rate(x[5m])\r\n)", "sum(\r\n  x\r\n)"},
		{"rate # why\n(x[5m])", " # why\nx"},
	} {
		q := parse(t, tt.in)
		got, err := q.Snapshot(pushed, "7d")
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got.Text() != tt.want {
			t.Errorf("%s\ngot  %q\nwant %q", tt.in, got.Text(), tt.want)
		}
		if (tt.in == tt.want) != (got == q) {
			t.Errorf("%s: the same query %v", tt.in, got == q)
		}
	}
	for _, past := range []string{"", "soon", "0s", "-1d", "1.5h", "$baseline", "1d] or x"} {
		if q, err := parse(t, `x offset 1d`).Snapshot(pushed, past); err == nil {
			t.Errorf("%q: no error but %s", past, q.Text())
		}
	}
}

// What is read of a run can be used like any other query, and knows where it stands.
func TestSnapshotPlaces(t *testing.T) {
	q, err := parse(t, "sum by (pod) (\n  increase(x{a=\"b\"}[$window] offset $baseline)\n)").Snapshot(func(string) bool { return true }, "24h")
	if err != nil {
		t.Fatal(err)
	}
	if s := q.Selectors()[0]; s.Range != 0 || s.Func != "sum" || s.NameSpan.Text() != "x" || s.MatcherSpans[0].Text() != `a="b"` {
		t.Errorf("%+v stands at %q", s, s.Span.Text())
	}
	if tok := q.Tokens(); len(tok) != 1 || tok[0].Role != promql.RoleDuration || tok[0].Span.Text() != "$baseline" {
		t.Errorf("%+v", tok)
	}
	got, err := q.Complete(promql.Context{
		Matchers: always(matchers("job", "x")),
		Token:    func(promql.Token) (string, bool) { return "24h", true },
	})
	if want := "sum by (pod) (\n  x{job=\"x\", a=\"b\"} offset 24h\n)"; err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
}
