package workload

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
)

// Shapes is a workspace of n good models of every shape: any roles on any types that they take, with and without
// labels, behind any profiles, with any pattern of traffic, one model or several, and with own panels, records
// and alerts. Mixed is what companies have; these are what the language allows. The linter finds nothing in them.
func Shapes(n int, seed uint64) iter.Seq[File] {
	return func(yield func(File) bool) {
		if !yield(File{"mlobs.yaml", shapesWorkspace}) {
			return
		}
		r := &random{rand.New(rand.NewPCG(seed, 1))}
		for i := range n {
			name := fmt.Sprintf("%s-%d", pick(r, subjects), i)
			if !yield(File{"models/" + name + ".yaml", r.shape(name)}) {
				return
			}
		}
	}
}

const shapesWorkspace = `version: mlobs/v1
specs: [models/*.yaml]
prometheus: {scrape_interval: 15s, evaluation_interval: 30s}
`

// shape writes a spec.
func (r *random) shape(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: mlobs/v1\nmodel: %s\nowner: %s\nselector: {namespace: ml, service: %[1]s}\n", name, pick(r, owners))
	if r.chance(0.7) {
		fmt.Fprintf(&b, "replicas: {pod: %d}\n", 2+r.IntN(6))
	}
	traffic := pick(r, []string{"", "", "continuous", "sporadic", "{every: 24h}"})
	if traffic != "" {
		fmt.Fprintf(&b, "traffic: %s\n", traffic)
	}
	pushed := traffic == "{every: 24h}"
	members := !pushed && r.chance(0.15)
	if members {
		b.WriteString("members: {tenant: [north, south]}\n")
	}
	r.profiles(&b, name, pushed)
	var chosen []shapedMetric
	for _, role := range shapedRoles {
		if members && !role.grouped || pushed && role.served {
			continue
		}
		if r.chance(role.often) {
			chosen = append(chosen, pick(r, role.metrics))
		}
	}
	if len(chosen) == 0 || members {
		chosen = append(chosen, pick(r, plainRequests))
	}
	r.metrics(&b, chosen, members)
	if !members {
		r.rows(&b, chosen, pushed)
	}
	r.alerts(&b, chosen)
	return b.String()
}

func (r *random) chance(p float64) bool { return r.Float64() < p }

// profiles writes what serves the model.
func (r *random) profiles(b *strings.Builder, name string, pushed bool) {
	var uses []string
	switch {
	case pushed:
		if r.chance(0.5) {
			uses = append(uses, "pushgateway")
		}
	case r.chance(0.4):
		uses = append(uses, pick(r, []string{"fastapi", "spell"}))
	}
	if len(uses) == 0 && r.chance(0.5) || len(uses) == 1 && uses[0] != "pushgateway" && r.chance(0.5) {
		uses = append(uses, "kubernetes\n    selector: {namespace: ml, pod: {matches: '"+name+"-.*'}}")
	}
	if len(uses) > 0 {
		b.WriteString("uses:\n")
		for _, u := range uses {
			b.WriteString("  - profile: " + u + "\n")
		}
	}
}

// metrics writes what the server exposes; for members each metric says whose it is.
func (r *random) metrics(b *strings.Builder, chosen []shapedMetric, members bool) {
	b.WriteString("metrics:\n")
	for _, m := range chosen {
		text := m.text
		if members {
			if with := strings.Replace(text, "labels: {", "labels: {tenant: 2, ", 1); with != text {
				text = with
			} else {
				text += ", labels: {tenant: 2}"
			}
		}
		fmt.Fprintf(b, "  %s: {%s}\n", m.name, text)
	}
}

// rows writes panels of the author's for the metrics, as their types want to be read.
func (r *random) rows(b *strings.Builder, chosen []shapedMetric, pushed bool) {
	var panels []string
	for i, m := range chosen {
		for k, q := range m.queries(pushed) {
			if r.chance(0.3) {
				panels = append(panels, fmt.Sprintf("        - {title: Own %d.%d, query: '%s'}\n", i, k, q))
			}
		}
	}
	if len(panels) > 0 {
		b.WriteString("dashboard:\n  rows:\n    - title: Own\n      panels:\n" + strings.Join(panels, ""))
	}
}

// alerts writes limits for what roles leave open.
func (r *random) alerts(b *strings.Builder, chosen []shapedMetric) {
	var alerts []string
	for _, m := range chosen {
		if m.alert != "" && r.chance(0.7) {
			alerts = append(alerts, "  - {"+m.alert+"}\n")
		}
	}
	if len(alerts) > 0 {
		b.WriteString("alerts:\n" + strings.Join(alerts, ""))
	}
}
