package promql_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func TestCompose(t *testing.T) {
	for _, tt := range []struct {
		shape string
		parts []string
		want  string
	}{
		{`$1 > 5`, []string{`x`}, `x > 5`},
		{`$1 > 5`, []string{`sum(x) # note`}, "sum(x) # note\n > 5"},
		{`$1 > 5`, []string{`sum(x) # note # more`}, "sum(x) # note # more\n > 5"},
		{`$1 > 5`, []string{`x{a="#"}`}, `x{a="#"} > 5`},
		{`$1 > 5`, []string{`a or b`}, `(a or b) > 5`},
		{`$1 > 5`, []string{"a or b # c"}, "(a or b # c\n) > 5"},
		{`$1 > 5`, []string{`a / b`}, `a / b > 5`},
		{`$1 > 5`, []string{"\n  a +\r\n  b\n"}, "a +\r\n  b > 5"},
		{`$1 > 5`, []string{`a > 3`}, `a > 3 > 5`},
		{`$1 > 5`, []string{`a == bool b`}, `a == bool b > 5`},
		{`5 < $1`, []string{`a < b`}, `5 < (a < b)`},
		{`$1 * 100`, []string{`a + b`}, `(a + b) * 100`},
		{`-$1`, []string{`a ^ b`}, `-a ^ b`},
		{`$1 ^ 2`, []string{`-a`}, `(-a) ^ 2`},
		{`$1 - $2`, []string{`a`, `b - c`}, `a - (b - c)`},
		{`$1 - $2`, []string{`a - b`, `c`}, `a - b - c`},
		{`max_over_time($1[5m:30s])`, []string{`sum(x)`}, `max_over_time(sum(x)[5m:30s])`},
		{`max_over_time($1[5m:30s])`, []string{`x offset 5m`}, `max_over_time(x offset 5m[5m:30s])`},
		{`max_over_time($1[5m:30s])`, []string{`a / b`}, `max_over_time((a / b)[5m:30s])`},
		{`max_over_time($1[5m])`, []string{`x{a="b"}`}, `max_over_time(x{a="b"}[5m])`},
		{`$1 offset 1h`, []string{`x{a="b"}`}, `x{a="b"} offset 1h`},
		{`($1 > bool 0.15) + ($1 > bool 0.3) or on () vector(-1)`, []string{`a or b`}, `((a or b) > bool 0.15) + ((a or b) > bool 0.3) or on () vector(-1)`},
		{`label_replace($1, "signal", "x", "", "")`, []string{`a or b`}, `label_replace(a or b, "signal", "x", "", "")`},
		{`label_replace($1, "signal", "$1", "x", "(.*)")`, []string{`a`}, `label_replace(a, "signal", "$1", "x", "(.*)")`},
		{`max_over_time($1)`, []string{`x[$window]`}, `max_over_time(x[$window])`},
		{`$1 * $2`, []string{`a`, `5`}, `a * 5`},
		{`$1 - $2`, []string{`a`, `-5`}, `a - -5`},
		{`-$1 * $2`, []string{`5`, `a`}, `-(5) * a`},
		{`$2 > $1`, []string{`0.5`, `a`}, `a > 0.5`},
		{`count_values($1, x)`, []string{`"a"`}, `count_values("a", x)`},
		{`sum(rate($1[$__rate_interval])) / $2`, []string{`x{pod=~"$pod"}`, `sum(rate(y[$window] offset $baseline))`}, `sum(rate(x{pod=~"$pod"}[$__rate_interval])) / sum(rate(y[$window] offset $baseline))`},
		{`$1 / $1`, []string{`rate(x[$window])`}, `rate(x[$window]) / rate(x[$window])`},
		{`$1 unless $2`, []string{`a or b`, `c and d`}, `(a or b) unless (c and d)`},
		{`$1 or $2`, []string{`a or b`, `c and d`}, `a or b or c and d`},
		{`sum by (pod) ($1) # all`, []string{`x`}, `sum by (pod) (x) # all`},
		{`$1 > 5`, []string{"# before\nx"}, "# before\nx > 5"},
		{`$1`, []string{`x # end`}, `x # end`},
		{`$10 + $1`, []string{`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`}, `j + a`},
	} {
		got, err := promql.Compose(tt.shape, tt.parts...)
		if err != nil {
			t.Errorf("%s with %q: %v", tt.shape, tt.parts, err)
			continue
		}
		if got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.shape, got, tt.want)
		}
	}
}

// What was parsed is composed like its text, variables and space around it included.
func TestComposeExprs(t *testing.T) {
	ctx := promql.Context{
		Matchers:  always(matchers("job=~", "a|b")),
		Variables: func(promql.Selector) []promql.Variable { return []promql.Variable{{Label: "pod", Name: "pod"}} },
		OldName:   formerNames,
	}
	for _, shape := range []string{`$1 > 5`, `-$1 * $2`, `max_over_time($1[5m:30s]) or $1`, `$1 + on (pod) ($2 ^ $1) # end`, `label_replace($2, "a", "$1", "b", "")`} {
		for _, a := range []string{`x`, "\n  rate(n[$window] offset $b) # now\n", `n`, `x{pod=~"$pod"} or y`, `$k * sum by (pod) (n)`, `absent(n)`} {
			for _, c := range []promql.Context{ctx, {}} {
				one, err := parse(t, a).CompleteExpr(c)
				if err != nil {
					t.Fatal(err)
				}
				two, err := parse(t, `y{a="b"} offset $d`).CompleteExpr(c)
				if err != nil {
					t.Fatal(err)
				}
				want, err := promql.Compose(shape, one.String(), two.String())
				if err != nil {
					t.Fatal(err)
				}
				got, err := promql.ComposeExprs(shape, one, two)
				if err != nil || got.String() != want {
					t.Errorf("%s with %s: %v\ngot  %s\nwant %s", shape, one, err, got, want)
				}
				want, err = promql.Compose("sum($1) / $2", want, one.String())
				if err != nil {
					t.Fatal(err)
				}
				if got, err := promql.ComposeExprs("sum($1) / $2", got, one); err != nil || got.String() != want {
					t.Errorf("once more: %v\ngot  %s\nwant %s", err, got, want)
				}
			}
		}
	}
	if got, err := promql.ComposeExprs("$1", promql.Expr{}); err == nil {
		t.Errorf("nothing became %s", got)
	}
}

func TestComposeErrors(t *testing.T) {
	for _, tt := range []struct {
		shape    string
		parts    []string
		internal bool
	}{
		{`$1 > 5`, []string{`sum(x`}, false},
		{`$1 > 5`, []string{`x) or (y`}, false},
		{`$1 > `, []string{`x`}, false},
		{`rate($1[5m])`, []string{`sum(x)`}, true},
		{`rate($1[5m])`, []string{`x offset 5m`}, true},
		{`$1 offset 5m`, []string{`x offset 1h`}, true},
		{`$2 > 5`, []string{`x`}, true},
		{`$1 > 5`, []string{`3`}, false},
		{`$1{a="b"}`, []string{`x`}, true},
		{`$1 + $1`, []string{`"` + strings.Repeat("x", promql.MaxLength/2) + `"`}, false},
		{`$1 + $1`, []string{`x{a="` + strings.Repeat("x", promql.MaxLength/2) + `"}`}, false},
		{`$99999999999999999999 > 5`, []string{`x`}, true},
	} {
		got, err := promql.Compose(tt.shape, tt.parts...)
		if err == nil || strings.Contains(err.Error(), "internal error") != tt.internal {
			t.Errorf("%s with %.40q: %q, %v", tt.shape, tt.parts, got, err)
		}
	}
}

func TestTakeApart(t *testing.T) {
	for _, tt := range []struct{ in, inner, op, number string }{
		{`x > 5`, `x`, "above", "5"},
		{`sum(rate(x[$window])) < 0.0042`, `sum(rate(x[$window]))`, "below", "0.0042"},
		{`(sum(x) > 5)`, `sum(x)`, "above", "5"},
		{`((sum(x)) > (5))`, `(sum(x))`, "above", "5"},
		{`x > -5`, `x`, "above", "-5"},
		{`x > - (5)`, `x`, "above", "-5"},
		{`x > (-5e-3)`, `x`, "above", "-0.005"},
		{`x > 1e3`, `x`, "above", "1000"},
		{`x > 0x10`, `x`, "above", "16"},
		{`x > 5m`, `x`, "above", "300"},
		{`5 < x`, `x`, "above", "5"},
		{`5 > x`, `x`, "below", "5"},
		{`a > b > 5`, `a > b`, "above", "5"},
		{`a / b > 5`, `a / b`, "above", "5"},
		{`x{a=">5"} > 5`, `x{a=">5"}`, "above", "5"},
		{"# why\nsum(x) # note > 3\n> 5 # limit", "# why\nsum(x) # note > 3", "above", "5"},
		{`x offset 5m > 5`, `x offset 5m`, "above", "5"},
		{`sum by (a) (x) > 5`, `sum by (a) (x)`, "above", "5"},
		{`sum(x) by (a) > 5`, `sum(x) by (a)`, "above", "5"},
	} {
		a, ok := promql.TakeApart(parse(t, tt.in))
		if !ok {
			t.Errorf("%s is not taken apart", tt.in)
			continue
		}
		if a.Inner.Text() != tt.inner || a.Op != tt.op || a.Number != tt.number {
			t.Errorf("%s\ngot  %s | %s | %s\nwant %s | %s | %s", tt.in, a.Inner.Text(), a.Op, a.Number, tt.inner, tt.op, tt.number)
		}
		for _, s := range a.Inner.Selectors() {
			if s.NameSpan.Text() != s.Name {
				t.Errorf("%s: %s stands at %q", tt.in, s.Name, s.NameSpan.Text())
			}
		}
	}
	for _, in := range []string{
		`x`, `x >= 5`, `x == 5`, `x > bool 5`, `x > y`, `x > 5 or y`, `x > 5 + 3`, `sum(x > 5)`, `x > $limit`, `x > Inf`, `x > NaN`,
		`1 > bool 5`, `x > scalar(y)`, `x > on () y`, `-(x > 5)`, `x > time()`,
	} {
		if a, ok := promql.TakeApart(parse(t, in)); ok {
			t.Errorf("%s becomes %s %s %s", in, a.Inner.Text(), a.Op, a.Number)
		}
	}
}
