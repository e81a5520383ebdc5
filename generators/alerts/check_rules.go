package alerts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
)

// VerifyRules returns what is wrong with a Prometheus rule file as one error, or nil.
func VerifyRules(data []byte) error {
	var errs []error
	for _, p := range CheckRules(data) {
		errs = append(errs, errors.New(p.String()))
	}
	return errors.Join(errs...)
}

// CheckRules judges a Prometheus rule file: all that rulefmt (which the server and promtool use) refuses,
// and what it lets pass although the rules then fail or never count: further documents in the file, rules
// that write the same series twice, results that are no vector, templates that fail when they are executed.
func CheckRules(data []byte) []Problem {
	if len(data) > generators.MaxFile {
		return []Problem{problem("", "the file has %d bytes; at most %d are read", len(data), generators.MaxFile)}
	}
	prom := parser.NewParser(parser.Options{})
	// A nil logger panics on a file of two documents.
	groups, errs := rulefmt.Parse(data, false, model.UTF8Validation, prom, slog.New(slog.DiscardHandler))
	var problems []Problem
	for _, err := range errs {
		problems = append(problems, problem("", "%v", err))
	}
	// rulefmt walks over maps of labels: its errors come in no order.
	// It reads the file twice and reports broken YAML twice.
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Message, b.Message) })
	problems = slices.Compact(problems)
	if n := documents(data); n > 1 {
		problems = append(problems, problem("", "%d YAML documents in one file: only the first is read", n))
	}
	if groups == nil {
		return problems
	}
	seen := map[string]string{}
	for _, g := range groups.Groups {
		for i, r := range g.Rules {
			path := rulePath(g, i)
			if first, dup := seen[seriesOf(g, r)]; dup {
				problems = append(problems, problem(path, "writes the same series as %s", first))
			} else {
				seen[seriesOf(g, r)] = path
			}
			problems = append(problems, checkResult(prom, path, r)...)
			problems = append(problems, checkTemplates(path, r)...)
		}
	}
	return problems
}

// documents counts the YAML documents in data up to the first that does not parse.
func documents(data []byte) (n int) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			if !errors.Is(err, io.EOF) {
				n++ // what stands there is not read either
			}
			return n
		}
		n++
	}
}

func rulePath(g rulefmt.RuleGroup, i int) string {
	r := g.Rules[i]
	if r.Alert != "" {
		return fmt.Sprintf("group %q, rule %d, alert %q", g.Name, i+1, r.Alert)
	}
	return fmt.Sprintf("group %q, rule %d, record %q", g.Name, i+1, r.Record)
}

// seriesOf identifies what a rule writes: its name and the labels it sets, the group's included.
func seriesOf(g rulefmt.RuleGroup, r rulefmt.Rule) string {
	labels := maps.Clone(g.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, r.Labels)
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q", r.Record, r.Alert)
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&b, " %q=%q", name, labels[name])
	}
	return b.String()
}

// checkResult refuses texts and ranges, which parse but fail at every evaluation.
func checkResult(prom parser.Parser, path string, r rulefmt.Rule) []Problem {
	expr, err := prom.ParseExpr(r.Expr)
	if err != nil {
		return nil // rulefmt said so
	}
	switch t := expr.Type(); t {
	case parser.ValueTypeVector, parser.ValueTypeScalar:
		return nil
	default:
		return []Problem{problem(path, "the expression is a %s: a rule needs a vector or a scalar", t)}
	}
}

// checkTemplates executes the templates of an alert as the server does, with a value and without labels.
func checkTemplates(path string, r rulefmt.Rule) (problems []Problem) {
	if r.Alert == "" {
		return nil
	}
	for _, texts := range []struct {
		kind string
		m    map[string]string
	}{{"label", r.Labels}, {"annotation", r.Annotations}} {
		for _, name := range slices.Sorted(maps.Keys(texts.m)) {
			for _, value := range []float64{0.5, math.NaN()} {
				if _, err := expand(texts.m[name], nil, value); err != nil {
					problems = append(problems, problem(path, "%s `%s`: %v", texts.kind, name, err))
					break
				}
			}
		}
	}
	return problems
}

// expand executes a template the way Prometheus does for an alert (rules.AlertingRule.Eval). Queries in it
// find nothing.
func expand(text string, labels map[string]string, value float64) (string, error) {
	const defs = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"
	nothing := func(context.Context, string, time.Time) (promql.Vector, error) { return nil, nil }
	data := template.AlertTemplateData(labels, nil, "", promql.Sample{F: value})
	return template.NewTemplateExpander(context.Background(), defs+text, "alert", data, 0, nothing, nil, nil).Expand()
}
