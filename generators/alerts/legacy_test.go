package alerts

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const seedBlock = `{
  "alertRuleTags": {
    "ml_model": "cnn-cifar10",
    "owner": "vision-ml",
    "severity": "warning"
  },
  "conditions": [
    {
      "evaluator": {
        "params": [
          0.0042
        ],
        "type": "gt"
      },
      "operator": {
        "type": "and"
      },
      "query": {
        "params": [
          "A",
          "5m",
          "now"
        ]
      },
      "reducer": {
        "params": [],
        "type": "max"
      },
      "type": "query"
    }
  ],
  "executionErrorState": "keep_state",
  "for": "1m",
  "frequency": "30s",
  "handler": 1,
  "message": "P90 inference time is above 4.2ms\nRunbook: https://runbooks.example.org/cnn-cifar10#SlowInference\nDashboard: https://grafana.example.org/d/cnn-cifar10?viewPanel=12",
  "name": "cnn-cifar10: SlowInference",
  "noDataState": "no_data",
  "notifications": [
    {
      "uid": "oncall"
    }
  ]
}`

// The seed's alert reads max / 5m / gt 0.0042.
func TestSeedBlock(t *testing.T) {
	p := seedPlan()
	b, err := newBlock(p, p.Legacy.Panels[0])
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seedBlock, string(got)); diff != "" {
		t.Errorf("alert (-want +got):\n%s", diff)
	}
}

func TestAbsentBlock(t *testing.T) {
	p := seedPlan()
	b, err := newBlock(p, p.Legacy.Panels[1])
	if err != nil {
		t.Fatal(err)
	}
	c := b.Conditions[0]
	if c.Evaluator.Type != "no_value" || len(c.Evaluator.Params) != 0 || c.Reducer.Type != "last" || c.Query.Params != [3]string{"A", "1m", "now"} || b.For != "10m" ||
		b.NoDataState != "alerting" || b.ExecutionErrorState != "alerting" {
		t.Errorf("got %+v", b)
	}
}

func TestLegacyFile(t *testing.T) {
	p := seedPlan()
	files, err := Legacy().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Path != "grafana-legacy/cnn-cifar10.json" {
		t.Fatalf("files: %v", files)
	}
	if problems := Check(files[0], p.Workspace); len(problems) > 0 {
		t.Errorf("problems: %v\n%s", problems, files[0].Data)
	}
	again, err := Legacy().Model(seedPlan())
	if err != nil || string(again[0].Data) != string(files[0].Data) {
		t.Errorf("the second run gives another file, %v", err)
	}
	p.Legacy = nil
	if files, err := Legacy().Model(p); err != nil || files != nil {
		t.Errorf("without a dashboard: got %v, %v", files, err)
	}
}

// Every Grafana with legacy alerting gets a file without a problem, whatever strangers wrote.
func TestLegacyFileOfEveryVersion(t *testing.T) {
	for _, v := range []plan.Version{{Major: 7, Minor: 1}, {Major: 7, Minor: 5}, {Major: 8, Minor: 0}, {Major: 8, Minor: 5}, {Major: 9, Minor: 4}, {Major: 10, Minor: 4}} {
		for _, s := range strangers {
			p := seedPlan()
			p.Workspace.Grafana.Version = v
			p.Legacy.Title = "t" + s
			a := p.Alerts[0]
			a.Summary = plan.Text{lit(s), value, label("pod"), lit(s)}
			a.Labels = []plan.Label{{Name: "owner", Value: s}}
			p.Legacy.Panels[0].Title = s
			files, err := Legacy().Model(p)
			if err != nil {
				t.Errorf("%s, %q: %v", v, s, err)
				continue
			}
			if problems := Check(files[0], p.Workspace); len(problems) > 0 {
				t.Errorf("%s, %q: %v", v, s, problems)
			}
			var board struct {
				Panels []struct{ Alert *block }
			}
			if err := json.Unmarshal(files[0].Data, &board); err != nil {
				t.Fatal(err)
			}
			if got := board.Panels[0].Alert.AlertRuleTags["owner"]; got != s {
				t.Errorf("%s: tag %q became %q", v, s, got)
			}
		}
	}
}

func TestBlockSpellings(t *testing.T) {
	one, two := []decimal.Decimal{dec("1")}, []decimal.Decimal{dec("-1.50"), dec("1e3")}
	for name, test := range map[string]struct {
		change func(*plan.Plan, *plan.Alert)
		want   string // in the JSON of the block
	}{
		"below":             {func(_ *plan.Plan, a *plan.Alert) { a.Op, a.Limits = plan.Below, one }, `"evaluator":{"params":[1],"type":"lt"}`},
		"outside":           {func(_ *plan.Plan, a *plan.Alert) { a.Op, a.Limits = plan.Outside, two }, `"evaluator":{"params":[-1.5,1000],"type":"outside_range"}`},
		"within":            {func(_ *plan.Plan, a *plan.Alert) { a.Op, a.Limits = plan.Within, two }, `"type":"within_range"}`},
		"median":            {func(_ *plan.Plan, a *plan.Alert) { a.Reduce = "median" }, `"type":"median"}`},
		"no window of days": {func(_ *plan.Plan, a *plan.Alert) { a.Over = 48 * time.Hour }, `["A","48h","now"]`},
		"the value of now":  {func(_ *plan.Plan, a *plan.Alert) { a.Over, a.Reduce = 0, "last" }, `["A","1m","now"]`},
		"for in hours":      {func(_ *plan.Plan, a *plan.Alert) { a.For = 24 * time.Hour }, `"for":"24h"`},
		"for mixed":         {func(_ *plan.Plan, a *plan.Alert) { a.For = 90 * time.Second }, `"for":"90s"`},
		"no for":            {func(_ *plan.Plan, a *plan.Alert) { a.For = 0 }, `"for":"0m"`},
		"single unit":       {func(p *plan.Plan, _ *plan.Alert) { p.Workspace.EvaluationInterval = 90 * time.Second }, `"frequency":"90s"`},
		"at least a second": {func(p *plan.Plan, _ *plan.Alert) { p.Workspace.EvaluationInterval = 10 * time.Millisecond }, `"frequency":"1s"`},
		"a day":             {func(p *plan.Plan, _ *plan.Alert) { p.Workspace.EvaluationInterval = 24 * time.Hour }, `"frequency":"24h"`},
		"sporadic":          {func(_ *plan.Plan, a *plan.Alert) { a.SilentWithoutData = true }, `"noDataState":"ok"`},
		"a member":          {func(_ *plan.Plan, a *plan.Alert) { a.Member = "${NO}" }, `"name":"cnn-cifar10: SlowInference (${NO})"`},
		"nobody":            {func(_ *plan.Plan, a *plan.Alert) { a.Notify = nil }, `"notifications":[]`},
		"no empty tags":     {func(_ *plan.Plan, a *plan.Alert) { a.Labels = []plan.Label{{Name: "x"}} }, `"alertRuleTags":{}`},
		"second query": {func(p *plan.Plan, a *plan.Alert) {
			p.Legacy.Panels[0].Queries = append([]plan.Query{{RefID: "A", Expr: "up"}}, plan.Query{RefID: "B", Expr: a.Query})
		}, `["B","5m","now"]`},
	} {
		t.Run(name, func(t *testing.T) {
			p := seedPlan()
			test.change(p, p.Alerts[0])
			b, err := newBlock(p, p.Legacy.Panels[0])
			if err != nil {
				t.Fatal(err)
			}
			if data, err := json.Marshal(b); err != nil || !strings.Contains(string(data), test.want) {
				t.Errorf("want %s in %s, %v", test.want, data, err)
			}
			files, err := legacyFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if problems := Check(files[0], p.Workspace); len(problems) > 0 {
				t.Errorf("problems: %v", problems)
			}
		})
	}
}

// A plan that legacy alerting cannot say is a defect of the planner, never a wrong alert.
func TestBlockRefusals(t *testing.T) {
	for name, change := range map[string]func(*plan.Plan, *plan.Alert){
		"reducer":     func(_ *plan.Plan, a *plan.Alert) { a.Reduce = "p99" },
		"comparison":  func(_ *plan.Plan, a *plan.Alert) { a.Op = "" },
		"limits":      func(_ *plan.Plan, a *plan.Alert) { a.Op = plan.Within },
		"window":      func(_ *plan.Plan, a *plan.Alert) { a.Over = 0 }, // of a maximum
		"interval":    func(p *plan.Plan, _ *plan.Alert) { p.Workspace.EvaluationInterval = 0 },
		"other query": func(_ *plan.Plan, a *plan.Alert) { a.Query = "up" },
	} {
		p := seedPlan()
		change(p, p.Alerts[0])
		if files, err := legacyFile(p); err == nil || files != nil {
			t.Errorf("%s: no error", name)
		}
	}
}
