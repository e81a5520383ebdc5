package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// The check of cardinality at run time: what a scrape really brings, beside what the contract declares. A
// label that takes more values than was thought is seen here before Prometheus suffers.

const keySamples = "samples/server"

// samplesPanel counts the samples of the model server's targets; none for values that are pushed, since a
// gateway is no target of the model's.
func (b *builder) samplesPanel() []*plan.Panel {
	if b.scheduled() {
		return nil
	}
	by := "instance"
	if copies := b.copyLabel(); len(copies) > 0 {
		by = copies[0]
	}
	q := b.parse(diag.NewText("max by ("+by+") (scrape_samples_post_metric_relabeling)", diag.Span{}), 0)
	if q == nil {
		return nil
	}
	p := &plan.Panel{
		Key: keySamples, ID: plan.PanelID(keySamples), Kind: plan.TimeSeries, Title: "Samples per scrape", Storey: storeyInfrastructure,
		Description: "Samples that one scrape of a target brings. A line that climbs is a label that takes ever more values: find it before Prometheus is full.",
		Grid:        plan.Grid{W: 8, H: 8}, Unit: "short", Min: &zero,
		Color:  plan.Color{Mode: plan.Shades, Fixed: colorSeries},
		Legend: plan.Legend{Mode: plan.TableBelow, Calcs: []string{"lastNotNull", "max"}},
		Queries: []plan.Query{{
			RefID: "A", Format: plan.FormatTimeSeries, Legend: "{{" + by + "}}", MinStep: b.minStep(),
			Expr: b.shortNames(q, b.complete(q, inRow, 0)).String(),
		}},
	}
	samples, unbounded := b.declaredSamples()
	if samples > 0 {
		p.Queries = append(p.Queries, plan.Query{RefID: "B", Format: plan.FormatTimeSeries, Legend: "declared", Expr: "vector(" + strconv.Itoa(samples) + ")"})
		p.Series = []plan.SeriesStyle{{Name: "declared", Color: colorPast, Width: 1, Dashed: true, Fill: new(int)}}
		p.Description = joinSentences(p.Description, fmt.Sprintf("Declared are at most %d; what the server exposes beside the declared metrics, such as those of its process, comes on top.", samples))
	}
	if len(unbounded) > 0 {
		p.Description = joinSentences(p.Description, "Without a bound, and not counted: "+strings.Join(unbounded, ", ")+".")
	}
	return []*plan.Panel{p}
}

// declaredSamples is how many samples a scrape of the model server brings at most, of all metrics whose
// labels have bounds, and the names of the others.
func (b *builder) declaredSamples() (samples int, unbounded []string) {
	for _, m := range b.model.Metrics {
		if m.Source != 0 || m.Query != nil || m.Optional || strings.HasSuffix(m.Name, "*") {
			continue
		}
		if n, label := m.SeriesAtMost(); label == "" {
			samples += n
		} else if !slices.Contains(unbounded, m.Name) {
			unbounded = append(unbounded, m.Name+" ("+boundless(m, label)+")")
		}
	}
	return samples, unbounded
}

// boundless says what has no bound.
func boundless(m *metric.Metric, label string) string {
	if _, own := m.Label(label); !own {
		return "its buckets are not declared"
	}
	return label
}
