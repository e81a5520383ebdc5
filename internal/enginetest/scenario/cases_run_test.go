package scenario

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// fill fills in the template of the spec.
func (file *answers) fill(a *answer) (string, error) {
	text, ok := file.Specs[a.Spec]
	if !ok {
		return "", fmt.Errorf("no spec %q", a.Spec)
	}
	parsed, err := template.New(a.Spec).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = parsed.Execute(&b, a.With)
	return b.String(), err
}

// simulated are the runs so far, by all that makes them what they are: many cases ask the same data.
type simulated map[string]*simulation

// simulation is a run, and what its rules could have recorded or fired.
type simulation struct {
	*enginetest.Storage
	names []string
}

// run lets the rules of the answer run over the data of the case.
func (done simulated) run(t *testing.T, file *answers, a *answer, c knownCase) *simulation {
	t.Helper()
	files := file.workspace(t, a)
	for _, s := range a.Also {
		c.Series = append(slices.Clip(c.Series), enginetest.Series{Series: s.Series, Values: s.Values})
	}
	c.Series = slices.Clone(c.Series)
	for i, s := range c.Series {
		c.Series[i].Series = withLabels(s.Series, file.Target)
	}
	key := fmt.Sprint(files, a.AtLeast, a.SlowFrom, c.Series, c.Interval, c.At)
	if s := done[key]; s != nil {
		return s
	}
	compiled := Compile(t, files)
	late := func(name string, _ time.Duration) time.Duration {
		if strings.HasSuffix(name, "/2m30s") {
			return time.Duration(a.SlowFrom)
		}
		return 0
	}
	run := compiled.LoadAt(enginetest.Pace{AtLeast: time.Duration(a.AtLeast), Late: late}, c.Interval, c.Series)
	run.Until(c.At)
	done[key] = &simulation{run.Storage, compiled.names(t)}
	return done[key]
}

// withLabels adds matchers to the text of a series.
func withLabels(series, add string) string {
	name, own, _ := strings.Cut(strings.TrimSuffix(series, "}"), "{")
	return name + "{" + strings.Join(slices.DeleteFunc([]string{own, add}, func(s string) bool { return s == "" }), ",") + "}"
}

// names are those of all records and alerts.
func (s *Scenario) names(t *testing.T) (list []string) {
	t.Helper()
	for _, data := range s.RuleFiles() {
		var file struct {
			Groups []struct {
				Rules []struct{ Record, Alert string }
			}
		}
		must(t, yaml.Unmarshal(data, &file))
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				list = append(list, r.Record+r.Alert)
			}
		}
	}
	return list
}

// asked are the names that an answer asks about: what has no rule is silent and empty without any merit.
func (a *answer) asked(t *testing.T) (list []string) {
	t.Helper()
	list = slices.Concat(a.Fires, a.Silent)
	if a.Query == "" {
		return list
	}
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(a.Query)
	must(t, err)
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok {
			list = append(list, v.Name)
		}
		return nil
	})
	return list
}

func (file *answers) workspace(t *testing.T, a *answer) map[string]string {
	t.Helper()
	text, err := file.fill(a)
	must(t, err)
	config := file.Workspace
	if a.Workspace != "" {
		config = a.Workspace
	}
	return map[string]string{"mlobs.yaml": config, "model.yaml": text}
}

// check holds what the rules did against the case.
func (a *answer) check(t *testing.T, done simulated, file *answers, c knownCase) {
	if a.Refused != "" {
		if got := CompileErr(t, file.workspace(t, a)); !strings.Contains(got, a.Refused) {
			t.Errorf("the message does not say %q:\n%s", a.Refused, got)
		}
		return
	}
	s := done.run(t, file, a, c)
	for _, name := range a.asked(t) {
		if !slices.Contains(s.names, name) {
			t.Errorf("no rule records or fires %s; there are %v", name, s.names)
		}
	}
	want, tolerance := c.Expected, c.Tolerance
	if a.Instead != nil {
		want = a.Instead
	}
	if a.Tolerance != 0 {
		tolerance = a.Tolerance
	}
	if a.Query != "" {
		got, err := vector(s.Storage, a.Query, c.At)
		must(t, err)
		a.compare(t, a.Query, got, want, tolerance)
	}
	for _, name := range a.Fires {
		got, err := vector(s.Storage, `ALERTS{alertstate="firing",alertname="`+name+`"}`, c.At)
		must(t, err)
		a.compare(t, name, got, want, math.Inf(1))
	}
	for _, name := range a.Silent {
		got, err := vector(s.Storage, `ALERTS{alertstate="firing",alertname="`+name+`"}`, c.At)
		must(t, err)
		if len(got) > 0 {
			t.Errorf("%s fires: %v", name, got)
		}
	}
}

// compare reports what differs: a series that is missing, one that is too many, another value. Of the labels
// those count that the case has; a tolerance without bound compares no values.
func (a *answer) compare(t *testing.T, what string, got []Sample, want []expectation, tolerance float64) {
	t.Helper()
	missing := map[string]expectation{}
	for _, w := range want {
		missing[text(a.counted(w.Labels, w.Labels))] = w
	}
	for _, g := range got {
		var key string
		if len(want) > 0 {
			key = text(a.counted(g.Labels, want[0].Labels))
		}
		w, ok := missing[key]
		delete(missing, key)
		switch {
		case !ok:
			t.Errorf("%s: one too many: %v", what, g)
		case math.IsInf(tolerance, 1), math.IsNaN(g.Value) && math.IsNaN(float64(w.Value)):
		case !(math.Abs(g.Value-float64(w.Value)) <= tolerance):
			t.Errorf("%s: %s is %v, want %v within %v", what, text(g.Labels), g.Value, float64(w.Value), tolerance)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("%s: {%s} is missing", what, key)
	}
}

// counted are the labels that the case has, too, and generated rules do.
func (a *answer) counted(labels, known map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range labels {
		if _, ok := known[name]; ok && name != model.MetricNameLabel && !slices.Contains(a.Without, name) {
			out[name] = value
		}
	}
	return out
}
