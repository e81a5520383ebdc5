package promql_test

import (
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// formerNames knows the old names of tests: n was o, m was old.metric, each with its suffix.
func formerNames(s promql.Selector) string {
	base, suffix, _ := strings.Cut(s.Name, "_")
	if suffix != "" {
		suffix = "_" + suffix
	}
	switch base {
	case "n":
		return "o" + suffix
	case "m":
		return "old.metric" + suffix
	}
	return ""
}

func TestCompleteOldNames(t *testing.T) {
	job := promql.Context{OldName: formerNames, Matchers: always(matchers("job", "ml"))}
	plain := promql.Context{OldName: formerNames}
	one := promql.Context{OldName: formerNames, OneName: true}
	for _, tt := range []struct {
		in, want string
		ctx      promql.Context
	}{
		{`n`, `n or o`, plain},
		{`x`, `x`, plain},
		{`n`, `n{job="ml"} or o{job="ml"}`, job},
		{`rate(n[5m])`, `rate(n[5m]) or rate(o[5m])`, plain},
		{`rate(n{a="b"}[5m] offset 1d)`, `rate(n{job="ml", a="b"}[5m] offset 1d) or rate(o{job="ml", a="b"}[5m] offset 1d)`, job},
		{`sum by (le) (rate(n_bucket[5m]))`, `sum by (le) (rate(n_bucket[5m]) or rate(o_bucket[5m]))`, plain},
		{`sum(n) by (le,)`, `sum(n or o) by (le,)`, plain},
		{`sum(rate(n_sum[5m])) / sum(rate(n_count[5m]))`, `sum(rate(n_sum[5m]) or rate(o_sum[5m])) / sum(rate(n_count[5m]) or rate(o_count[5m]))`, plain},
		{`n offset 5m @ end() > 5`, `(n offset 5m @ end() or o offset 5m @ end()) > 5`, plain},
		{`n @ start ( ) offset - 5m`, `n @ start ( ) offset - 5m or o @ start ( ) offset - 5m`, plain},
		{`n @ -5 ^ 2`, `(n @ -5 or o @ -5) ^ 2`, plain},
		{`-n`, `-(n or o)`, plain},
		{`x * on (pod) group_left n`, `x * on (pod) group_left () (n or o)`, plain},
		{`x * on (pod) GROUP_RIGHT # note
n`, `x * on (pod) GROUP_RIGHT # note
() (n or o)`, plain},
		{`-rate(n[5m]) or x`, `-(rate(n[5m]) or rate(o[5m])) or x`, plain},
		{`(n) + x`, `(n or o) + x`, plain},
		{`x unless n`, `x unless (n or o)`, plain},
		{`n > on () group_left x`, `(n or o) > on () group_left x`, plain},
		{`max_over_time(n[1h])`, `max_over_time(n[1h]) or max_over_time(o[1h])`, plain},
		{`max_over_time(((n[1h])))`, `max_over_time(((n[1h]))) or max_over_time(((o[1h])))`, plain},
		{`max_over_time(rate(n[1m])[1h:])`, `max_over_time((rate(n[1m]) or rate(o[1m]))[1h:])`, plain},
		{`max_over_time(n[1h:5m])`, `max_over_time((n or label_replace(o, "__name__", "n", "", ""))[1h:5m])`, plain},
		{`max_over_time((n > 5)[1h:5m] offset 5m)`, `max_over_time(((n or label_replace(o, "__name__", "n", "", "")) > 5)[1h:5m] offset 5m)`, plain},
		{`max_over_time(topk(3, n)[1h:5m])`, `max_over_time(topk(3, n or label_replace(o, "__name__", "n", "", ""))[1h:5m])`, plain},
		{`max_over_time(sum(n)[1h:5m])`, `max_over_time(sum(n or o)[1h:5m])`, plain},
		{`max_over_time((n * 5)[1h:5m])`, `max_over_time(((n or o) * 5)[1h:5m])`, plain},
		{`max_over_time(last_over_time(n[5m])[1h:5m])`, `max_over_time((last_over_time(n[5m]) or label_replace(last_over_time(o[5m]), "__name__", "n", "", ""))[1h:5m])`, plain},
		{`count by (__name__) (n)`, `count by (__name__) (n or label_replace(o, "__name__", "n", "", ""))`, plain},
		{`count by (__name__) (rate(n[5m]))`, `count by (__name__) (rate(n[5m]) or rate(o[5m]))`, plain},
		{`label_replace(n, "b", "$1", "__name__", "(.*)")`, `label_replace(n or label_replace(o, "__name__", "n", "", ""), "b", "$1", "__name__", "(.*)")`, plain},
		{`label_replace(n, "b", "$1", ("__name__"), "(.*)")`, `label_replace(n or label_replace(o, "__name__", "n", "", ""), "b", "$1", ("__name__"), "(.*)")`, plain},
		{`label_replace(n, "__name__", "$1", "b", "(.*)")`, `label_replace(n or o, "__name__", "$1", "b", "(.*)")`, plain},
		{`label_replace(n, "b", "__name__", "c", "__name__")`, `label_replace(n or o, "b", "__name__", "c", "__name__")`, plain},
		{`sum(label_join((n > 5), "b", "-", "a", "__name__"))`, `sum(label_join(((n or label_replace(o, "__name__", "n", "", "")) > 5), "b", "-", "a", "__name__"))`, plain},
		{`label_join(n, "__name__", "__name__", "b")`, `label_join(n or o, "__name__", "__name__", "b")`, plain},
		{`label_join(rate(n[5m]), "b", "-", "__name__")`, `label_join(rate(n[5m]) or rate(o[5m]), "b", "-", "__name__")`, plain},
		{`n - on (__name__, pod) (n offset 1d)`, `(n or label_replace(o, "__name__", "n", "", "")) - on (__name__, pod) (n offset 1d or label_replace(o offset 1d, "__name__", "n", "", ""))`, plain},
		{`x * on (pod) group_left (__name__) n`, `x * on (pod) group_left (__name__) (n or label_replace(o, "__name__", "n", "", ""))`, plain},
		{`n * ignoring (__name__) x`, `(n or o) * ignoring (__name__) x`, plain},
		{`n > 5`, `(n or label_replace(o, "__name__", "n", "", "")) > 5`, one},
		{`last_over_time(m[5m])`, `last_over_time(m[5m]) or label_replace(last_over_time({"old.metric"}[5m]), "__name__", "m", "", "")`, one},
		{`n > bool 5`, `(n or o) > bool 5`, one},
		{`sum(n) + rate(n[5m])`, `sum(n or o) + (rate(n[5m]) or rate(o[5m]))`, one},
		{`timestamp(n) - 5`, `(timestamp(n) or timestamp(o)) - 5`, plain},
		{`timestamp(-n)`, `timestamp(-(n or o))`, plain},
		{`absent(n)`, `absent(n) and absent(o)`, plain},
		{`absent(n{a="b"}) * 5`, `(absent(n{job="ml", a="b"}) and absent(o{job="ml", a="b"})) * 5`, job},
		{`absent(sum(n))`, `absent(sum(n or o))`, plain},
		{`absent_over_time((n[5m]))`, `absent_over_time((n[5m])) and absent_over_time((o[5m]))`, plain},
		{`present_over_time(n[5m])`, `present_over_time(n[5m]) or present_over_time(o[5m])`, plain},
		{`quantile_over_time(scalar(x), n[5m])`, `quantile_over_time(scalar(x{job="ml"}), n{job="ml"}[5m]) or quantile_over_time(scalar(x{job="ml"}), o{job="ml"}[5m])`, job},
		{`quantile_over_time(scalar(n), x[5m])`, `quantile_over_time(scalar(n or o), x[5m])`, plain},
		{`topk(scalar(n), n)`, `topk(scalar(n or o), n or o)`, plain},
		{`{"n"}`, `{"n"} or {"o"}`, plain},
		{`{a="b", __name__='n',}`, `{job="ml", a="b", __name__='n',} or {job="ml", a="b", __name__="o",}`, job},
		{`{__name__="n", __name__="x"}`, `{__name__="n", __name__="x"} or {__name__="o", __name__="x"}`, plain},
		{`{__name__=~"n"}`, `{__name__=~"n"}`, plain},
		{`m`, `m or {"old.metric"}`, plain},
		{`rate(m_total{a="b"}[5m])`, `rate(m_total{job="ml", a="b"}[5m]) or rate({"old.metric_total", job="ml", a="b"}[5m])`, job},
		{`sum(m)`, `sum(m{job="ml"} or {"old.metric", job="ml"})`, job},
		{"n # now\n  > 5", "(n or o) # now\n  > 5", plain},
		{"rate( # why\n  n # }\n  { # {\n  a=\"b\", # )\n  } [5m] # )\n)", "rate( # why\n  n # }\n  { # {\n  a=\"b\", # )\n  } [5m] # )\n) or rate( # why\n  o # }\n  { # {\n  a=\"b\", # )\n  } [5m] # )\n)", plain},
		{"n offset # when\n 5m # end", "n offset # when\n 5m or o offset # when\n 5m # end", plain},
	} {
		got, err := parse(t, tt.in).Complete(tt.ctx)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// Variables and tokens stand in both readings, whatever stays or goes.
func TestCompleteOldNamesWithTokens(t *testing.T) {
	ctx := promql.Context{
		OldName:   formerNames,
		Matchers:  always(matchers("job", "ml")),
		Variables: func(promql.Selector) []promql.Variable { return []promql.Variable{{Label: "pod", Name: "pod"}} },
		Token: func(tok promql.Token) (string, bool) {
			switch {
			case tok.Name == "window" && tok.InRate:
				return "$__rate_interval", true
			case tok.Name == "window":
				return "5m", true
			case tok.Name == "l":
				return "kind", true
			}
			return "", false
		},
	}
	for in, want := range map[string]string{
		`rate(n[$window] offset $b) * $k`:                         `(rate(n{job="ml", pod=~"$pod"}[$__rate_interval] offset $b) or rate(o{job="ml", pod=~"$pod"}[$__rate_interval] offset $b)) * $k`,
		`$a + increase(n{$l="$v"}[$window]) + x offset $b`:        `$a + (increase(n{job="ml", pod=~"$pod", kind="$v"}[5m]) or increase(o{job="ml", pod=~"$pod", kind="$v"}[5m])) + x{job="ml", pod=~"$pod"} offset $b`,
		`n offset $a + n offset $window - n @ $t`:                 `(n{job="ml", pod=~"$pod"} offset $a or o{job="ml", pod=~"$pod"} offset $a) + (n{job="ml", pod=~"$pod"} offset 5m or o{job="ml", pod=~"$pod"} offset 5m) - (n{job="ml", pod=~"$pod"} @ $t or o{job="ml", pod=~"$pod"} @ $t)`,
		`quantile_over_time(scalar(x[[y]] offset $c), n[$d])`:     `quantile_over_time(scalar(x[[y]]{job="ml", pod=~"$pod"} offset $c), n{job="ml", pod=~"$pod"}[$d]) or quantile_over_time(scalar(x[[y]]{job="ml", pod=~"$pod"} offset $c), o{job="ml", pod=~"$pod"}[$d])`,
		`max_over_time(rate(n[$a])[$b:$c]) > $d`:                  `max_over_time((rate(n{job="ml", pod=~"$pod"}[$a]) or rate(o{job="ml", pod=~"$pod"}[$a]))[$b:$c]) > $d`,
		`n_$x + sum by ($l) (n)`:                                  `n_$x{job="ml", pod=~"$pod"} + sum by (kind) (n{job="ml", pod=~"$pod"} or o{job="ml", pod=~"$pod"})`,
		`predict_linear(n[$a], $k) + predict_linear(n[$b], 3600)`: `(predict_linear(n{job="ml", pod=~"$pod"}[$a], $k) or predict_linear(o{job="ml", pod=~"$pod"}[$a], $k)) + (predict_linear(n{job="ml", pod=~"$pod"}[$b], 3600) or predict_linear(o{job="ml", pod=~"$pod"}[$b], 3600))`,
	} {
		got, err := parse(t, in).Complete(ctx)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestCompleteOldNameErrors(t *testing.T) {
	for in, want := range map[string]string{
		`n[5m]`:                                "a range of `n` cannot be read under its old name `o` too",
		`quantile_over_time(scalar(n), m[5m])`: "`m` and `n` had other names before and are read in one call",
		`predict_linear(n[5m], scalar(n))`:     "`n` had another name before and is read twice in one call: record the parameter first",
		`quantile_over_time(scalar(n), n[5m])`: "`n` had another name before and is read twice in one call",
		`rate(n{a="` + strings.Repeat("x", promql.MaxLength/2) + `"}[5m])`: "bytes",
	} {
		got, err := parse(t, in).Complete(promql.Context{OldName: formerNames})
		if err == nil || !strings.Contains(err.Error(), want) || ours(err) {
			t.Errorf("%.60s: %.60s, %v", in, got, err)
		}
	}
}

func TestCompleteOneValue(t *testing.T) {
	one := func(promql.Selector) []promql.Variable {
		return []promql.Variable{{Label: "model.name", Name: "model", One: true}, {Label: "pod", Name: "pod"}}
	}
	for _, tt := range []struct {
		in, want string
		whole    bool
	}{
		{`x`, `x{"model.name"="$model", pod=~"$pod"}`, false},
		{`x{a="b",}`, `x{"model.name"="$model", pod=~"$pod", a="b",}`, false},
		{`x{"model.name"="$model"}`, `x{pod=~"$pod", "model.name"="$model"}`, false},
		{`x{"model.name"=~"$model"}`, `x{"model.name"="$model", pod=~"$pod", "model.name"=~"$model"}`, false},
		{`absent(x)`, `absent(x)`, false},
		{`absent(x)`, `absent(x{"model.name"="$model", pod=~"$pod"})`, true},
		{`absent(x{"model.name"="a"})`, `absent(x{pod=~"$pod", "model.name"="a"})`, true},
	} {
		got, err := parse(t, tt.in).Complete(promql.Context{Variables: one, WholeInAbsent: tt.whole})
		if err != nil || got != tt.want {
			t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
		}
	}
	if got, want := promql.VariableText(promql.Variable{Label: "a", Name: "b", One: true}), `a="$b"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
