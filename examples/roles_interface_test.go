package examples

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// TestInterfaceRoles: in good weather everything that the roles show has data and no alert fires; each of
// their alerts fires in its fault, and no other does.
func TestInterfaceRoles(t *testing.T) {
	for name, tt := range interfaceRoles {
		t.Run(name, func(t *testing.T) {
			longUnless(t, name, "latency of a native histogram", "targets", "versions", "a batch")
			t.Parallel()
			p := planInline(t, roleHead+tt.spec)
			if diff := cmp.Diff(tt.panels, broughtTitles(p)); diff != "" {
				t.Errorf("panels, columns last (-want +got):\n%s", diff)
			}
			pushed := strings.Contains(tt.spec, "every:")
			good := simulate(t, p, weather(t, tt.weather, 0, pushed))
			checkShown(t, p, good)
			checkLabelColumns(t, p, good)
			if fires := firing(t, good, end); len(fires) > 0 {
				t.Errorf("in good weather %v fire", fires)
			}
			for _, sample := range query(t, good, `ml_model:signal:state != 0`, end) {
				t.Errorf("in good weather signal %s is %v", sample.Metric.Get("signal"), sample.F)
			}
			untested := map[string]bool{}
			for _, a := range p.Alerts {
				// What every model has is not told again.
				untested[a.Name] = a.Name != "RunMissing" && (a.Name != "TargetsDown" || tt.spec == "")
			}
			for i, want := range tt.faults {
				s := simulate(t, p, weather(t, tt.weather, i+1, pushed))
				if got := strings.Join(append(firing(t, s, end), warned(t, s)...), ", "); got != want {
					t.Errorf("in fault %d: %q, want %q", i+1, got, want)
				}
				if early := firing(t, s, fault-interval); len(early) > 0 {
					t.Errorf("before fault %d %v fire", i+1, early)
				}
				for _, name := range strings.Split(want, ", ") {
					delete(untested, name)
				}
			}
			for name, is := range untested {
				if is {
					t.Errorf("no fault in which %s fires", name)
				}
			}
		})
	}
}

// warned are the signals that are amber in the end.
func warned(t *testing.T, s *enginetest.Storage) (list []string) {
	t.Helper()
	for _, sample := range query(t, s, `ml_model:signal:state == 1`, end) {
		list = append(list, "warn "+sample.Metric.Get("signal"))
	}
	slices.Sort(list)
	return list
}

// checkLabelColumns reports columns that show a label which the result of their query lacks.
func checkLabelColumns(t *testing.T, p *plan.Plan, s *enginetest.Storage) {
	t.Helper()
	for _, panel := range p.Dashboard.Panels {
		if !strings.HasPrefix(panel.Key, "table/") {
			continue
		}
		for i, c := range panel.Columns {
			for _, sample := range query(t, s, enginetest.Interpolate(panel.Queries[i].Expr, map[string]string{"pod": ".*", "__rate_interval": "2m"}), end) {
				if c.Label != "" && sample.Metric.Get(c.Label) == "" {
					t.Errorf("the column %s shows the label %s, which %s lacks", c.Title, c.Label, sample.Metric)
				}
			}
		}
	}
}

// simulate runs the rules of a plan, if it has any.
func simulate(t *testing.T, p *plan.Plan, series []enginetest.Series) *enginetest.Storage {
	t.Helper()
	if len(p.Alerts)+len(p.Records) == 0 {
		return enginetest.Load(t, interval, series)
	}
	return run(t, p, series)
}

// weather makes the series of the lines above: the fault of that number comes at fault; 0: none.
func weather(t *testing.T, lines string, number int, pushed bool) []enginetest.Series {
	t.Helper()
	w := &world{pushed: pushed}
	lines = "gauge scrape_samples_post_metric_relabeling 50\n" + strings.TrimSpace(lines)
	if !strings.Contains(lines, "gauge up ") {
		lines += "\ngauge up 1"
	}
	for _, line := range strings.Split(lines, "\n") {
		words := strings.Fields(line)
		kind, name, values := words[0], words[1], words[2:]
		changed := values[0]
		if len(values) > number {
			changed = values[number]
		}
		name, own, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
		for _, pod := range []string{"m-a", "m-b"} {
			labels := fmt.Sprintf(`service="s",pod=%q`, pod)
			if pushed {
				labels = `service="s"`
			}
			if own != "" {
				labels += "," + own
			}
			series := name + "{" + labels + "}"
			switch kind {
			case "gauge":
				w.gauge(series, parseValue(t, values[0]), parseValue(t, changed))
			case "counter":
				w.rate(series, parseValue(t, values[0]), parseValue(t, changed))
			case "histogram":
				w.histogram(name, labels, pythonBounds, parseFlow(t, values[0]), parseFlow(t, changed))
			case "native":
				w.native(name, labels, parseFlow(t, values[0]), parseFlow(t, changed))
			case "summary":
				w.summary(name, labels, parseFlow(t, values[0]), parseFlow(t, changed))
			default:
				t.Fatalf("a series of kind %s", kind)
			}
			if pushed {
				break // a run has no copies
			}
		}
	}
	return w.list
}

// rate is a counter that may be absent, before the fault or after it.
func (w *world) rate(series string, before, after float64) {
	switch {
	case math.IsNaN(before) && math.IsNaN(after):
	case math.IsNaN(before): // with its first value 0, as clients have it
		w.add(series, enginetest.Switch(fault, enginetest.Constant(enginetest.Gap), enginetest.Then(fault, enginetest.Constant(0), enginetest.Linear(after))))
	case math.IsNaN(after):
		w.add(series, enginetest.Switch(fault, enginetest.Linear(before), enginetest.Constant(enginetest.Stale)))
	default:
		w.counter(series, before, after)
	}
}

func parseValue(t *testing.T, word string) float64 {
	t.Helper()
	if word == "-" {
		return enginetest.Stale
	}
	v, err := strconv.ParseFloat(word, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parseFlow(t *testing.T, word string) flow {
	t.Helper()
	middle, rate, given := strings.Cut(word, "@")
	f := flow{3, parseValue(t, middle), parseValue(t, middle) / 10}
	if given {
		f.rate = parseValue(t, rate)
	}
	return f
}

// broughtTitles are the titles of tiles and panels that roles brought, and the columns of the tables.
func broughtTitles(p *plan.Plan) (list []string) {
	for _, panel := range p.Dashboard.Panels {
		var columns []string
		for _, c := range panel.Columns {
			columns = append(columns, c.Title)
		}
		switch {
		case strings.HasPrefix(panel.Key, "role/"):
			list = append(list, panel.Title)
		case strings.HasPrefix(panel.Key, "table/"):
			list = append(list, strings.Join(columns, "|"))
		}
	}
	return list
}

// TestDeployMark: a version that is new makes a mark, one that comes back after an outage does not.
func TestDeployMark(t *testing.T) {
	for name, tt := range map[string]struct {
		traffic, revision string
		want              []string
	}{
		"a new version":                {"continuous", "8", []string{"8"}},
		"the same version again":       {"continuous", "7", nil},
		"a new version, no traffic":    {"sporadic", "8", []string{"8"}},
		"the same version after hours": {"sporadic", "7", nil},
		"a new version of a batch":     {"{every: 24h}", "8", []string{"8"}},
		"the same version of a batch":  {"{every: 24h}", "7", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planInline(t, roleHead+"traffic: "+tt.traffic+"\n"+`
metrics:
  about: {type: info, role: model_info, across: revision, labels: {version: 2, revision: any}}
`)
			if len(p.Dashboard.Annotations) == 0 {
				t.Fatal("no marks")
			}
			s := enginetest.Load(t, interval, []enginetest.Series{
				{Series: `about{service="s",pod="m-a",revision="7"}`, Values: "1x240 stale"},
				{Series: `about{service="s",pod="m-b",revision="` + tt.revision + `"}`, Values: "_x250 1x200"},
			})
			var marked []string
			for _, a := range p.Dashboard.Annotations {
				if a.Name != "Deploys" {
					continue
				}
				for at := 100 * interval; at <= 450*interval; at += interval {
					for _, sample := range query(t, s, enginetest.Interpolate(a.Expr, nil), at) {
						marked = append(marked, sample.Metric.Get("revision"))
					}
				}
			}
			slices.Sort(marked)
			if diff := cmp.Diff(tt.want, slices.Compact(marked)); diff != "" {
				t.Errorf("versions with a mark (-want +got):\n%s", diff)
			}
		})
	}
}
