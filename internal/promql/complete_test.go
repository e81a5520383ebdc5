package promql_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

func always(list []metric.Matcher) func(promql.Selector) []metric.Matcher {
	return func(promql.Selector) []metric.Matcher { return list }
}

func TestCompleteMatchers(t *testing.T) {
	job := matchers("job", "ml")
	for _, tt := range []struct {
		name, in, want string
		add            []metric.Matcher
	}{
		{"bare name", `up`, `up{job="ml"}`, job},
		{"inside an aggregation", `sum by (pod) (rate(x_total[5m]))`, `sum by (pod) (rate(x_total{job="ml"}[5m]))`, job},
		{"beside a matcher", `x{a="b"}`, `x{job="ml", a="b"}`, job},
		{"beside a matcher behind a space", `x{ a="b" }`, `x{job="ml", a="b" }`, job},
		{"empty braces", `x{}`, `x{job="ml"}`, job},
		{"empty braces with space", `x{ }`, `x{job="ml" }`, job},
		{"trailing comma", `x{a="b",}`, `x{job="ml", a="b",}`, job},
		{"several", `x{a="b"}`, `x{job="ml", pod=~"a|b", a="b"}`, matchers("job", "ml", "pod=~", "a|b")},
		{"the very same", `x{job="ml"}`, `x{job="ml"}`, job},
		{"the very same, of several", `x{job='ml'}`, `x{env="prod", job='ml'}`, matchers("job", "ml", "env", "prod")},
		{"another operator stays beside", `x{job=~"ml"}`, `x{job="ml", job=~"ml"}`, job},
		{"another value stays beside", `x{job="other"}`, `x{job="ml", job="other"}`, job},
		{"the same twice from us", `x`, `x{job="ml"}`, matchers("job", "ml", "job", "ml")},
		{"name in braces", `{__name__="x"}`, `{job="ml", __name__="x"}`, job},
		{"quoted name", `{"metric.name", a="b"}`, `{job="ml", "metric.name", a="b"}`, job},
		{"no name", `{a="b"}`, `{job="ml", a="b"}`, job},
		{"offset", `x offset 5m`, `x{job="ml"} offset 5m`, job},
		{"negative offset", `x offset -5m`, `x{job="ml"} offset -5m`, job},
		{"offset behind range", `rate(x[5m] offset 1h)`, `rate(x{job="ml"}[5m] offset 1h)`, job},
		{"at", `x @ 1609746000 + x{} @ end()`, `x{job="ml"} @ 1609746000 + x{job="ml"} @ end()`, job},
		{"subquery", `max_over_time(x[1h:5m])`, `max_over_time(x{job="ml"}[1h:5m])`, job},
		{"comment with braces behind the name", "x # {a}\n", "x{job=\"ml\"} # {a}\n", job},
		{"comment between name and braces", "x # {\n{a=\"b\"}", "x # {\n{job=\"ml\", a=\"b\"}", job},
		{"comment inside braces", "x{ # }\n  a=\"b\", # last }\n}", "x{job=\"ml\", # }\n  a=\"b\", # last }\n}", job},
		{"only a comment inside braces", "x{ # }\n}", "x{job=\"ml\" # }\n}", job},
		{"comment right behind the brace", "x{# }\na=\"b\"}", "x{job=\"ml\", # }\na=\"b\"}", job},
		{"strings with everything", "x{a=\"}{#\", b='\"', c=`\"\\`}", "x{job=\"ml\", a=\"}{#\", b='\"', c=`\"\\`}", job},
		{"several lines, CRLF", "sum(\r\n  x\r\n)\r\n", "sum(\r\n  x{job=\"ml\"}\r\n)\r\n", job},
		{"names like keywords", `sum + by{on="x"} + offset offset 5m`, `sum{job="ml"} + by{job="ml", on="x"} + offset{job="ml"} offset 5m`, job},
		{"labels like keywords", `sum by (by, on, offset) (x)`, `sum by (by, on, offset) (x{job="ml"})`, job},
		{"spread out", "x\n{\n  a = \"b\"\n}\n[ 5m ]", "x\n{job=\"ml\",\n  a = \"b\"\n}\n[ 5m ]", job},
		{"unicode", `x{a="ä€"}`, `x{job="ü", a="ä€"}`, matchers("job", "ü")},
		{"label that needs quotes", `x`, `x{"k8s.pod"="a"}`, matchers("k8s.pod", "a")},
		{"parameter before vector", `topk(scalar(a), b)`, `topk(scalar(a{job="ml"}), b{job="ml"})`, job},
		{"no selectors", `vector(1) > time()`, `vector(1) > time()`, job},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, tt.in).Complete(promql.Context{Matchers: always(tt.add)})
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCompleteAbsent(t *testing.T) {
	add := always(matchers("job", "ml", "pod=~", "a.*", "env!=", "dev"))
	vars := func(promql.Selector) []promql.Variable { return []promql.Variable{{Label: "node", Name: "node"}} }
	for _, tt := range []struct{ in, want, whole string }{
		{`absent(x)`, `absent(x{job="ml"})`, `absent(x{job="ml", pod=~"a.*", env!="dev", node=~"$node"})`},
		{`absent((x))`, `absent((x{job="ml"}))`, `absent((x{job="ml", pod=~"a.*", env!="dev", node=~"$node"}))`},
		{`absent_over_time(x[5m])`, `absent_over_time(x{job="ml"}[5m])`, `absent_over_time(x{job="ml", pod=~"a.*", env!="dev", node=~"$node"}[5m])`},
		{`absent(x{pod="a1"})`, `absent(x{job="ml", pod="a1"})`, `absent(x{job="ml", env!="dev", node=~"$node", pod="a1"})`},
		// What is not directly the argument gives absent no labels, and must be selected whole.
		{`absent(sum(x))`, `absent(sum(x{job="ml", pod=~"a.*", env!="dev", node=~"$node"}))`, `absent(sum(x{job="ml", pod=~"a.*", env!="dev", node=~"$node"}))`},
		{`present_over_time(x[5m])`, `present_over_time(x{job="ml", pod=~"a.*", env!="dev", node=~"$node"}[5m])`, `present_over_time(x{job="ml", pod=~"a.*", env!="dev", node=~"$node"}[5m])`},
	} {
		q := parse(t, tt.in)
		for whole, want := range map[bool]string{false: tt.want, true: tt.whole} {
			got, err := q.Complete(promql.Context{Matchers: add, Variables: vars, WholeInAbsent: whole})
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("whole=%v\ngot  %s\nwant %s", whole, got, want)
			}
		}
	}
}

func TestCompleteTokens(t *testing.T) {
	grafana := func(tok promql.Token) (string, bool) {
		switch {
		case tok.Name == "window" && tok.InRate:
			return "$__rate_interval", true
		case tok.Name == "window":
			return "5m", true
		case tok.Name == "baseline":
			return "7d", true
		case tok.Name == "k":
			return "3", true
		case tok.Name == "group":
			return "pod", true
		}
		return "", false
	}
	for _, tt := range []struct{ in, want string }{
		{`rate(x[$window])`, `rate(x[$__rate_interval])`},
		{`irate((x[${window}]))`, `irate((x[$__rate_interval]))`},
		{`increase(x[$window])`, `increase(x[5m])`},
		{`rate(x[$window]) / increase(x[$window] offset $baseline)`, `rate(x[$__rate_interval]) / increase(x[5m] offset 7d)`},
		{`max_over_time(rate(x[$window])[$window:$__interval])`, `max_over_time(rate(x[$__rate_interval])[5m:$__interval])`},
		{`x offset -$baseline`, `x offset -7d`},
		{`sum(rate(x[[[window]]]))`, `sum(rate(x[$__rate_interval]))`},
		{`topk($k, x)`, `topk(3, x)`},
		{`x > $k`, `x > 3`},
		{`x > -$k`, `x > -3`},
		{`sum by ($group, le) (x)`, `sum by (pod, le) (x)`},
		{`x{$group="a"}`, `x{pod="a"}`},
		{`rate(x{a="$window"}[$window]) # $window`, `rate(x{a="$window"}[$__rate_interval]) # $window`},
		{`rate(x[$rate]) * $d`, `rate(x[$rate]) * $d`},
	} {
		got, err := parse(t, tt.in).Complete(promql.Context{Token: grafana})
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestCompleteMismatchedTokens(t *testing.T) {
	for _, tt := range []struct{ in, replacement string }{
		{`rate(x[$window])`, `5m:1m`},
		{`rate(x[$window])`, `5m] offset 1h`},
		{`rate(x[$window])`, ``},
		{`rate(x[$window])`, `5m]) or vector(1) # `},
		{`x > $k`, `3 or y`},
		{`sum by ($group) (x)`, `a, b`},
	} {
		got, err := parse(t, tt.in).Complete(promql.Context{Token: func(promql.Token) (string, bool) { return tt.replacement, true }})
		if err == nil {
			t.Errorf("%s with %q: no error but %s", tt.in, tt.replacement, got)
		}
	}
}

func TestCompleteTooLong(t *testing.T) {
	long := `x{a="` + strings.Repeat("y", promql.MaxLength-20) + `"}`
	_, err := parse(t, long).Complete(promql.Context{Matchers: always(matchers("job", strings.Repeat("z", 40)))})
	if err == nil || strings.Contains(err.Error(), "internal") {
		t.Errorf("got %v", err)
	}
}

func TestCompleteEscapes(t *testing.T) {
	for _, value := range []string{
		``, `a"b`, `a\b`, "a\nb", "a\tb", "a\x00b", "\xff\xfe", "a$pod", "${pod}", "[[pod]]", "\u202e", "\u0085", "\ufffd",
		"🂡", `it's`, "`", "{{ .x }}", "}", "#", "a\r\nb", "\\", "$", "[[[", "\x7f",
	} {
		got, err := parse(t, `sum(x{a="b"})`).Complete(promql.Context{Matchers: always(matchers("v", value))})
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		if strings.ContainsAny(got, "$\n\x00") || strings.Contains(got, "[[") {
			t.Errorf("%q is left for Grafana or breaks the line: %s", value, got)
		}
		if have := parse(t, got).Selectors()[0].Matchers[0].Value; have != value {
			t.Errorf("%q became %q", value, have)
		}
	}
}
