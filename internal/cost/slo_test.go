package cost_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/internal/cost"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/slo"
	"github.com/mlobs-gen/mlobs-gen/internal/workload"
)

// objectiveModels have 400 objectives.
const objectiveModels = 400 / workload.ObjectivesPerModel

// TestObjectiveRules: the rules of 400 objectives (40 with -short) are rules to Prometheus, and promtool, where it is
// at hand, says so, too.
func TestObjectiveRules(t *testing.T) {
	models := objectiveModels
	if testing.Short() {
		models /= 10
	}
	dir, out := t.TempDir(), t.TempDir()
	for f := range workload.Objectives(models) {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	objectives := 0
	for _, p := range plansOf(t, dir) {
		objectives += len(p.SLOs)
		files, err := alerts.Prometheus().Model(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for _, problem := range alerts.Check(f, p.Workspace) {
				t.Errorf("%s: %s", f.Path, problem)
			}
			if err := os.WriteFile(filepath.Join(out, filepath.Base(f.Path)), f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if objectives != models*workload.ObjectivesPerModel {
		t.Errorf("%d objectives", objectives)
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Log("promtool is not at hand: Prometheus's parser of rule files judged alone")
		return
	}
	files, err := filepath.Glob(filepath.Join(out, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(promtool, append([]string{"check", "rules"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}

// oneSpec is where planOf puts the spec.
const oneSpec = "specs: [model.yaml]\n"

// ofObjective reports whether a rule belongs to an objective.
func ofObjective(name string) bool {
	return strings.HasPrefix(name, "ml_model:slo_") || strings.HasPrefix(name, "job:") || strings.Contains(name, "Budget")
}

// reading is what rules read: samples per second, as estimated and as counted by the engine.
type reading struct{ estimated, counted float64 }

// readings evaluates each rule of the objectives once, at the end of 30 days in which all series had a sample a minute:
// the estimate must be what the engine counts. Pace is how often a rule is evaluated; nil: as the plan says.
func readings(t *testing.T, p *plan.Plan, pace func(name string) time.Duration) (sum reading) {
	t.Helper()
	w := newWorld(t, p)
	end := time.Unix(1_700_000_000, 0).Truncate(time.Hour)
	series := slices.Clone(w.scraped)
	for _, r := range p.Records {
		b := labels.NewBuilder(labels.FromStrings(model.MetricNameLabel, r.Name))
		for _, l := range r.Labels {
			b.Set(l.Name, l.Value)
		}
		series = append(series, b.Labels())
	}
	w.append(series, every(time.Minute, 30*24*time.Hour, end))
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() }, Parser: parser.NewParser(parser.Options{}),
	})
	read := map[string]int64{}
	evaluate := func(name, expr string, group *plan.Group) {
		if !ofObjective(name) {
			return
		}
		interval := p.Workspace.EvaluationInterval
		switch {
		case pace != nil:
			interval = pace(name)
		case group != nil:
			interval = group.Interval
		}
		_, n := w.query(engine, expr, end)
		read[name] += n
		sum.counted += float64(n) / interval.Seconds()
	}
	for _, r := range p.Records {
		evaluate(r.Name, r.Expr, r.Group)
	}
	for _, a := range p.Alerts {
		evaluate(a.Name, a.Expr, a.Group)
	}
	for _, r := range count(t, p, cost.Options{}).Rules {
		if ofObjective(r.Name) && float64(read[r.Name]) != r.Read.Most {
			t.Errorf("%s reads %d samples, the estimate is %v", r.Name, read[r.Name], r.Read.Most)
		}
	}
	sum.estimated = estimate(t, p, pace)
	return sum
}

// estimate is what the rules of the objectives read per second.
func estimate(t *testing.T, p *plan.Plan, pace func(name string) time.Duration) (sum float64) {
	t.Helper()
	for _, r := range count(t, p, cost.Options{}).Rules {
		switch {
		case !ofObjective(r.Name):
		case pace != nil:
			sum += r.Read.Most / pace(r.Name).Seconds()
		default:
			sum += r.ReadPerSecond
		}
	}
	return sum
}

// rawPace is how often rules over raw series need be evaluated for the same alerts: as often as ours of that window.
func rawPace(name string) time.Duration {
	_, window, _ := strings.Cut(name, "rate")
	d, err := metric.Duration(window)
	if err != nil {
		panic(err)
	}
	return max(time.Minute, min(d/10, 150*time.Second))
}

// TestObjectivesPage measures what the rules of 400 objectives read, beside what the same objectives would read as rules
// over raw series, and writes docs/slos.md with it.
func TestObjectivesPage(t *testing.T) {
	if testing.Short() {
		t.Skip("long, a month of samples: runs without -short, as in .ci/run")
	}
	ours := planOf(t, workload.ObjectiveWorkspace+oneSpec, workload.ObjectiveSpec("m"))
	raw := planOf(t, workload.ObjectiveWorkspace+oneSpec+"lint: {rules: {long-rate-window: off}}\n", workload.RawObjectiveSpec("m"))
	rows := []struct {
		name string
		reading
	}{
		{"what mlobs-gen generates", readings(t, ours, nil)},
		{"raw series, each window evaluated as often as ours", readings(t, raw, rawPace)},
		{"raw series, all windows in one group, once a minute", readings(t, raw, everyMinute)},
	}
	var b strings.Builder
	often := strings.Replace(workload.ObjectiveWorkspace+oneSpec, "scrape_interval: 1m", "scrape_interval: 15s", 1)
	quickOurs, quickRaw := planOf(t, often, workload.ObjectiveSpec("m")), planOf(t, often+"lint: {rules: {long-rate-window: off}}\n", workload.RawObjectiveSpec("m"))
	quick := []float64{estimate(t, quickOurs, nil), estimate(t, quickRaw, rawPace), estimate(t, quickRaw, everyMinute)}
	b.WriteString("| samples read per second by the rules of 400 objectives | the engine counted | `mlobs-gen cost` says | it says, scraped every 15s |\n|---|---|---|---|\n")
	for i, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.name, times(r.counted, rows[0].counted), times(r.estimated, rows[0].estimated), times(quick[i], quick[0]))
	}
	if rows[1].counted < 10*rows[0].counted || rows[2].counted < 2*rows[1].counted {
		t.Errorf("rules over raw series read %v and %v samples per second, ours %v", rows[1].counted, rows[2].counted, rows[0].counted)
	}
	files, err := alerts.Prometheus().Model(planOf(t, "version: mlobs/v1\nprometheus: {retention: 30d}\n"+oneSpec, slo.Example))
	if err != nil {
		t.Fatal(err)
	}
	page := slo.Reference(string(files[0].Data), b.String())
	const path = "../../docs/slos.md"
	if os.Getenv("MLOBS_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	recorded, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(recorded) != page {
		t.Errorf("docs/slos.md is not what the tests say (MLOBS_UPDATE=1 records it):\n%s", cmp.Diff(string(recorded), page))
	}
}

func everyMinute(string) time.Duration { return time.Minute }

// times is what all models read, and how many times as much as the least that is.
func times(n, least float64) string {
	text := fmt.Sprintf("%.0f", n*objectiveModels)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n == least {
		return text
	}
	return fmt.Sprintf("%s (%.0f×)", text, n/least)
}

// TestObjectiveCost: `cost` shows what the rules of objectives read, each by the interval of its group.
func TestObjectiveCost(t *testing.T) {
	p := planOf(t, "version: mlobs/v1\nprometheus: {scrape_interval: 15s, evaluation_interval: 30s, retention: 30d}\n"+oneSpec, workload.ObjectiveSpec("m"))
	m := count(t, p, cost.Options{})
	for _, tt := range []struct {
		name string
		// read by all four objectives in one evaluation, and how many seconds lie between two.
		read, every float64
	}{
		// 2 pods × 3 statuses, 2 series of a histogram, 2 × 2 of the inputs, `up` of 2 pods: 20 scrapes each.
		{"ml_model:slo_total:increase5m", 20*6 + 20*2 + 20*4 + 20*2, 30},
		// Two series, twelve times five minutes.
		{"ml_model:slo_errors:ratio_rate1h", 4 * 2 * 12, 30},
		{"ml_model:slo_errors:ratio_rate3d", 4 * 2 * 864, 150},
		{"ml_model:slo_budget:remaining30d", 4 * 2 * 8640, 150},
	} {
		r := ruleOf(t, m, tt.name)
		if r.Read.Most != tt.read || math.Abs(r.ReadPerSecond-tt.read/tt.every) > 1e-9 || r.Rules != 4 || r.Series.Most != 4 {
			t.Errorf("%s: %d rules read %v samples, %v per second, and make %v series; want %v every %v s", tt.name, r.Rules, r.Read, r.ReadPerSecond, r.Series, tt.read, tt.every)
		}
	}
	if r := ruleOf(t, m, "AnswersBudgetBurn1h"); !r.Alert || r.Read.Most != 1 {
		t.Errorf("%+v", r)
	}
}
