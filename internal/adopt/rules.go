package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// readRules reads a rule file, or resources of Kubernetes that hold rules.
func readRules(in Input, p *plan.Plan, rep *diag.Report) *plan.Plan {
	r := &ruleReader{yamlFile: yamlFile{file: in.File, rep: rep}, in: in, plan: p}
	documents, ok := r.documents()
	if !ok {
		return nil
	}
	found := false
	for _, d := range documents {
		found = r.resource(d, 0) || found
	}
	if !found && len(documents) > 0 {
		r.refuse(documents)
		return nil
	}
	r.learn()
	p.Allows = diag.ParseAllows(in.File, outermost(documents), rep)
	return p
}

// ruleReader reads the rules of one file into a plan.
type ruleReader struct {
	yamlFile
	in   Input
	plan *plan.Plan
	// names of the groups of the resource that is being read, with their places.
	names map[string]diag.Span
	// resources and rules that were read; a file of aliases may have more of them than bytes.
	resources, rules int
	// schemas of the groups, which all see what the file records.
	schemas  map[*plan.RuleGroup]*promql.Schema
	recorded promql.Records
}

// Limits of what is read: more than people write, little enough for a second.
const (
	maxRules      = 20_000
	maxExpression = 16 << 10 // bytes; the parser of PromQL is quadratic in places
	maxNesting    = 5        // lists of Kubernetes inside lists
	maxResources  = 5_000
)

// helmAction is what only a template of Helm says; the templates of Prometheus know none of it.
var helmAction = regexp.MustCompile(`\{\{-?\s*(?:\.Values\b|\.Release\b|\.Chart\b|(?:include|template|tpl|toYaml|define)\s|/\*)|\{\{-?[^{}]*\.Values\.[^{}]*\}\}`)

// documents parses the file; false after reporting that it is no YAML. Documents without content are left out.
func (r *ruleReader) documents() ([]*yaml.Node, bool) {
	if m := helmAction.FindIndex(r.file.Data); m != nil {
		line, start := r.file.Line(r.file.Position(m[0]).Line)
		r.rep.Errorf(diag.Span{File: r.file, Start: m[0], End: min(m[1], start+len(line))}, "this is a template of Helm, not YAML").
			WithHelp("render it first, as with `helm template`, and give the result")
		return nil, false
	}
	var list []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(r.file.Data))
	for {
		var document yaml.Node
		err := decode(decoder, &document)
		if errors.Is(err, io.EOF) {
			return list, true
		}
		if err != nil {
			r.syntaxError(err)
			return nil, false
		}
		if root := resolve(document.Content[0]); !isNull(root) && (root.Kind != yaml.MappingNode || len(root.Content) > 0) {
			list = append(list, root)
		}
	}
}

// decode is decoder.Decode; a panic inside yaml.v3 (it has had some) becomes an error.
func decode(decoder *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return decoder.Decode(into)
}

var yamlError = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)`)

// syntaxError shows the line that yaml.v3 stumbles over.
func (r *ruleReader) syntaxError(err error) {
	line, text := 1, err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	data, start := r.file.Line(line)
	blanks := len(data) - len(bytes.TrimLeft(data, " \t"))
	r.rep.Errorf(diag.Span{File: r.file, Start: start + blanks, End: start + len(data)}, "this is not YAML: %s", diag.Visible(text)).
		WithHelp("the mistake is on this line, or on one before it")
}

// outermost is one node around all documents.
func outermost(documents []*yaml.Node) *yaml.Node {
	switch len(documents) {
	case 0:
		return nil
	case 1:
		return &yaml.Node{Kind: yaml.DocumentNode, Content: documents}
	}
	return &yaml.Node{Kind: yaml.SequenceNode, Content: documents}
}

// resource reads one document, or one item of a list of Kubernetes; false if it holds no rules.
func (r *ruleReader) resource(n *yaml.Node, depth int) bool {
	r.resources++
	if n.Kind != yaml.MappingNode || depth > maxNesting || r.resources > maxResources {
		return false
	}
	kind, groups, spec, items := valueOf(n, "kind"), valueOf(n, "groups"), valueOf(n, "spec"), valueOf(n, "items")
	r.names = map[string]diag.Span{}
	switch {
	case groups != nil && kind == nil:
		r.unknownKeys(n, "a rule file", fileKeys)
		r.groups(groups)
		return true
	case kind == nil:
		return false
	case kind.Value == "PrometheusRule":
		if spec != nil && spec.Kind == yaml.MappingNode {
			if groups := valueOf(spec, "groups"); groups != nil {
				r.groups(groups)
			}
		}
		return true
	case strings.HasSuffix(kind.Value, "List") && items != nil && items.Kind == yaml.SequenceNode:
		found := kind.Value == "PrometheusRuleList"
		for _, item := range items.Content {
			found = r.resource(resolve(item), depth+1) || found
		}
		return found
	}
	return false
}

// refuse says why a file with content has no rules.
func (r *ruleReader) refuse(documents []*yaml.Node) {
	help := "a rule file has `groups`, a resource of Kubernetes is a PrometheusRule"
	first := documents[0]
	if kind := valueOf(first, "kind"); kind != nil {
		if kind.Value == "ConfigMap" {
			help = "rules inside a ConfigMap are not read: give the file that it is made of"
		}
		r.rep.Errorf(r.span(kind), "no rules in this file: `kind: %s`", clip(kind.Value)).WithHelp("%s", help)
		return
	}
	r.rep.Errorf(r.head(first), "no rules in this file").WithHelp("%s", help)
}

// Keys of the format, and those that others who read it add: Mimir, Thanos, VictoriaMetrics.
var (
	fileKeys   = keys{known: []string{"groups"}, others: []string{"namespace"}}
	groupKeys  = keys{known: []string{"name", "interval", "query_offset", "limit", "labels", "rules"}, others: []string{"partial_response_strategy", "source_tenants", "evaluation_delay", "align_evaluation_time_on_interval", "concurrency", "eval_offset", "eval_delay", "eval_alignment", "params", "headers", "notifier_headers", "tenant", "type", "debug"}}
	alertKeys  = keys{known: []string{"alert", "expr", "for", "keep_firing_for", "labels", "annotations"}, others: []string{"record", "debug", "update_entries_limit"}}
	recordKeys = keys{known: []string{"record", "expr", "labels"}, others: []string{"alert", "for", "keep_firing_for", "annotations", "debug", "update_entries_limit"}}
)

// keys are what a map may hold.
type keys struct{ known, others []string }

// unknownKeys reports keys that no reader of the format knows: Prometheus refuses the file.
func (r *ruleReader) unknownKeys(n *yaml.Node, in string, keys keys) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			r.rep.Errorf(r.span(key), "a second `%s` in one map", clip(key.Value)).WithHelp("remove one of the two")
		}
		seen[key.Value] = true
	}
	for _, e := range r.entries(n) {
		if !slices.Contains(keys.known, e.key.Value) && !slices.Contains(keys.others, e.key.Value) {
			r.rep.Errorf(r.span(e.key), "%s has no key `%s`", in, clip(e.key.Value)).
				WithHelp("%s", diag.DidYouMean(e.key.Value, keys.known, "it has: "+strings.Join(keys.known, ", ")))
		}
	}
}

// groups reads the list of groups.
func (r *ruleReader) groups(n *yaml.Node) {
	for _, item := range r.list(n, "`groups`") {
		if item = resolve(item); item.Kind != yaml.MappingNode {
			r.rep.Errorf(r.span(item), "a group is a map with `name` and `rules`").WithHelp("write `- name: …`, and `rules:` below it")
			continue
		}
		r.group(item)
	}
}

func (r *ruleReader) group(n *yaml.Node) {
	r.unknownKeys(n, "a group", groupKeys)
	g := &plan.RuleGroup{Name: r.string(n, "name"), Interval: r.duration(n, "interval")}
	switch other, again := r.names[g.Name.Value]; {
	case g.Name.Value == "":
		r.rep.Errorf(r.head(n), "a group without a name").WithHelp("write `name: …`: Prometheus tells groups apart by it")
	case again:
		r.rep.Errorf(g.Name.Span, "a second group `%s` in this file", clip(g.Name.Value)).WithHelp("give it another name, or put its rules into the first").See(other, "the first one")
	default:
		r.names[g.Name.Value] = g.Name.Span
	}
	if limit := valueOf(n, "limit"); limit != nil {
		if v, err := strconv.Atoi(limit.Value); err == nil {
			g.Limit = v
		} else {
			r.rep.Errorf(r.span(limit), "`limit` takes a whole number, not `%s`", clip(limit.Value)).WithHelp("it is how many series or alerts one rule may give")
		}
	}
	labels := r.texts(n, "labels", false)
	r.plan.Groups = append(r.plan.Groups, g)
	rules := valueOf(n, "rules")
	if rules == nil {
		return
	}
	for _, item := range r.list(rules, "`rules`") {
		if item = resolve(item); item.Kind != yaml.MappingNode {
			r.rep.Errorf(r.span(item), "a rule is a map with `alert` or `record`, and `expr`").WithHelp("write `- alert: …` or `- record: …`, and `expr:` below it")
			continue
		}
		if r.rules++; r.rules > maxRules {
			if r.rules == maxRules+1 {
				r.rep.Errorf(r.head(item), "more than %d rules in one file; those from here on are not read", maxRules)
			}
			return
		}
		r.rule(g, labels, item)
	}
}
