package promql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Renaming says how the names of a query change: the metrics of a role become the model's own, `rename:`
// of a profile's `uses` entry, the labels that stand for replicas.
type Renaming struct {
	// Metrics maps names without suffix to names without suffix: m, m_bucket, m_sum and m_count are renamed.
	Metrics map[string]string
	// Labels maps a label to what stands in its place. In lists of labels (by, without, on, ignoring,
	// group_left, group_right, the sources of label_join) it may be several labels, or none; elsewhere
	// (matchers, label_replace, count_values) exactly one.
	Labels map[string][]string
	// Matchers are added at each use of a metric, by its old name without suffix; in absent too, since
	// they are part of what the name means.
	Matchers map[string][]metric.Matcher
}

// Rename returns the query with other names; layout and comments survive, and what was kept still knows
// its place in the author's file. It fails if a label that becomes several, or none, stands where there
// must be one, and if the result is longer than MaxLength.
func (q *Query) Rename(r Renaming) (*Query, error) {
	n := renaming{q: q, r: r, added: make([][]match, len(q.selectors))}
	for i := range q.selectors {
		if err := n.selector(i); err != nil {
			return nil, err
		}
	}
	for _, g := range q.groupings {
		n.grouping(g)
	}
	if err := n.texts(); err != nil {
		return nil, err
	}
	if len(n.edits) == 0 {
		return q, nil
	}
	text, err := applyMapped(q.text, n.edits)
	if err != nil {
		return nil, err
	}
	src, err := parseSource(text.Value)
	if err != nil {
		if len(text.Value) > MaxLength {
			return nil, lengthError(len(text.Value))
		}
		return nil, errInternal("the renamed query does not parse: %v", err)
	}
	c := comparison{
		matchers: n.meant,
		labels:   n.list,
		texts: func(parent parser.Expr, i int, text string) []string {
			if is, _ := labelArg(parent, i); is {
				return n.list([]string{text})
			}
			return []string{text}
		},
	}
	if !c.equal(q.src.expr, src.expr) {
		return nil, errInternal("the renamed query says something else: %s", text.Value)
	}
	return newQuery(text, src), nil
}

// renaming is one run of Rename.
type renaming struct {
	q     *Query
	r     Renaming
	edits []edit
	added [][]match // by selector
}

// metricName returns the new name of a series, and the old name without suffix under which it was found.
func (n *renaming) metricName(name string) (to, base string) {
	known := func(base string) bool {
		_, renamed := n.r.Metrics[base]
		_, matched := n.r.Matchers[base]
		return renamed || matched
	}
	for _, suffix := range [...]string{"", "_bucket", "_sum", "_count"} {
		if base, ok := strings.CutSuffix(name, suffix); ok && known(base) {
			if to, ok := n.r.Metrics[base]; ok {
				return to + suffix, base
			}
			return name, base
		}
	}
	return name, ""
}

// one returns the label that stands in place of name where there must be exactly one.
func (n *renaming) one(name, where string) (string, error) {
	to, ok := n.r.Labels[name]
	switch {
	case !ok:
		return name, nil
	case len(to) == 1:
		return to[0], nil
	case len(to) == 0:
		return "", fmt.Errorf("label `%s` stands in %s, but there is no such label here", name, where)
	}
	return "", fmt.Errorf("label `%s` stands in %s, where only one label can stand, not `%s`", name, where, strings.Join(to, "`, `"))
}

func (n *renaming) replace(lexeme int, text string) {
	l := n.q.src.list[lexeme]
	if n.q.src.of(l) != text {
		n.edits = append(n.edits, edit{l.start, l.end, text})
	}
}

func (n *renaming) selector(i int) error {
	s := &n.q.selectors[i]
	x := n.q.src.lexed
	name, base := n.metricName(s.Name)
	var texts []string
	for _, m := range n.r.Matchers[base] {
		op, ok := matchTypes[m.Op]
		if !ok {
			return errInternal("unknown operator `%s` of a matcher", m.Op)
		}
		w := match{op, m.Label, m.Value}
		if written(s.Node, w) || slices.Contains(n.added[i], w) {
			continue
		}
		n.added[i] = append(n.added[i], w)
		texts = append(texts, MatcherText(m))
	}
	if name != s.Name {
		edits, quoted := n.q.nameEdits(s, name)
		n.edits = append(n.edits, edits...)
		if quoted != "" {
			texts = append([]string{quoted}, texts...)
		}
	}
	if len(texts) > 0 {
		n.edits = append(n.edits, n.q.insertMatchers(s, texts))
	}
	for _, p := range s.parts {
		label := labelName(x.of(x.list[p.label]))
		if p.op == "" {
			continue
		}
		to, err := n.one(label, "a matcher")
		if err != nil {
			return err
		}
		if to != label {
			var b strings.Builder
			writeLabel(&b, to)
			n.replace(p.label, b.String())
		}
	}
	return nil
}

// meant is what a selector must match after the renaming.
func (n *renaming) meant(vs *parser.VectorSelector) []match {
	list, s := matchesOf(vs), &n.q.selectors[n.q.selectorIndex(vs)]
	for i := range list {
		if list[i].name == nameLabel {
			if list[i].op == labels.MatchEqual && list[i].value == s.Name {
				list[i].value, _ = n.metricName(s.Name)
			}
		} else if to := n.r.Labels[list[i].name]; len(to) == 1 {
			list[i].name = to[0]
		}
	}
	return append(list, n.added[n.q.selectorIndex(vs)]...)
}

// nameEdits are the edits that give a selector the name. quoted is what must be added to its braces, before
// all else: a name that only fits in quotes moves there.
func (q *Query) nameEdits(s *Selector, name string) (edits []edit, quoted string) {
	x := q.src.lexed
	replace := func(lexeme int, text string) {
		l := x.list[lexeme]
		edits = append(edits, edit{l.start, l.end, text})
	}
	switch {
	case s.name >= 0 && isMetricWord(name):
		replace(s.name, name)
	case s.name >= 0:
		replace(s.name, "")
		quoted = Quote(name)
	default:
		for _, p := range s.parts {
			named := p.op == "" || p.op == "=" && labelName(x.of(x.list[p.label])) == nameLabel
			if named && labelName(x.of(x.list[p.value])) == s.Name {
				replace(p.value, Quote(name))
			}
		}
	}
	return edits, quoted
}

// isMetricWord reports whether a metric of that name can be written without quotes.
func isMetricWord(name string) bool {
	if !model.LegacyValidation.IsValidMetricName(name) {
		return false
	}
	switch strings.ToLower(name) {
	case "bool", "on", "ignoring", "group_left", "group_right", "atan2", "inf", "nan":
		return false // words that the parser never takes for a metric
	}
	return true
}
