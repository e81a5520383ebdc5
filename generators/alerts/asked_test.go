package alerts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// TestAsked: what a text asks for, as Prometheus itself expands it.
func TestAsked(t *testing.T) {
	by := func(query, unit, label string, by ...string) plan.TextPart {
		return plan.TextPart{Hole: plan.HoleQuery, Query: query, UnitName: unit, Label: label, By: by}
	}
	for _, tt := range []struct {
		name string
		text plan.Text
		want string
	}{
		{"a number", plan.Text{lit("Of the budget "), by(`left`, "ratio", ""), lit(" is left")}, "Of the budget 25% is left"},
		{"a duration", plan.Text{by("left * 86400", "seconds", "")}, "6h 0m 0s"},
		{"that of the alert's labels", plan.Text{by(`budget`, "ratio", "", "version"), lit(" of "), label("version")}, "40% of v2"},
		{"of a label that is no identifier", plan.Text{by(`budget`, "ratio", "", "version", "na.me")}, "40%"},
		{"nothing", plan.Text{lit("<"), by(`nothing`, "ratio", ""), lit(">")}, "<>"},
		{"a list", plan.Text{by(`sort_desc(share)`, "ratio", "class")}, "cat 50%, dog 30%, frog 20%"},
		{"a list of the alert's labels", plan.Text{by(`sort_desc(share_by_version)`, "ratio", "class", "version")}, "frog 60%, cat 30%, dog 10%"},
		{"two lists", plan.Text{by(`topk(1, share)`, "ratio", "class"), lit(" and "), by(`bottomk(1, share)`, "ratio", "class")}, "cat 50% and frog 20%"},
		{"a query of several lines with a back quote", plan.Text{by("left{quote!=\"`\"}\n  + 0", "ratio", "")}, "25%"},
		{"a unit of a stranger", plan.Text{by("left", "{{EUR}}", "")}, "250m {{EUR}}"},
	} {
		file, err := generators.EncodeYAML("", generators.Mapping("groups", generators.Sequence(generators.Mapping(
			"name", generators.Scalar("g"),
			"rules", generators.Sequence(generators.Mapping(
				"alert", generators.Scalar("A"), "expr", generators.Scalar(`burn > 2`), "annotations", generators.Texts(map[string]string{"text": promText(tt.text, "")}),
			)),
		))))
		if err != nil {
			t.Fatal(err)
		}
		s := enginetest.Load(t, 15*time.Second, []enginetest.Series{
			{Series: `burn{version="v1","na.me"="x"}`, Values: "1x20"}, {Series: `burn{version="v2","na.me"="x"}`, Values: "3x20"},
			{Series: `budget{version="v1","na.me"="x"}`, Values: "0.1x20"}, {Series: `budget{version="v2","na.me"="x"}`, Values: "0.4x20"},
			{Series: `left`, Values: "0.25x20"},
			{Series: `share{class="cat"}`, Values: "0.5x20"}, {Series: `share{class="dog"}`, Values: "0.3x20"}, {Series: `share{class="frog"}`, Values: "0.2x20"},
			{Series: `share_by_version{class="cat",version="v1"}`, Values: "0.9x20"}, {Series: `share_by_version{class="frog",version="v2"}`, Values: "0.6x20"},
			{Series: `share_by_version{class="cat",version="v2"}`, Values: "0.3x20"}, {Series: `share_by_version{class="dog",version="v2"}`, Values: "0.1x20"},
		})
		if err := s.Rules(file, enginetest.At(time.Minute), enginetest.At(2*time.Minute)); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if len(s.Sent) != 1 || s.Sent[0].Annotations["text"] != tt.want {
			t.Errorf("%s: %+v, want %q", tt.name, s.Sent, tt.want)
		}
	}
}

// TestUnifiedAsks: Grafana asks the same in steps of their own, each once, whose results have no name, and leaves out
// what would be a list.
func TestUnifiedAsks(t *testing.T) {
	p := unifiedPlan()
	a := p.Alerts[0]
	lasts := plan.TextPart{Hole: plan.HoleQuery, Query: `budget{slo="x"} * 86400`, UnitName: "seconds"}
	list := plan.TextPart{Hole: plan.HoleQuery, Query: `share`, UnitName: "ratio", Label: "class"}
	a.Summary = plan.Text{lit("Of the budget "), asked, lit(" is left")}
	a.Description = plan.Text{lit("Classes: "), list, lit(". It was "), asked, lit(" and lasts "), lasts, lit(".")}
	files, err := Unified().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range Check(files[0], p.Workspace) {
		t.Error(problem)
	}
	var file struct {
		Groups []struct {
			Rules []struct {
				Data []struct {
					RefID string `yaml:"refId"`
					Model struct{ Expr string }
				}
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(files[0].Data, &file); err != nil {
		t.Fatal(err)
	}
	rule := file.Groups[0].Rules[0]
	var steps []string
	for _, d := range rule.Data {
		steps = append(steps, strings.TrimSpace(d.RefID+" "+strings.Join(strings.Fields(d.Model.Expr), " ")))
	}
	if d := cmp.Diff([]string{`A max_over_time( cnn_cifar10:slow_inference{ml_model="cnn-cifar10"}[5m] )`, `C`, `T1 budget{slo="x"} + 0`, `T2 budget{slo="x"} * 86400`}, steps); d != "" {
		t.Error(d)
	}
	if got, want := rule.Annotations["summary"], "Of the budget {{ with $values.T1 }}{{ .Value | humanizePercentage }}{{ end }} is left"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := rule.Annotations["description"], "It was {{ with $values.T1 }}{{ .Value | humanizePercentage }}{{ end }} and lasts {{ with $values.T2 }}{{ .Value | humanizeDuration }}{{ end }}."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Nobody else asks: the rules of other alerts have two steps.
	if n := len(file.Groups[0].Rules[1].Data); n != 2 {
		t.Errorf("%d steps", n)
	}
}

// TestWithoutSentences leaves the plan alone: others read the same text.
func TestWithoutSentences(t *testing.T) {
	text := plan.Text{lit("Too slow. Of the budget "), asked, lit(" is left. Look.")}
	before := slices.Clone(text)
	got := withoutSentences(text, func(part plan.TextPart) bool { return part.Hole == plan.HoleQuery })
	if d := cmp.Diff(plan.Text{lit("Too slow. Look.")}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(before, text); d != "" {
		t.Error(d)
	}
}
