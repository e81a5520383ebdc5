package promql_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/internal/soak"
)

// seeds are what fuzzing starts from: every construct, and what once went wrong.
var seeds = []string{
	`up`, `sum by (a, b) (rate(x_total{a="b"}[5m] offset 1h))`, `{__name__="x", a=~"b|c"}`, `{"m.n", 'a b'!="c",}`,
	`x{a="}{#", b='"', c=` + "`\"\\`" + `} # } {`, "x # {\n{ # }\n a=\"b\" # ,\n , # x\n}", `absent(x{a="b"}) or absent_over_time(y[5m]) or absent(sum(z))`,
	`rate(x[$window]) / rate(y[${w:raw}] offset -$b) > $limit`, `max_over_time(x[$a:${s}s]) + y{$l="$v"} * on ($g) group_left ([[h]]) [[m]]`,
	`histogram_quantile(0.9, sum by (le) (rate(x_bucket[$__rate_interval])))`, `x @ 1609746000 + y @ end() - z @ $t`, `topk($k, x)`, `$m > 5`, `$m > $l`,
	`sum + by{on="x"} + offset offset 5m`, `count_values("a", x) + label_replace(x, "a", "$1", "b", "(.*)")`, `label_join(x, "a", "-", "b", "c")`,
	"sum(\r\n  x\r\n) by (a,)\r\n", `-x ^ 2 unless -5`, `x[[w]]`, `x[[[w]]]`, `a or b # c`, `5`, `"text"`, `x[5m]`, `- - -1`, `x > bool y`, `a == on () b`, `rate(x[1h:])`,
	`${a}{b="c"}`, `x{a="\x24", b="\\$c"}`, `1e-3 * 0x1F`, `x{}`, ``, `#`, `[[`, `${`, `$`, `"`, "\xff", `x{a="b"`, `5 > 3`, `limitk(2, x)`, `x offset (5m + 1m)`, `x[step()]`,
	`rate(x_bucket{le!="+Inf", a="b"}[5m] offset 1d)`, "sum by (le, # }\n) (rate(x_bucket[$w])) / ignoring (le) group_left sum(rate(x_count[$w]))", `rate(x_sum[5m])or x_count offset 1d`,
	`max_over_time(x_count[1h:5m]) + quantile_over_time(scalar(y), x[$w])`, `sum(x_bucket{le=~".+",})by("le",a)`, `{"x_bucket", le!=""} unless timestamp(x_count @ end() offset - 1d)`,
	`x_bucket{le!="", le!="+Inf",}`, `x_bucket{a="b", le!="", "le"=~".*"} or on (a) x_bucket{ le=~".+" , le!="1" }`, `up unless x_bucket`, `y and ignoring (le) x_bucket`,
	`label_replace(x, "b", "$1", "__name__", "(.*)") - on (__name__) label_join(y, "b", "", "__name__")`, `quantile_over_time(scalar(x), x[5m])`, `rate(x[$w0.9])`, `rate(x[5m] offset -:$b)`,
	`info(x, {a="b"})`, `x anchored`, `x + fill(0) y`, `x </ 5`, `sum by (without) (x)`,
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		begin := time.Now()
		var rep diag.Report
		q := promql.Parse(textOf(in), &rep)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if (q == nil) != rep.Failed() {
			t.Fatalf("query %v with %d errors", q, rep.Errors())
		}
		for _, d := range rep.All() {
			if d.Message == "" || d.Span.IsZero() || d.Span.Start < 0 || d.Span.End > len(in) || d.Span.Start > d.Span.End {
				t.Errorf("%q at %d:%d of %d", d.Message, d.Span.Start, d.Span.End, len(in))
			}
		}
		if q == nil {
			return
		}
		for _, tok := range q.Tokens() {
			if tok.Span.Text() != tok.Text {
				t.Errorf("token %q at %q", tok.Text, tok.Span.Text())
			}
		}
		for _, s := range q.Selectors() {
			if len(s.MatcherSpans) != len(s.Matchers) {
				t.Errorf("%d places of %d matchers", len(s.MatcherSpans), len(s.Matchers))
			}
		}
		for _, g := range q.Groupings() {
			if !strings.HasSuffix(g.Span.Text(), ")") {
				t.Errorf("grouping at %q", g.Span.Text())
			}
		}
		if got, err := q.Complete(promql.Context{}); got != in || err != nil {
			t.Errorf("completed with nothing: %q, %v", got, err)
		}
		promql.TakeApart(q)
		promql.ResultLabels(q.Expr())
		promql.RecordName(q.Expr(), "5m")
		promql.Unit(q.Expr(), func(string) (metric.Series, bool) { return metric.Series{}, false })
	})
}

// fuzzQuery parses what the fuzzer found, or gives up.
func fuzzQuery(in string) *promql.Query {
	return promql.Parse(textOf(in), new(diag.Report))
}

// ours reports whether err is a mistake of ours and not of the input.
func ours(err error) bool { return err != nil && strings.Contains(err.Error(), "internal error") }

func FuzzComplete(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, "job", "a$b\"\\\n", i%4)
	}
	f.Fuzz(func(t *testing.T, in, label, value string, op int) { completeAnything(t, in, label, value, op) })
}

// TestSoakComplete completes mutations of all seeds:
// `go test ./internal/promql -run TestSoakComplete -soak 10000000`.
func TestSoakComplete(t *testing.T) {
	var list [][]string
	for _, in := range seeds {
		for _, label := range []string{"job", "le", "größe"} {
			list = append(list, []string{in, label, "a$b\"\\\n"}, []string{in, label, "a|b.*"})
		}
	}
	soak.Run(t, list, func(t testing.TB, input []string) {
		completeAnything(t, input[0], input[1], input[2], len(input[0])+len(input[2]))
	})
}

// completeAnything holds for every query, label and value.
func completeAnything(t testing.TB, in, label, value string, op int) {
	ops := []metric.MatchOp{metric.Equal, metric.NotEqual, metric.Match, metric.NotMatch}
	m := metric.Matcher{Label: label, Op: ops[uint(op)%4], Value: value}
	if !model.UTF8Validation.IsValidLabelName(label) || label == model.MetricNameLabel {
		return
	}
	if _, err := labels.NewMatcher(labels.MatchRegexp, label, value); err != nil || len(value) > 100 {
		return // the loader of specs refuses it
	}
	q := fuzzQuery(in)
	if q == nil {
		return
	}
	got, err := q.Complete(promql.Context{Matchers: always([]metric.Matcher{m}), WholeInAbsent: true})
	if ours(err) {
		t.Fatal(err)
	}
	if err == nil && len(q.Tokens()) == 0 {
		checkCompleted(t, in, got, m)
	}
	if !model.UTF8Validation.IsValidMetricName(value) {
		value = "old"
	}
	for _, with := range []func(promql.Selector) []metric.Matcher{nil, always([]metric.Matcher{m})} {
		got, err := q.Complete(promql.Context{
			Matchers: with,
			OneName:  op%3 == 0,
			OldName:  func(promql.Selector) string { return value },
			Variables: func(promql.Selector) []promql.Variable {
				return []promql.Variable{{Label: label, Name: "v", One: op%2 == 0}, {Label: label, Name: "w"}}
			},
		})
		if ours(err) {
			t.Fatal(err)
		}
		if err == nil && len(got) > len(in) && fuzzQuery(got) == nil {
			t.Fatalf("does not parse: %s", got)
		}
	}
	// Nothing that stands for a token may change anything but the token.
	if _, err := q.Complete(promql.Context{
		Variables: func(promql.Selector) []promql.Variable { return []promql.Variable{{Label: label, Name: "v"}} },
		Token: func(tok promql.Token) (string, bool) {
			switch {
			case tok.InRate:
				return "$__rate_interval", true
			case tok.Role == promql.RoleDuration && tok.Text == q.Text()[tok.Span.Start:tok.Span.End] && whole(in, tok):
				return "5m", true
			}
			return "", false
		},
	}); ours(err) {
		t.Fatal(err)
	}
}

// whole reports whether a token has no neighbours that would join it.
func whole(in string, tok promql.Token) bool {
	joins := func(i int) bool {
		return i >= 0 && i < len(in) && (in[i] >= '0' && in[i] <= '9' || in[i] >= 'a' && in[i] <= 'z' || in[i] >= 'A' && in[i] <= 'Z' || strings.IndexByte("_.$[}]", in[i]) >= 0 && in[i] != ']')
	}
	return !joins(tok.Span.Start-1) && !joins(tok.Span.End)
}

// checkCompleted is an oracle of its own: the author's tree with the matcher in every selector prints
// like the tree of the completed text.
func checkCompleted(t testing.TB, in, got string, m metric.Matcher) {
	p := parser.NewParser(parser.Options{EnableExperimentalFunctions: true})
	want, err := p.ParseExpr(in)
	if err != nil {
		return // what needs other options is not Parse's to let through
	}
	types := map[metric.MatchOp]labels.MatchType{metric.Equal: labels.MatchEqual, metric.NotEqual: labels.MatchNotEqual, metric.Match: labels.MatchRegexp, metric.NotMatch: labels.MatchNotRegexp}
	parser.Inspect(want, func(node parser.Node, path []parser.Node) error {
		vs, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		kept := false
		for _, a := range vs.LabelMatchers {
			kept = kept || a.Name == m.Label && a.Type == types[m.Op] && a.Value == m.Value
			// An `=` in absent implies the matcher, where its value matches; variables are taken to match.
			implied := labels.MustNewMatcher(types[m.Op], m.Label, m.Value).Matches(a.Value) || strings.ContainsAny(m.Value, "$[")
			kept = kept || a.Name == m.Label && a.Type == labels.MatchEqual && m.Op != metric.Equal && implied && inAbsent(path)
		}
		if !kept {
			vs.LabelMatchers = append([]*labels.Matcher{labels.MustNewMatcher(types[m.Op], m.Label, m.Value)}, vs.LabelMatchers...)
		}
		return nil
	})
	have, err := p.ParseExpr(got)
	if err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	if want.String() != have.String() {
		t.Errorf("got  %s\nwant %s", have, want)
	}
}

// inAbsent reports whether a path ends in the argument of absent, parentheses and ranges aside.
func inAbsent(path []parser.Node) bool {
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *parser.ParenExpr, *parser.MatrixSelector:
		case *parser.Call:
			return n.Func.Name == "absent" || n.Func.Name == "absent_over_time"
		default:
			return false
		}
	}
	return false
}

func FuzzCompose(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, seeds[len(seeds)-1-i])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		qa, qb := fuzzQuery(a), fuzzQuery(b)
		if qa == nil || qb == nil {
			return
		}
		vector := func(q *promql.Query) bool { return q.Expr().Type() == parser.ValueTypeVector }
		for _, shape := range []string{
			"$1 > 5", "($1 > bool 0.15) + ($1 > bool 0.3) or on () vector(-1)", "max_over_time($1[5m:30s])", `label_replace($1, "signal", "x", "", "")`,
			"$1 or $2", "$2 / on () $1", "-$1 ^ $2", "sum by (a) ($1 * $2)", "rate(x[$__rate_interval]) > $1 offset 0s",
		} {
			if !vector(qa) || strings.Contains(shape, "$2") && !vector(qb) || strings.Contains(shape, "offset") {
				continue
			}
			got, err := promql.Compose(shape, a, b)
			if ours(err) {
				t.Fatalf("%s: %v", shape, err)
			}
			if err == nil && !strings.Contains(got, strings.Trim(a, " \t\r\n")) {
				t.Errorf("%s lost %q: %s", shape, a, got)
			}
		}
	})
}

// FuzzRewrite tries what changes the shape of a query.
func FuzzRewrite(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "x", "7d")
	}
	f.Fuzz(func(t *testing.T, in, name, past string) {
		q := fuzzQuery(in)
		if q == nil {
			return
		}
		native, err := q.Native(name, "x")
		if ours(err) {
			t.Fatal(err)
		}
		if err == nil {
			for _, s := range native.Selectors() {
				if slices.Contains([]string{"x_bucket", "x_sum", "x_count"}, s.Name) && !strings.Contains(s.Span.Text(), "$") {
					t.Errorf("%s is left in %s", s.Name, native.Text())
				}
			}
		}
		if _, err := model.ParseDuration(past); err != nil || past == "0" {
			past = "7d"
		}
		snapshot, err := q.Snapshot(func(series string) bool { return series != name }, past)
		if ours(err) && !strings.Contains(err.Error(), "a run before") {
			t.Fatal(err)
		}
		if err == nil && fuzzQuery(snapshot.Text()) == nil {
			t.Errorf("does not parse: %s", snapshot.Text())
		}
	})
}

func FuzzRename(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "x", "http.requests", "a", "pod", "pid")
		f.Add(s, "x", "y", "b", "c", "")
	}
	f.Fuzz(func(t *testing.T, in, from, to, label, label1, label2 string) {
		valid := func(s string) bool { return model.UTF8Validation.IsValidLabelName(s) && s != model.MetricNameLabel }
		if !model.UTF8Validation.IsValidMetricName(from) || !model.UTF8Validation.IsValidMetricName(to) || !valid(label) || !valid(label1) {
			return
		}
		q := fuzzQuery(in)
		if q == nil {
			return
		}
		r := promql.Renaming{
			Metrics:  map[string]string{from: to},
			Labels:   map[string][]string{label: {label1}},
			Matchers: map[string][]metric.Matcher{from: matchers("a$", "b")},
		}
		switch {
		case valid(label2):
			r.Labels[label] = append(r.Labels[label], label2)
		case label2 == "none":
			r.Labels[label] = nil
		}
		got, err := q.Rename(r)
		if ours(err) {
			t.Fatal(err)
		}
		if err == nil && strings.Contains(got.Text(), "$") && len(got.Tokens()) < len(q.Tokens()) {
			t.Errorf("tokens are lost: %s", got.Text())
		}
	})
}
