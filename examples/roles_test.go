package examples

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/planner"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// planInline loads and plans a spec that stands in a test, without a workspace.
func planInline(t *testing.T, text string) *plan.Plan {
	t.Helper()
	rep := &diag.Report{}
	lib := spec.NewLibrary(rep)
	ws := spec.DefaultWorkspace()
	pws := planner.Workspace(ws, rep)
	m := spec.Load(diag.NewFile("model.yaml", []byte("version: mlobs/v1\n"+text)), ws, lib, rep)
	var p *plan.Plan
	if m != nil && pws != nil {
		p = planner.New(lib).Build(m, ws, pws, rep)
	}
	for _, d := range rep.All() {
		t.Error(d.Message)
	}
	if p == nil || t.Failed() {
		t.FailNow()
	}
	return p
}

// world collects the series of a model that changes at fault.
type world struct {
	list []enginetest.Series
	// pushed: a batch job pushes the values of a run, the second time at fault. A counter is then what it
	// counted in the run: that of a server in half an hour.
	pushed bool
	// gone: there is nothing after fault, as at night.
	gone bool
}

// perRun is how long a server counts what a run counts.
const perRun = 30 * time.Minute

// shown says when the series have samples; between the two windows nothing is read.
func shown(at time.Duration) bool { return at <= 2*time.Hour || at >= begin-2*time.Hour }

func (w *world) add(series string, value func(at time.Duration) float64) {
	w.list = append(w.list, enginetest.Series{Series: series, For: end, Func: func(at time.Duration) float64 {
		switch {
		case w.gone && at >= fault:
			return enginetest.Stale
		case !shown(at):
			return enginetest.Gap
		}
		return value(at)
	}})
}

// gauge is a value before and after the fault.
func (w *world) gauge(series string, before, after float64) {
	w.add(series, enginetest.Switch(fault, enginetest.Constant(before), enginetest.Constant(after)))
}

// target adds what Prometheus itself says of a target.
func (w *world) target(labels string) {
	w.gauge("up{"+labels+"}", 1, 1)
	w.gauge("scrape_samples_post_metric_relabeling{"+labels+"}", 100, 100)
}

// counter counts so many events per second.
func (w *world) counter(series string, before, after float64) {
	w.add(series, func(at time.Duration) float64 {
		b, a := w.counted(at)
		return before*b + after*a
	})
}

// counted says how many seconds a counter has counted, before and after the fault.
func (w *world) counted(at time.Duration) (before, after float64) {
	switch {
	case !w.pushed:
		return min(at, fault).Seconds(), max(at-fault, 0).Seconds()
	case at < fault:
		return perRun.Seconds(), 0
	}
	return 0, perRun.Seconds()
}

// flow is what a histogram or summary observes: so many values per second, spread around a middle.
type flow struct{ rate, middle, spread float64 }

// below is the share of the values up to le: a logistic distribution.
func (f flow) below(le float64) float64 { return 1 / (1 + math.Exp((f.middle-le)/f.spread)) }

// histogram adds the series of a classic histogram; labels are those of the target and its own.
func (w *world) histogram(name, labels string, bounds []float64, before, after flow) {
	for _, le := range append(slices.Clone(bounds), math.Inf(1)) {
		w.counter(fmt.Sprintf(`%s_bucket{%s,le="%s"}`, name, labels, bound(le)), before.rate*before.below(le), after.rate*after.below(le))
	}
	w.summary(name, labels, before, after)
}

// summary adds sum and count.
func (w *world) summary(name, labels string, before, after flow) {
	w.counter(name+"_count{"+labels+"}", before.rate, after.rate)
	w.counter(name+"_sum{"+labels+"}", before.rate*before.middle, after.rate*after.middle)
}

// native adds a native histogram with a bucket up to each power of two from 2^-7 to 2^8.
func (w *world) native(name, labels string, before, after flow) {
	const first, buckets = -7, 16
	var values strings.Builder
	for at := time.Duration(0); at <= end; at += interval {
		if w.gone && at >= fault {
			values.WriteString("stale ")
			break
		}
		if !shown(at) {
			values.WriteString("_ ")
			continue
		}
		b, a := w.counted(at)
		count, sum := 0.0, before.rate*before.middle*b+after.rate*after.middle*a
		counts := make([]float64, buckets)
		for i := range counts {
			lower, upper := math.Pow(2, float64(first+i-1)), math.Pow(2, float64(first+i))
			counts[i] = before.rate*(before.below(upper)-before.below(lower))*b + after.rate*(after.below(upper)-after.below(lower))*a
			count += counts[i]
		}
		fmt.Fprintf(&values, "{{schema:0 count:%g sum:%g offset:%d buckets:%v}} ", count, sum, first, counts)
	}
	w.list = append(w.list, enginetest.Series{Series: name + "{" + labels + "}", Values: values.String()})
}

// rules runs the rules of the model over the world; a model may have none.
func (w *world) rules(t *testing.T, p *plan.Plan) *enginetest.Storage {
	t.Helper()
	files, err := alerts.Prometheus().Model(p)
	if err != nil {
		t.Fatal(err)
	}
	s := enginetest.Load(t, interval, w.list)
	for _, file := range files {
		if err := s.Rules(file.Data, enginetest.At(begin), enginetest.At(end)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// checkShown reports queries of panels, tiles and columns that return nothing.
func checkShown(t *testing.T, p *plan.Plan, s *enginetest.Storage) {
	t.Helper()
	vars := map[string]string{"__rate_interval": "2m", "__range": "1h"}
	for _, v := range p.Dashboard.Variables {
		vars[v.Name] = ".*"
		if len(v.Options) > 0 {
			vars[v.Name] = v.Options[0].Value
		}
	}
	for _, panel := range p.Dashboard.Panels {
		if panel.Kind == plan.Firing {
			continue // nothing fires
		}
		for _, q := range panel.Queries {
			expr := enginetest.Interpolate(q.Expr, vars)
			has := false
			for _, sample := range query(t, s, expr, end) {
				has = has || sample.H != nil || !math.IsNaN(sample.F)
			}
			if !has {
				t.Errorf("%s / %s returns nothing: %s", panel.Title, q.Legend, expr)
			}
		}
	}
}
