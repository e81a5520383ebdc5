package adopt

import (
	"strings"
	"text/template/parse"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// texts reads the labels or annotations of a rule. Those of alerts are templates.
func (r *ruleReader) texts(n *yaml.Node, key string, templates bool) (list []plan.RuleText) {
	v := valueOf(n, key)
	if v == nil {
		return nil
	}
	if v.Kind != yaml.MappingNode {
		r.rep.Errorf(r.head(v), "`%s` is no map", key).WithHelp("write `NAME: text` below it, a line for each")
		return nil
	}
	for _, e := range r.entries(v) {
		name := diag.At(e.key.Value, r.span(e.key))
		switch {
		case key == "labels" && (!model.UTF8Validation.IsValidLabelName(name.Value) || name.Value == model.MetricNameLabel):
			r.rep.Errorf(name.Span, "`%s` cannot be the name of a label", clip(name.Value)).WithHelp("write letters, digits and `_`")
			continue
		case e.value.Kind != yaml.ScalarNode:
			r.rep.Errorf(r.head(e.value), "`%s` takes a text", clip(name.Value)).WithHelp("a text that begins with a bracket or brace needs quotes")
			continue
		}
		text := plan.RuleText{Name: name, Value: r.text(e.value)}
		if isNull(e.value) {
			text.Value.Value = ""
		}
		if templates {
			r.template(&text)
		}
		list = append(list, text)
	}
	return list
}

// variables are what Prometheus defines before each template.
const variables = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// functions of Prometheus's templates, and those that text/template has itself.
var functions = names(
	"query", "first", "label", "value", "strvalue", "args", "reReplaceAll", "safeHtml", "match", "title", "toUpper",
	"toLower", "graphLink", "tableLink", "sortByLabel", "stripPort", "stripDomain", "humanize", "humanize1024",
	"humanizeDuration", "humanizePercentage", "humanizeTimestamp", "toTime", "toDuration", "now", "pathPrefix",
	"externalURL", "parseDuration", "urlQueryEscape", "tmpl",
	"and", "break", "call", "continue", "html", "index", "js", "len", "not", "or", "print", "printf", "println", "slice",
	"urlquery", "eq", "ge", "gt", "le", "lt", "ne",
)

func names(list ...string) map[string]any {
	set := make(map[string]any, len(list))
	for _, n := range list {
		set[n] = true
	}
	return set
}

// template takes a template apart, or reports that Prometheus refuses it.
func (r *ruleReader) template(t *plan.RuleText) {
	text := t.Value.Value
	if !strings.Contains(text, "{{") {
		t.Parts = plan.Text{{Literal: text}}
		return
	}
	trees, err := parse.Parse(templateName, variables+text, "", "", functions)
	if err != nil {
		r.rep.Errorf(t.Value.Range(0, len(text)), "the template of `%s` is broken: %s", clip(t.Name.Value), clip(templateError(err))).
			WithHelp("Prometheus refuses the file: each `{{` needs its `}}`, and each `if` and `range` its `end`")
		return
	}
	w := &templateWalk{text: t}
	for name, tree := range trees {
		w.main = name == templateName
		w.node(tree.Root)
	}
	w.sort()
}

const templateName = "text"

// templateError is the message of the template's parser without its own counting of lines.
func templateError(err error) string {
	message := strings.TrimPrefix(err.Error(), "template: "+templateName+":")
	if _, rest, ok := strings.Cut(message, ": "); ok {
		return rest
	}
	return message
}
