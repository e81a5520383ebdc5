package slo

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

//go:embed reference.md
var reference string

// Example is the spec that the page shows, with the rules that it compiles to.
const Example = `version: mlobs/v1
model: churn
owner: growth-ml
selector: {job: churn}
metrics:
  requests_total: {type: counter, role: requests, errors: {status: 5xx}, labels: {status: [2xx, 4xx, 5xx]}}
slos:
  - name: answers
    objective: 99.9               # per cent
    role: requests
`

// Name is what the page of objectives is called, Title says what it is about.
const (
	Name  = "slo"
	Title = "service level objectives: what is promised, how much is spent of what may go wrong, and when somebody is told"
)

// Explain is the page about objectives, in Markdown.
func Explain() string {
	text, _, _ := strings.Cut(reference, "<!-- rules -->\n")
	return filledIn(text)
}

// Reference is docs/slos.md: Explain, with the rules of the Example and a table of what rules read.
func Reference(rules, figures string) string {
	return strings.NewReplacer("<!-- rules -->\n", "", "{rules}\n", rules, "{figures}\n", figures).Replace(filledIn(reference))
}

func filledIn(text string) string {
	return strings.NewReplacer("{example}\n", Example, "{factors}\n", factors()).Replace(text)
}

// factors is the table of alerts: how much faster than allowed for the budget must burn, by period.
func factors() string {
	var b strings.Builder
	b.WriteString("| alert | long window | short window | share of the budget |")
	for _, period := range spec.Periods() {
		b.WriteString(" " + metric.FormatDuration(period) + " |")
	}
	b.WriteString(" asks for |\n|---|---|---|---|" + strings.Repeat("---|", len(spec.Periods())) + "---|\n")
	for _, p := range pairs {
		fmt.Fprintf(&b, "| `…BudgetBurn%s` | %s | %s | %s |", metric.FormatDuration(p.long), words(p.long), words(p.short), percent(p.share))
		for _, period := range spec.Periods() {
			b.WriteString(" " + p.factor(period, p.long).String() + "× |")
		}
		fmt.Fprintf(&b, " %s |\n", p.severity)
	}
	return b.String()
}
