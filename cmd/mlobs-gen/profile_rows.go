package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// profileRows is what a profile brings, as a table for people.
func profileRows(p *spec.Profile) [][]string {
	rows := [][]string{{p.Name + ": " + p.Title}}
	for _, paragraph := range strings.Split(strings.TrimSpace(p.Doc), "\n\n") {
		if paragraph != "" {
			rows = append(append(rows, []string{""}), wrapped(paragraph, 100)...)
		}
	}
	section := func(title string, list [][]string) {
		if len(list) > 0 {
			rows = append(append(rows, []string{""}, []string{title}), list...)
		}
	}
	section("METRICS", metricRows(p))
	section("PANELS", panelRows(p))
	section("ALERTS", alertRows(p))
	section("SLOS, off until a spec names them under `slos`", sloRows(p))
	return rows
}

// wrapped is a paragraph in lines of at most width characters, words permitting.
func wrapped(paragraph string, width int) (rows [][]string) {
	line := ""
	for _, word := range strings.Fields(paragraph) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			rows = append(rows, []string{line})
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(rows, []string{line})
}

// shownLabels is how many labels of a metric are listed: a mesh has more than a line can hold.
const shownLabels = 8

// metricRows: name, type with unit, labels and the versions that have it.
func metricRows(p *spec.Profile) (rows [][]string) {
	for _, m := range p.Metrics {
		kind := string(m.Type)
		if !m.Unit.IsZero() {
			kind += ", " + m.Unit.Name
		}
		var labels []string
		for _, l := range m.Labels {
			labels = append(labels, l.Name+valuesText(l.Values))
		}
		if n := len(labels); n > shownLabels {
			labels = append(labels[:shownLabels], fmt.Sprintf("… (%d)", n))
		}
		text := strings.Join(labels, ", ")
		if versions := versionsText(m); versions != "" {
			text = strings.TrimPrefix(text+"; "+versions, "; ")
		}
		rows = append(rows, []string{"  " + m.Name, kind, text})
	}
	return rows
}

// versionsText says which versions of the stack have a metric; empty: all.
func versionsText(m *metric.Metric) string {
	var parts []string
	if m.Since != "" {
		parts = append(parts, "since "+m.Since)
	}
	if m.Until != "" {
		parts = append(parts, "until "+m.Until)
	}
	if m.RenamedTo != "" {
		parts = append(parts, "then "+m.RenamedTo)
	}
	return strings.Join(parts, ", ")
}

// valuesText is how many values a label has: "=a|b", "≤4", or nothing.
func valuesText(v metric.Values) string {
	const shown = 6
	switch {
	case len(v.Exactly) > shown:
		return fmt.Sprintf("=%s|… (%d)", strings.Join(v.Exactly[:shown], "|"), len(v.Exactly))
	case v.Exactly != nil:
		return "=" + strings.Join(v.Exactly, "|")
	case v.AtMost > 0:
		return fmt.Sprintf("≤%d", v.AtMost)
	}
	return ""
}

// panelRows: title, where it stands. Tiles are the numbers on top.
func panelRows(p *spec.Profile) (rows [][]string) {
	for _, t := range p.Tiles {
		rows = append(rows, []string{"  " + t.Title.Value, "on top"})
	}
	for _, r := range p.Rows {
		storey := r.Storey.Value
		if storey == "" {
			storey = "model"
		}
		for _, panel := range r.Panels {
			rows = append(rows, []string{"  " + panel.Title.Value, storey})
		}
	}
	return rows
}

// alertRows: name, when it fires, severity, what it says.
func alertRows(p *spec.Profile) (rows [][]string) {
	for _, a := range p.Alerts {
		severity := a.Severity.Value
		if severity == "" {
			severity = "ticket"
		}
		summary := ""
		if a.Summary != nil {
			summary = a.Summary.Text.Value
		}
		rows = append(rows, []string{"  " + a.Name.Value, conditionText(a), severity, summary})
	}
	return rows
}

// sloRows: name, how much must be good, what is good, and what it says of itself.
func sloRows(p *spec.Profile) (rows [][]string) {
	for _, s := range p.SLOs {
		good := ""
		switch {
		case s.Role.Given():
			good = "role " + s.Role.Value
		case s.Latency != nil:
			good = strings.TrimSpace(s.Latency.Metric.Value + " under " + s.Latency.Under.Value)
		case s.Availability.Given():
			good = "targets up"
		case s.Share != nil:
			good = "share of " + s.Share.Metric.Value
		case s.Freshness != nil:
			good = s.Freshness.Metric.Value + " not older than " + s.Freshness.Under.Value
		default:
			good = "queries"
		}
		rows = append(rows, []string{"  " + s.Name.Value, s.Objective.Value.String() + " %", good, s.Description.Value})
	}
	return rows
}

// conditionText is when an alert fires: "max > 0.3s over 5m, for 1m".
func conditionText(a *spec.Alert) string {
	c := a.Condition
	if c == nil {
		return "off until a spec gives its limit"
	}
	text := string(c.Op)
	for i, l := range c.Limits {
		text += [...]string{" ", " to "}[min(i, 1)] + l.Value
	}
	if c.AbsentFor.Value > 0 {
		text += " " + metric.FormatDuration(c.AbsentFor.Value)
	}
	if a.Reduce.Value != "" {
		text = a.Reduce.Value + " " + text
	}
	if a.Over.Value > 0 {
		text += " over " + metric.FormatDuration(a.Over.Value)
	}
	if a.For.Value > 0 {
		text += ", for " + metric.FormatDuration(a.For.Value)
	}
	return text
}
