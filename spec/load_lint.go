package spec

import (
	"regexp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Lint is what mlobs.yaml says to the linter.
type Lint struct {
	// FailOn is the severity from which on findings make the exit code 1; error where it is not Given.
	FailOn diag.Located[string]
	// Rules are severities of rules, or off, in the order written.
	Rules []RuleLevel
	// Overrides are rules of some files, in the order written: the last that fits counts.
	Overrides []*LintOverride
	// RequireLabels and RequireAnnotations must be on every alert.
	RequireLabels, RequireAnnotations []diag.Located[string]
	// Files are patterns of rules and dashboards made by hand.
	Files []diag.Located[string]
	// Contract says what their metrics are: profiles by name, and paths of specs, profiles and dumps.
	Contract []diag.Located[string]
}

// LintOverride says how grave the findings of rules are in some files.
type LintOverride struct {
	// Paths are patterns of files; none: all. Owner is the owner of specs; not Given: any.
	Paths []diag.Located[string]
	Owner diag.Located[string]
	Rules []RuleLevel
}

// RuleLevel says how grave the findings of a rule are: error, warning, info, or off.
type RuleLevel struct{ Rule, Level diag.Located[string] }

// Budgets are numbers beyond which something is too much; the default where one is not Given.
type Budgets struct {
	SeriesPerMetric, SeriesPerModel, SeriesPerRecord, SeriesPerPanel diag.Located[int]
	ValuesPerVariable, NotificationsPerAlert                         diag.Located[int]
	BytesPerDashboard, PanelsPerDashboard, QueriesPerDashboard       diag.Located[int]
}

// defaultBudgets: a metric of 2,000 series and a model of 20,000 are many for one model, and nothing for a
// server; nobody reads a graph of 200 lines, or 50 notifications at once.
func defaultBudgets() Budgets {
	number := func(n int) diag.Located[int] { return diag.Located[int]{Value: n} }
	return Budgets{
		SeriesPerMetric: number(2_000), SeriesPerModel: number(20_000),
		SeriesPerRecord: number(1_000), SeriesPerPanel: number(200),
		ValuesPerVariable: number(500), NotificationsPerAlert: number(50),
		BytesPerDashboard: number(262_144), PanelsPerDashboard: number(50), QueriesPerDashboard: number(100),
	}
}

func (l *loader) budgets(b *Budgets) fields {
	number := func(into *diag.Located[int], fallback string) value {
		return l.locatedInteger(into, 1, 1_000_000_000).like(fallback).otherwise("`" + fallback + "`")
	}
	return fields{
		{"series_per_metric", 0, number(&b.SeriesPerMetric, "2000"), "series of one metric, on all targets"},
		{"series_per_model", 0, number(&b.SeriesPerModel, "20000"), "series of all own metrics of a model"},
		{"series_per_record", 0, number(&b.SeriesPerRecord, "1000"), "series that one recording rule makes"},
		{"series_per_panel", 0, number(&b.SeriesPerPanel, "200"), "series that one query of a panel draws"},
		{"bytes_per_dashboard", 0, number(&b.BytesPerDashboard, "262144"), "size of the JSON of one dashboard; 262144 is what `kubectl apply` can write of a ConfigMap"},
		{"panels_per_dashboard", 0, number(&b.PanelsPerDashboard, "50"), "panels that are drawn when a dashboard opens"},
		{"queries_per_dashboard", 0, number(&b.QueriesPerDashboard, "100"), "queries that a dashboard sends when it opens"},
		{"values_per_variable", 0, number(&b.ValuesPerVariable, "500"), "values that a reader can choose from"},
		{"notifications_per_alert", 0, number(&b.NotificationsPerAlert, "50"), "alerts that one rule can raise at once"},
	}
}

func (l *loader) lint(s *Lint) fields {
	return fields{
		{"fail_on", 0, l.oneOf(&s.FailOn, "error", "warning", "info").like("warning").otherwise("`error`"), "the lowest severity of findings that makes the exit code 1"},
		{"rules", 0, l.ruleLevels(&s.Rules).like("{high-cardinality: error}"), "how grave the findings of a rule are: `error`, `warning`, `info`, or `off`"},
		{"overrides", 0, sections(l, "an override", &s.Overrides, l.lintOverride, func(o *LintOverride, n *node, g given) {
			if g.lacks("paths") && g.lacks("owner") {
				l.errorf(g.at, "an override without `paths` and `owner`").WithHelp("say which files it is for; what holds for all stands in `rules`")
			}
		}).like("[{paths: [legacy/**], rules: {counter-without-rate: off}}]"), "rules of some files: the last entry that fits counts"},
		{"require", 0, l.section("`require`", func() fields {
			return fields{
				{"labels", 0, each(l, &s.RequireLabels, l.labelName).like("[team]"), "labels that every alert must have"},
				{"annotations", 0, each(l, &s.RequireAnnotations, l.labelName).like("[runbook_url]"), "annotations that every alert must have"},
			}
		}).like("{labels: [team], annotations: [runbook_url]}"), "what every alert must have"},
		{"files", 0, each(l, &s.Files, l.path).like("[rules/*.yml, dashboards/*.json]").otherwise("none"), "rules and dashboards made by hand: linted, never written"},
		{"contract", 0, each(l, &s.Contract, l.path).like("[kubernetes, shop.yaml]").otherwise("none"), "what the metrics of `files` are: profiles by name; paths of specs, profiles, and dumps of a /metrics page"},
	}
}

func (l *loader) lintOverride(o *LintOverride) fields {
	return fields{
		{"paths", 0, each(l, &o.Paths, l.path).like("[legacy/**]").otherwise("all files"), "files of the workspace, made by hand or specs"},
		{"owner", 0, l.line(&o.Owner).like("wine-ml").otherwise("any"), "the owner of specs"},
		{"rules", required, l.ruleLevels(&o.Rules).like("{counter-without-rate: off}"), "how grave the findings of a rule are there: `error`, `warning`, `info`, or `off`"},
	}
}

var rulePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// ruleLevels is a map from names of rules to severities. Which rules there are the linter knows.
func (l *loader) ruleLevels(into *[]RuleLevel) value {
	one := l.oneOf(&diag.Located[string]{}, "error", "warning", "info", "off")
	return value{shape: aMap, keys: &value{shape: aName, text: &ruleText}, of: &one, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			if !rulePattern.MatchString(e.key.value) {
				l.errorf(l.span(e.key), "%s is no name of a rule", code(e.key.value)).WithHelp("rules are named in lower-case words with hyphens; `mlobs-gen rules` lists them")
				continue
			}
			level := RuleLevel{Rule: diag.At(e.key.value, l.span(e.key))}
			if l.oneOf(&level.Level, "error", "warning", "info", "off").read(e.key, e.value); level.Level.Given() {
				*into = append(*into, level)
			}
		}
	}}
}
