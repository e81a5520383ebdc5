package alerts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// The two steps of each rule: the value, and what compares it.
const (
	valueRef     = "A"
	conditionRef = "C"
	// expressions is the data source that computes with the answers of others.
	expressions = "__expr__"
)

// unifiedRule spells an alert. Its title says the model, too: titles are unique in a folder before Grafana
// 10, and a notification shows nothing else.
func unifiedRule(p *plan.Plan, a *plan.Alert) (*yaml.Node, error) {
	v := p.Workspace.Grafana.Version
	expr := unifiedQuery(a)
	if expr == "" {
		return nil, fmt.Errorf("there is nothing to compare")
	}
	condition, err := unifiedCondition(a, v)
	if err != nil {
		return nil, err
	}
	labels := make(map[string]string, len(a.Labels))
	for _, l := range a.Labels {
		labels[l.Name] = provisioned(promLiteral(l.Value)) // labels are templates, as in Prometheus
	}
	data := []*yaml.Node{dataQuery(valueRef, p.Workspace.Grafana.DatasourceUID, expr), condition}
	for i, q := range askedQueries(a) {
		data = append(data, dataQuery(askedRef(i), p.Workspace.Grafana.DatasourceUID, nameless(q)))
	}
	return generators.Mapping(
		"uid", generators.Scalar(ruleUID(p.Model, a)),
		"title", generators.Scalar(provisioned(ruleTitle(p.Model, a))),
		"condition", generators.Scalar(conditionRef),
		"data", generators.Sequence(data...),
		"noDataState", generators.Scalar(unifiedNoData(a)),
		"execErrState", generators.Scalar(unifiedErrorState(a, v)),
		"for", generators.Scalar(model.Duration(a.For).String()),
		"annotations", generators.Texts(unifiedAnnotations(p, a)),
		"labels", generators.Texts(labels),
	), nil
}

// unifiedQuery is what Grafana asks Prometheus for. `absent` and expressions that could not be taken apart
// say by a result that they hold.
func unifiedQuery(a *plan.Alert) string {
	if a.Whole || a.Op == plan.Absent {
		return a.Expr
	}
	return a.Value
}

// dataQuery asks for the value of now: each series of the answer is an alert of its own, as in Prometheus.
func dataQuery(ref, uid, expr string) *yaml.Node {
	return step(ref, uid, generators.Mapping(
		"refId", generators.Scalar(ref),
		"datasource", datasource("prometheus", uid),
		"expr", generators.Scalar(expr),
		"instant", generators.Plain("true"),
		"range", generators.Plain("false"),
		"editorMode", generators.Scalar("code"),
	))
}

// step is one entry of `data`. A time range is required; an instant query reads its end.
func step(ref, uid string, query *yaml.Node) *yaml.Node {
	return generators.Mapping(
		"refId", generators.Scalar(ref),
		"relativeTimeRange", generators.Mapping("from", generators.Plain("600"), "to", generators.Plain("0")),
		"datasourceUid", generators.Scalar(provisioned(uid)),
		"model", query,
	)
}

func datasource(kind, uid string) *yaml.Node {
	return generators.Mapping("type", generators.Scalar(kind), "uid", generators.Scalar(uid))
}

// unifiedCondition compares the value. A threshold is what people can edit in Grafana; it is broken for
// ranges before 9.5, and not there before 9.3. Arithmetic always is.
func unifiedCondition(a *plan.Alert, v plan.Version) (*yaml.Node, error) {
	var evaluator string
	var params []*yaml.Node
	switch {
	case a.Whole:
		return arithmetic("is_number($A) || is_inf($A) || is_nan($A)"), nil // whatever the value is
	case a.Op == plan.Absent:
		evaluator, params = "gt", []*yaml.Node{generators.Plain("0")}
	default:
		ev, ok := evaluators[a.Op]
		if !ok || len(a.Limits) != ev.limits {
			return nil, fmt.Errorf("compares `%s` with %d limits", a.Op, len(a.Limits))
		}
		evaluator = ev.name
		for _, limit := range a.Limits {
			params = append(params, generators.Plain(limit.String()))
		}
	}
	if !v.AtLeast(10, 0) {
		return arithmetic(comparisonOf(evaluator, params)), nil
	}
	list := generators.Sequence(params...)
	list.Style = yaml.FlowStyle
	return step(conditionRef, expressions, generators.Mapping(
		"refId", generators.Scalar(conditionRef),
		"datasource", datasource(expressions, expressions),
		"type", generators.Scalar("threshold"),
		"expression", generators.Scalar(valueRef),
		"conditions", generators.Sequence(generators.Mapping("evaluator", generators.Mapping("type", generators.Scalar(evaluator), "params", list))),
	)), nil
}

func arithmetic(expression string) *yaml.Node {
	return step(conditionRef, expressions, generators.Mapping(
		"refId", generators.Scalar(conditionRef),
		"datasource", datasource(expressions, expressions),
		"type", generators.Scalar("math"),
		"expression", generators.Scalar(expression),
	))
}

// comparisonOf spells an evaluator as arithmetic.
func comparisonOf(evaluator string, params []*yaml.Node) string {
	forms := map[string]string{
		"gt": "$A > %s", "lt": "$A < %s",
		"outside_range": "$A < %s || $A > %s", "within_range": "$A > %s && $A < %s",
	}
	var limits []any
	for _, p := range params {
		limits = append(limits, p.Value)
	}
	return fmt.Sprintf(forms[evaluator], limits...)
}

// unifiedNoData: where a query has no result, nothing is above or below a limit; and `absent` has none while
// all is well.
func unifiedNoData(a *plan.Alert) string {
	if a.SilentWithoutData || a.Op == plan.Absent {
		return "OK"
	}
	return "NoData"
}

// unifiedErrorState is the state when Prometheus cannot be asked, for the reasons of errorState. Before 10.4
// no state can be kept, and OK is what does not notify.
func unifiedErrorState(a *plan.Alert, v plan.Version) string {
	switch {
	case a.Op == plan.Absent:
		return "Alerting"
	case v.AtLeast(10, 4):
		return "KeepLast"
	}
	return "OK"
}

// unifiedAnnotations are the texts, and the panel that shows the alert: its link and its marks.
func unifiedAnnotations(p *plan.Plan, a *plan.Alert) map[string]string {
	// `$value` is a text of all values in most versions. Without data there is none, and the text is expanded
	// nevertheless.
	const number = "{{ with $values." + valueRef + " }}{{ .Value | %s }}%s{{ end }}"
	queries := askedQueries(a)
	asked := func(part plan.TextPart) string {
		s := spellingOf(part.UnitName)
		return fmt.Sprintf("{{ with $values.%s }}{{ .Value | %s }}%s{{ end }}", askedRef(slices.Index(queries, part.Query)), s.function, promLiteral(s.suffix))
	}
	m := map[string]string{
		"summary":     templateText(withoutLists(a.Summary), a.UnitName, number, asked),
		"description": templateText(withoutLists(a.Description), a.UnitName, number, asked),
		"runbook_url": promLiteral(a.RunbookURL),
	}
	ws := p.Workspace
	if a.PanelID != 0 && p.Dashboard != nil && (ws.EmitDashboards || ws.EmitKubernetes) {
		m["__dashboardUid__"], m["__panelId__"] = p.Dashboard.UID, strconv.Itoa(int(a.PanelID))
	}
	for name, text := range m {
		if text == "" {
			delete(m, name)
		}
	}
	return m
}

// nameless is a query whose result has no `__name__`: Grafana gives an alert the values whose labels are the alert's, or
// a part of them, and names of metrics are labels to it.
func nameless(query string) string {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if _, plain := expr.(*parser.VectorSelector); err == nil && plain {
		return query + " + 0"
	}
	return query
}

// askedQueries are the queries of an alert's texts, each once. Grafana finds the result that has the labels of the
// alert by itself.
func askedQueries(a *plan.Alert) (queries []string) {
	for _, t := range []plan.Text{withoutLists(a.Summary), withoutLists(a.Description)} {
		for _, part := range t {
			if part.Hole == plan.HoleQuery && !slices.Contains(queries, part.Query) {
				queries = append(queries, part.Query)
			}
		}
	}
	return queries
}

// askedRef names the step of the i-th of them.
func askedRef(i int) string { return "T" + strconv.Itoa(i+1) }

// withoutLists leaves out the sentences that list results: Grafana's texts know one result for each alert.
func withoutLists(t plan.Text) plan.Text {
	return withoutSentences(t, func(part plan.TextPart) bool { return part.Hole == plan.HoleQuery && part.Label != "" })
}

// Limits of Grafana's tables, in characters.
const (
	maxRuleUID   = 40
	maxRuleTitle = 190
)

var plainUID = regexp.MustCompile(`^[a-z0-9_-]+$`)

// ruleUID identifies a rule for as long as the keys of model and alert stay. Slugs have no underscore, so
// that no two keys are the same.
func ruleUID(slug string, a *plan.Alert) string {
	key := slug + "_" + a.Key
	if a.Member != "" {
		key += "_" + a.Member
	}
	if len(key) <= maxRuleUID && plainUID.MatchString(key) {
		return key
	}
	begin := strings.Map(func(r rune) rune {
		if r < 0x80 && plainUID.MatchString(string(r)) {
			return r
		}
		return '-'
	}, strings.ToLower(key))
	return shortened(key, begin, maxRuleUID)
}

// ruleTitle is as much of the alert's title as Grafana stores.
func ruleTitle(slug string, a *plan.Alert) string {
	title := alertTitle(slug, a)
	if len([]rune(title)) <= maxRuleTitle {
		return title
	}
	return shortened(title, title, maxRuleTitle)
}

// shortened is as much of a text as fits, with a hash of the whole key behind it.
func shortened(key, text string, most int) string {
	sum := sha256.Sum256([]byte(key))
	hash := "-" + hex.EncodeToString(sum[:6])
	runes := []rune(text)
	return string(runes[:min(len(runes), most-len(hash))]) + hash
}
