package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// textRules judge names, labels and texts of alerts.
var textRules = []*Rule{missingLabel, missingAnnotation, goneLabelInText, plainValue, valueInLabel, unknownSeverity, alertName, runbookURL}

var missingLabel = &Rule{
	Name: "missing-label", Group: Alerts, Severity: diag.Error,
	Doc: "an alert without a label that the workspace requires",
	Run: func(p *Pass) {
		p.required(p.run.policy.RequireLabels, func(a *plan.Alert) []string {
			var names []string
			for _, l := range a.Labels {
				names = append(names, l.Name)
			}
			return names
		}, "label", "labels")
	},
}

var missingAnnotation = &Rule{
	Name: "missing-annotation", Group: Alerts, Severity: diag.Error,
	Doc: "an alert without an annotation that the workspace requires",
	Run: func(p *Pass) {
		p.required(p.run.policy.RequireAnnotations, annotations, "annotation", "annotations")
	},
}

// annotations are the names of what an alert says: in a rule file as written, of a spec as Prometheus is told.
func annotations(a *plan.Alert) (names []string) {
	if a.File != nil {
		for _, t := range a.File.Annotations {
			names = append(names, t.Name.Value)
		}
		return names
	}
	for name, has := range map[string]bool{
		"summary": len(a.Summary) > 0, "description": len(a.Description) > 0, "runbook_url": a.RunbookURL != "", "dashboard_url": a.PanelURL != "",
	} {
		if has {
			names = append(names, name)
		}
	}
	return names
}

// required reports what the author's alerts must have and lack.
func (p *Pass) required(names []string, has func(*plan.Alert) []string, what, key string) {
	if len(names) == 0 {
		return
	}
	for s := range p.Alerts() {
		at, own := p.ownName(s.Alert)
		if !own || s.Alert.Legacy != nil && what == "annotation" { // it has none, but a message
			continue
		}
		given := has(s.Alert)
		for _, name := range names {
			if slices.Contains(given, name) {
				continue
			}
			d := p.Reportf(at, "%s has no %s `%s`, which this workspace requires", s.What(), what, name)
			switch {
			case s.Alert.File != nil:
				d.Help = "write it under `" + key + "`"
			case what == "label":
				d.Help = "give it to all alerts: `labels: {" + name + ": …}` in mlobs.yaml"
			case name == "runbook_url":
				d.Help = "write `runbook:` here, or for all alerts in mlobs.yaml"
			default:
				d.Help = "write `" + strings.TrimSuffix(name, "_url") + ":`"
			}
		}
	}
}

// texts are the parts of an alert that are read by people, and its labels.
func texts(a *plan.Alert) (list []plan.Text) {
	if a.File == nil {
		return []plan.Text{a.Summary, a.Description}
	}
	for _, t := range slices.Concat(a.File.Labels, a.File.Annotations) {
		list = append(list, t.Parts)
	}
	return list
}

var goneLabelInText = &Rule{
	Name: "gone-label-in-text", Group: Alerts, Severity: diag.Error,
	Doc: "a text that names a label which the result does not have",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			if s.Alert.Op == plan.Absent || s.Analysis().Root.Empty() {
				continue
			}
			said := map[string]bool{}
			for _, text := range texts(s.Alert) {
				for _, part := range text {
					if part.Hole == plan.HoleLabel && p.Own(part.Span) && !said[part.Label] {
						said[part.Label] = p.reportGone(s, part)
					}
				}
			}
		}
	},
}

// reportGone reports a label in a text that no result has, and where it was lost.
func (p *Pass) reportGone(s *Site, part plan.TextPart) bool {
	fact := s.Analysis().Root.Label(part.Label)
	if fact.Presence != promql.Never || part.Label == "__name__" {
		return false
	}
	d := p.Reportf(part.Span, "the result of %s has no label `%s`: the text has a gap there", s.What(), part.Label)
	d.Help = "leave it out of the text"
	if labels, closed := s.Analysis().Root.Labels(); closed && len(labels) > 0 {
		var names []string
		for _, l := range labels {
			names = append(names, l.Name)
		}
		d.Help = diag.DidYouMean(part.Label, names, "the result has: "+strings.Join(names, ", "))
	}
	if r := fact.Reason; r != nil {
		at := r.Span
		if at.IsZero() {
			at = s.Span(r.Start, r.End)
		}
		d.See(at, "%s", r.Text)
		d.Help = "keep the label, as in `by (" + part.Label + ")`, or leave it out of the text"
	}
	return true
}

var plainValue = &Rule{
	Name: "plain-value", Group: Alerts, Severity: diag.Info,
	Doc: "a text with a number of seventeen digits",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			if s.Alert.File == nil || !isFraction(s.Alert.File.Expr.Expr()) {
				continue
			}
			for _, t := range s.Alert.File.Annotations {
				if len(t.Plain) > 0 {
					p.Reportf(t.Plain[0], "the value is printed with all its digits, as in `0.012345678901234567`").
						Help = "write `{{ $value | humanize }}`, or `humanizePercentage`, `humanizeDuration`"
					break
				}
			}
		}
	},
}

// fractions are functions whose results are hardly ever whole numbers.
var fractions = []string{
	"rate", "irate", "increase", "delta", "deriv", "predict_linear", "avg_over_time", "stddev_over_time", "quantile_over_time", "histogram_quantile",
	"histogram_avg", "histogram_fraction", "double_exponential_smoothing", "ln", "log2", "log10", "sqrt", "exp",
}

// isFraction reports whether the value of an expression has digits behind the point.
func isFraction(e parser.Expr) bool {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return isFraction(n.Expr)
	case *parser.AggregateExpr:
		if n.Op == parser.COUNT || n.Op == parser.GROUP {
			return false
		}
		return n.Op == parser.AVG || n.Op == parser.STDDEV || n.Op == parser.QUANTILE || isFraction(n.Expr)
	case *parser.Call:
		if slices.Contains(fractions, n.Func.Name) {
			return true
		}
		if n.Func.Name == "round" || n.Func.Name == "ceil" || n.Func.Name == "floor" || len(n.Args) == 0 {
			return false
		}
		return isFraction(n.Args[0])
	case *parser.BinaryExpr:
		switch {
		case n.Op == parser.DIV:
			return true
		case n.Op.IsComparisonOperator():
			return n.Op != parser.EQLC && !n.ReturnBool && isFraction(n.LHS)
		case n.Op == parser.LAND, n.Op == parser.LUNLESS:
			return isFraction(n.LHS)
		}
		return isFraction(n.LHS) || isFraction(n.RHS)
	}
	return false
}

var valueInLabel = &Rule{
	Name: "value-in-label", Group: Alerts, Severity: diag.Error,
	Doc: "a label with the value, which makes another alert of every evaluation",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			if s.Alert.File == nil || isConstant(s.Alert.File.Expr.Expr()) {
				continue
			}
			for _, t := range s.Alert.File.Labels {
				if len(t.Shown) > 0 && p.Own(t.Shown[0]) {
					p.Reportf(t.Shown[0], "the label `%s` changes with the value: each evaluation is an alert of its own, and `for` never ends", t.Name.Value).
						Help = "say the value in an annotation"
				}
			}
		}
	},
}

// isConstant reports whether a result has one value only: `up == 0`.
func isConstant(e parser.Expr) bool {
	b, ok := unparen(e).(*parser.BinaryExpr)
	if !ok || b.Op != parser.EQLC || b.ReturnBool {
		return false
	}
	_, right := number(b.RHS)
	_, left := number(b.LHS)
	return left || right
}

var unknownSeverity = &Rule{
	Name: "unknown-severity", Group: Alerts, Severity: diag.Warning,
	Doc: "a severity that the workspace does not know",
	Run: func(p *Pass) {
		if p.Plan.Workspace.File == nil {
			return
		}
		var known []string
		own := false
		for _, s := range []plan.Severity{plan.Page, plan.Ticket, plan.Notice} {
			known = append(known, p.Plan.Workspace.Severities[s])
			own = own || p.Plan.Workspace.Severities[s] != string(s)
		}
		if !own {
			return // nobody said which words are used here
		}
		for s := range p.Alerts() {
			if s.Alert.File == nil {
				continue
			}
			label, ok := plan.Entry(s.Alert.File.Labels, "severity")
			word := label.Value.Value
			if !ok || word == "none" || strings.Contains(word, "{{") || slices.Contains(known, word) {
				continue
			}
			p.Reportf(label.Value.Range(0, len(word)), "this workspace has no severity `%s`: nobody is told of it", word).
				Help = diag.DidYouMean(word, known, "it has: "+strings.Join(known, ", "))
		}
	},
}

var camelCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

var alertName = &Rule{
	Name: "alert-name", Group: Alerts, Severity: diag.Info,
	Doc: "the name of an alert that is not in CamelCase, or too long to be read",
	Run: func(p *Pass) {
		const longest = 60
		seen := map[string]bool{}
		for s := range p.Alerts() {
			name := s.Alert.Name
			at, own := p.ownName(s.Alert)
			if !own || s.Brought || seen[name] || s.Alert.Legacy != nil { // those are titles, in words
				continue
			}
			seen[name] = true
			switch {
			case !camelCase.MatchString(name):
				p.Reportf(at, "`%s` is not in CamelCase, as names of alerts are", name).Help = "write words without anything between them, as in `LatencyHigh`"
			case len(name) > longest:
				p.Reportf(at, "`%s` has %d characters: on a phone nobody sees the end", name, len(name)).Help = "say in the name what is wrong, and where in labels"
			}
		}
	},
}

var webAddress = regexp.MustCompile(`^https?://[^\s/]+`)

var runbookURL = &Rule{
	Name: "runbook-url", Group: Alerts, Severity: diag.Warning,
	Doc: "the address of a runbook that is none",
	Run: func(p *Pass) {
		for s := range p.Alerts() {
			if s.Alert.File == nil {
				continue
			}
			for _, name := range []string{"runbook_url", "runbook"} {
				t, ok := plan.Entry(s.Alert.File.Annotations, name)
				text := strings.TrimSpace(t.Value.Value)
				if !ok || strings.HasPrefix(text, "{{") || webAddress.MatchString(text) || name == "runbook" && !strings.Contains(text, "://") {
					continue
				}
				p.Reportf(t.Name.Span, "`%s` is no address that can be opened", name).Help = "write all of it, as in `https://runbooks.example.org/slow`"
			}
		}
	},
}
