package lint

import (
	"regexp"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// legendLabel is a label in a legend: {{pod}}.
var legendLabel = regexp.MustCompile(`\{\{\s*([a-zA-Z_][a-zA-Z0-9_.:]*)\s*\}\}`)

var removedLabelInLegend = &Rule{
	Name: "removed-label-in-legend", Group: Dashboards, Severity: diag.Error,
	Doc: "a legend that shows a label which the result does not have",
	Run: func(p *Pass) {
		for s := range p.Queries() {
			if s.Target == nil || s.Target.LegendSpan.IsZero() || !p.Own(s.Target.LegendSpan) || s.Target.Foreign != nil && s.Target.Format == plan.FormatTable {
				continue
			}
			for _, m := range legendLabel.FindAllStringSubmatch(s.Target.Legend, -1) {
				fact := s.Analysis().Root.Label(m[1])
				if fact.Presence != promql.Never || s.Analysis().Root.Empty() {
					continue
				}
				d := p.Reportf(s.Target.LegendSpan, "the legend shows `%s`, which the result never has", m[1])
				d.Help = "add the label to the grouping, or leave it out of the legend"
				if fact.Reason != nil {
					at := fact.Reason.Span
					if at.IsZero() {
						at = s.Span(fact.Reason.Start, fact.Reason.End)
					}
					d.See(at, "%s", fact.Reason.Text)
				}
				break
			}
			if strings.Contains(s.Target.Legend, "{{}}") {
				p.Reportf(s.Target.LegendSpan, "the legend shows no label: `{{}}` is empty").WithHelp("write the label that is meant between the braces")
			}
		}
	},
}
