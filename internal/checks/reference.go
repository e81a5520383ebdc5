package checks

import (
	"fmt"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Names lists the words of all kinds.
func Names() (names []string) {
	for _, k := range Kinds {
		names = append(names, string(k.Name))
	}
	return names
}

// Spec is a whole spec with the kind's example.
func (k *Kind) Spec() string {
	text := "version: mlobs/v1\nmodel: example\nowner: ml\nselector: {job: example}\n"
	if k.Metrics != "" {
		text += "metrics:\n" + indented(k.Metrics)
	}
	return text + "checks:\n" + indented(k.Example)
}

// Lines are those of the spec that are about the check.
func (k *Kind) Lines() string {
	text := ""
	if k.Metrics != "" {
		text = "metrics:\n" + indented(k.Metrics)
	}
	return text + "checks:\n" + indented(k.Example)
}

func indented(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return "  " + strings.Join(lines, "\n  ") + "\n"
}

// Markdown is the page of the kind, with headings from the given level on. Rules is what its example compiles to; empty:
// it is not shown.
func (k *Kind) Markdown(level int, rules string) string {
	var b strings.Builder
	head := strings.Repeat("#", level)
	fmt.Fprintf(&b, "%s %s\n\n*%s.*\n\n%s\n\n```yaml\n%s```\n\n", head, k.Name, sentence(k.Title), strings.TrimSpace(k.Doc), k.Lines())
	fmt.Fprintf(&b, "Unless the check says otherwise: %s.\n\n", strings.Join(k.defaults(), "; "))
	b.WriteString(k.methods())
	bullets(&b, "What goes wrong", k.Pitfalls)
	bullets(&b, "When it fires", k.Questions)
	if rules != "" {
		fmt.Fprintf(&b, "What the lines above become in Prometheus:\n\n```yaml\n%s```\n", rules)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// defaults says what holds where a check says nothing.
func (k *Kind) defaults() (list []string) {
	if k.Window > 0 {
		list = append(list, "`window: "+metric.FormatDuration(k.Window)+"`")
	}
	if k.MinSamples > 0 {
		list = append(list, fmt.Sprintf("`min_samples: %d`", k.MinSamples))
	}
	severity := k.Severity
	if severity == "" {
		severity = "ticket"
	}
	list = append(list, "`severity: "+severity+"`")
	if k.For > 0 {
		list = append(list, "`for: "+metric.FormatDuration(k.For)+"`")
	} else {
		list = append(list, "`for` three evaluations of its rules")
	}
	return list
}

// methods is a table, one line each.
func (k *Kind) methods() string {
	var b strings.Builder
	of := ""
	for i, m := range k.Methods {
		if i == 0 || m.Of != of {
			of = m.Of
			if i > 0 {
				b.WriteString("\n")
			}
			if of != "" {
				fmt.Fprintf(&b, "Of %s:\n\n", of)
			}
			b.WriteString("| method | formula | range | limits | source |\n|---|---|---|---|---|\n")
		}
		name := "`" + m.Name + "`"
		if m.Title != "" && !strings.EqualFold(m.Title, m.Name) {
			name += " (" + m.Title + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", cell(name), cell(m.Formula), m.reach(), m.limits(), cell(m.Source))
	}
	var readings []string
	for _, m := range k.Methods {
		if m.Reading != "" {
			readings = append(readings, "`"+m.Name+"`: "+m.Reading)
		}
	}
	if len(k.Methods) > 0 {
		b.WriteString("\n")
	}
	bullets(&b, "How to read them", readings)
	return b.String()
}

// reach is the range of a score.
func (m *Method) reach() string {
	low, high := m.Low, m.High
	if low == "" {
		low = "−∞"
	}
	if high == "" {
		high = "∞"
	}
	return low + " … " + high
}

// limits are the defaults with the bad side.
func (m *Method) limits() string {
	switch {
	case m.Alert == "" && m.Warn == "":
		return string(m.Op) + ", none by default"
	case m.Warn == "":
		return string(m.Op) + " " + m.Alert
	}
	return string(m.Op) + " " + m.Alert + ", warn " + m.Warn
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func bullets(b *strings.Builder, title string, list []string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n\n", title)
	for _, l := range list {
		fmt.Fprintf(b, "- %s\n", l)
	}
	b.WriteString("\n")
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Reference is the page of all kinds, docs/checks.md. Rules gives what the example of a kind compiles to.
func Reference(rules func(spec.CheckKind) string) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	b.WriteString("| check | what it asks |\n|---|---|\n")
	for _, k := range Kinds {
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s |\n", k.Name, k.Title)
	}
	for _, k := range Kinds {
		b.WriteString("\n" + k.Markdown(2, rules(k.Name)))
	}
	return b.String()
}

const referenceHead = `# Checks of the model

Made of the checks themselves (` + "`internal/checks`" + `); the examples below are compiled as tests. ` + "`mlobs-gen explain drift`" + ` shows one of
these pages.

A check is a statement about the model that a person can judge: "the classes are not distributed otherwise than last week",
"accuracy on delayed labels stays above 0.9". It becomes recording rules, panels and an alert for an unmodified Prometheus:

- **What is recorded** comes in layers, in one rule group: counts, shares, then the score. Each record has the label
  ` + "`check`" + `, so that two checks of one metric do not meet. A baseline of the past is read from the recorded counts, never from
  raw series: a check costs the same whether it compares with an hour ago or with last week, and has a result once the
  past has been recorded for that long.
- **Too few samples are no result.** ` + "`min_samples`" + ` holds for both sides of a comparison; below it there is no score, and no alert.
- **An alert is a ticket** unless the check says otherwise: drift hurts slowly, and a person has to judge it. Its text says
  what changed, by how much, and what to ask.
- ` + "`warn`" + ` is a line in the panel and yellow in the strip, ` + "`alert`" + ` a line and an alert; ` + "`alert: off`" + ` leaves the alert out.

Keys that all checks know: ` + "`name`, `by`, `selector`, `window`, `min_samples`, `warn`, `alert`, `for`, `severity`, `description`" + `; the
others are listed in [the reference of the language](spec.md).

`
