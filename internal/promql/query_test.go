package promql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func TestTokens(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want string // name:role, with ! for InRate, of each token
	}{
		{`rate(x[$window])`, `window:duration!`},
		{`rate(x[${window}])`, `window:duration!`},
		{`rate(x[${window:raw}] offset $b)`, `window:duration! b:duration`},
		{`rate(x[[[window]]])`, `window:duration!`},
		{`rate(x[[[window:raw]]])`, `window:duration!`},
		{`increase(x[$w])`, `w:duration`},
		{`max_over_time(rate(x[$a])[$b:$c])`, `a:duration! b:duration c:duration`},
		{`max_over_time(rate(x[$a])[${n}m:${s}s] offset -$d)`, `a:duration! n:duration s:duration d:duration`},
		{`rate(x[${n}m])`, `n:duration!`},
		{`x{a="$b", c=~"${d:regex}|[[e]]"}`, `b:text d:text e:text`},
		{`label_replace(x, "a", "$1 $name ${2}", "b", "(.*)")`, `name:text`},
		{`x > $limit`, `limit:number`},
		{`rate($metric[5m])`, `metric:metric name`},
		{`$metric{a="b"}`, `metric:metric name`},
		{`node_${what}_total`, `what:metric name`},
		{`$metric > 5`, `metric:metric name`},
		{`$metric > $limit`, `metric:metric name limit:metric name`},
		{`sum($metric)`, `metric:metric name`},
		{`topk($k, x)`, `k:number`},
		{`topk($k, $metric)`, `k:number metric:metric name`},
		{`histogram_quantile($q, sum by (le, $by) (rate(x[$__rate_interval])))`, `q:number by:label name __rate_interval:duration!`},
		{`x{$label="a"}`, `label:label name`},
		{`x * on ($l) group_left ([[g]]) y`, `l:label name g:label name`},
		{`x @ $t`, `t:number`},
		{`offset + $x`, `x:number`},
		{`foo offset + $x`, `x:duration`},
		{`x # $comment`, ``},
		{`x{a="\\", b="$c"} # "`, `c:text`},
		{"x{a=`$b`}", `b:text`},
		{`[[m]]{a="[[v]]"}`, `m:metric name v:text`},
	} {
		var got []string
		for _, tok := range parse(t, tt.in).Tokens() {
			s := fmt.Sprintf("%s:%s", tok.Name, tok.Role)
			if tok.InRate {
				s += "!"
			}
			got = append(got, s)
			if tok.Span.Text() != tok.Text || !strings.Contains(tok.Text, tok.Name) {
				t.Errorf("%s: token %q stands at %q", tt.in, tok.Text, tok.Span.Text())
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.in, s, tt.want)
		}
	}
}

func TestSelectors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`sum(rate(a_total{x="1", y=~"2|3"}[5m])) / b`, `a_total [x="1" y=~"2|3"] 5m0s in rate; b [] 0s`},
		{`topk(scalar(b), a)`, `b [] 0s in scalar; a [] 0s in topk`},
		{`{__name__="a",  x!="1"}`, `"a" [x!="1"] 0s`},
		{`{__name__=~"a.*"}`, ` [__name__=~"a.*"] 0s`},
		{`{"a.b", 'c d'="e"}`, `"a.b" ['c d'="e"] 0s`},
		{`absent(a) + absent(sum(b)) + absent_over_time(c[1m])`, `a [] 0s in absent ABSENT; b [] 0s in sum in-absent; c [] 1m0s in absent_over_time ABSENT`},
		{"a # }{\n{ # x=\"\n x = \"1\" # ,\n , }", `a [x = "1"] 0s`},
		{`rate(a[$w])`, `a [] token0 in rate`},
		{`rate(a{x="$y"}[$w])`, `a [x="$y"] token1 in rate`},
	} {
		var got []string
		for _, s := range parse(t, tt.in).Selectors() {
			var ms []string
			for i, span := range s.MatcherSpans {
				ms = append(ms, span.Text())
				if s.Matchers[i] == nil {
					t.Errorf("%s: no matcher", tt.in)
				}
			}
			text := fmt.Sprintf("%s [%s] ", s.NameSpan.Text(), strings.Join(ms, " "))
			if s.RangeToken >= 0 {
				text += fmt.Sprintf("token%d", s.RangeToken)
			} else {
				text += s.Range.String()
			}
			if s.Func != "" {
				text += " in " + s.Func
			}
			switch {
			case s.AbsentArg:
				text += " ABSENT"
			case s.InAbsent:
				text += " in-absent"
			}
			if s.Name != strings.Trim(s.NameSpan.Text(), `"`) {
				t.Errorf("%s: name %q stands at %q", tt.in, s.Name, s.NameSpan.Text())
			}
			got = append(got, text)
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.in, s, tt.want)
		}
	}
}

func TestGroupings(t *testing.T) {
	in := "sum by (a, # (b\n 'c d', by,) (x{by=\"(\"}) / on () group_left (on) count without (e) (y) == bool ignoring(z) BY (f)"
	in = strings.TrimSuffix(in, " == bool ignoring(z) BY (f)") + " == bool ignoring (z) sum BY (f) (w)"
	var got []string
	for _, g := range parse(t, in).Groupings() {
		s := g.Kind
		for _, l := range g.Labels {
			s += " " + l.Value + "@" + l.Span.Text()
		}
		got = append(got, s)
		if !strings.HasSuffix(g.Span.Text(), ")") || !strings.HasPrefix(strings.ToLower(g.Span.Text()), g.Kind) {
			t.Errorf("%s stands at %q", g.Kind, g.Span.Text())
		}
	}
	want := []string{"by a@a c d@'c d' by@by", "on", "group_left on@on", "without e@e", "ignoring z@z", "by f@f"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Short tokens have longer stand-ins; positions must not show it.
func TestPositionsBehindShortTokens(t *testing.T) {
	q := parse(t, `rate(a[$x]) + rate(b{c="d"}[$y]) > $z and foo`)
	for _, s := range q.Selectors() {
		if s.NameSpan.Text() != s.Name {
			t.Errorf("%s stands at %q", s.Name, s.NameSpan.Text())
		}
		r := s.Node.PositionRange()
		if got := q.Text()[r.Start:r.End]; !strings.HasPrefix(got, s.Name) {
			t.Errorf("the tree has %s at %q", s.Name, got)
		}
	}
	if r := q.Expr().PositionRange(); int(r.End) != len(q.Text()) {
		t.Errorf("the tree ends at %d of %d", r.End, len(q.Text()))
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ in, at, message, help string }{
		{``, ``, "the query is empty", ""},
		{` # nothing`, ` # nothing`, "the query is empty", ""},
		{`sum(rate(x[5m])`, `(`, "`(` is never closed", "add `)`"},
		{`x{a="b"`, `{`, "`{` is never closed", "add `}`"},
		{`rate(x[5m`, `[`, "`[` is never closed", "add `]`"},
		{`sum(x))`, `)`, "unexpected `)`", "nothing is open here"},
		{`sum(x) y`, `y`, "unexpected `y`", "an operator is missing before it, or a bracket closes too early"},
		{`x +`, `+`, "the query ends too early after `+`", ""},
		{`x{a=b}`, `b`, "unexpected `b` in the matchers", "expected here: string"},
		{`x{a="b" c="d"}`, `c`, "unexpected `c` in the matchers", "expected here: `,` or `}`"},
		{`x{a="b`, `"b`, "the text in quotes does not end on its line", "close the quotes; inside them a quote is written `\\\"`"},
		{`x{a=~"a\.b"}`, `"a\.b"`, "this text has a backslash that PromQL does not know: unknown escape sequence U+002E '.'", "double the backslash (`\\\\.`), or write the text in back quotes"},
		{`x{a=~"(b"}`, `a=~"(b"`, "the regular expression is wrong: missing closing )", "Prometheus knows RE2: https://github.com/google/re2/wiki/Syntax"},
		{`rate(x)`, `x`, "`rate` takes a range vector (`x[5m]`) here, not an instant vector", "write a range behind the selector: `[$window]`"},
		{`sum(x[5m])`, `x[5m]`, "an aggregation takes an instant vector here, not a range vector (`x[5m]`)", "take a `rate` or an `…_over_time` of the range first"},
		{`rate(sum(x)[5m])`, `[5m]`, "a range can stand only behind a selector", "take the rate inside the aggregation, `sum(rate(x[5m]))`, or write a subquery, `[5m:1m]`"},
		{`ratee(x[5m])`, `ratee`, "unknown function `ratee`", "did you mean `rate`?"},
		{`${agg}(x)`, `${agg}`, "a variable cannot stand for a function", "write the function's name"},
		{`x[5x]`, `5x`, "`5x` is neither a number nor a duration", "write durations like `30s`, `5m`, `1h30m` or `7d`"},
		{`5 > 3`, `>`, "a comparison of two numbers needs `bool`", "write `> bool`"},
		{`{a=""}`, `{a=""}`, "this selector would read every series there is", "name a metric"},
		{`x && y`, `&`, "unexpected `&`", "PromQL writes `and`, `or` and `unless`"},
		{`rate(x[$])`, `$`, "unexpected `$`", "variables are written `$name`, `${name}` or `[[name]]`"},
		{`rate(x[$w.5])`, `$w`, "unexpected `$w`", "a variable stands for a whole number or duration, without a point beside it"},
		{`x offset .$w`, `.`, "unexpected `.`", ""},
		{"x{a=\"\xff\"}", "\"\xff\"", "the text is not valid UTF-8", ""},
		{"x\x00", "\x00", "unexpected `\\x00`", ""},
		{`limitk(2, x)`, `limitk`, "`limitk` is experimental", "Prometheus refuses it unless it runs with `--enable-feature=promql-experimental-functions`: write the query without it"},
		{`sort_by_label(x, "a")`, `sort_by_label`, "`sort_by_label` is experimental", "Prometheus refuses it unless it runs with `--enable-feature=promql-experimental-functions`: write the query without it"},
		{`rate(x[5m + 1m])`, `x[5m + 1m]`, "a calculated duration is experimental", "most servers refuse it unless they run with `--enable-feature=promql-duration-expr`: write the duration itself"},
		{"sum(\n  rate(x[$w])\n) / foo(y)", `foo`, "unknown function `foo`", ""},
		{`rate(a[$x]) + rate(b)`, `b`, "`rate` takes a range vector (`x[5m]`) here, not an instant vector", "write a range behind the selector: `[$window]`"},
	} {
		var rep diag.Report
		if promql.Parse(textOf(tt.in), &rep) != nil {
			t.Errorf("%s parses", tt.in)
			continue
		}
		all := rep.All()
		if len(all) != 1 {
			t.Errorf("%s: %d messages", tt.in, len(all))
		}
		if d := all[0]; d.Span.Text() != tt.at || d.Message != tt.message || d.Help != tt.help {
			t.Errorf("%s\ngot  %q: %s (%s)\nwant %q: %s (%s)", tt.in, d.Span.Text(), d.Message, d.Help, tt.at, tt.message, tt.help)
		}
	}
}

// Mistakes that have nothing to do with each other are all reported.
func TestSeveralErrors(t *testing.T) {
	var rep diag.Report
	promql.Parse(textOf(`rate(a) + foo(b[5m]) / rate(c)`), &rep)
	if n := len(rep.All()); n != 1 { // the unknown function hides the types
		t.Errorf("%d messages", n)
	}
	rep = diag.Report{}
	promql.Parse(textOf(`rate(a) + sum(b[5m]) / rate(c)`), &rep)
	if n := len(rep.All()); n != 3 {
		t.Errorf("%d messages", n)
	}
}

// What is too much for the parser is refused before it begins.
func TestLimits(t *testing.T) {
	r := strings.Repeat
	for name, in := range map[string]string{
		"long":     r("-", 97<<10) + "1",
		"signs":    r("-", 5000) + "x",
		"spaced":   r("- ", 3000) + "x",
		"brackets": r("(", 4000) + "x" + r(")", 4000),
		"calls":    r("abs(", 1500) + "x" + r(")", 1500),
		"braces":   r("{", 8000),
		"ranges":   r("[", 8000),
	} {
		var rep diag.Report
		if promql.Parse(textOf(in), &rep) != nil || len(rep.All()) != 1 {
			t.Errorf("%s: %d messages", name, len(rep.All()))
		}
	}
	parse(t, r("abs(", promql.MaxDepth)+"x"+r(")", promql.MaxDepth))
}
