package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// recorded is a metric that we record: one with a `query:` in a spec, profile or role, or what an objective or a
// check needs.
type recorded struct {
	name  string
	query *query
	// as is what the series is to those who read it.
	as metric.Metric
	// set are the labels that the rule sets beside the model's: what tells it apart from others of its name.
	set []metric.Matcher
	// group is where it is evaluated; nil: the model's own.
	group *plan.Group
	// own: the author wrote it. ofMember: each member has its own.
	own, ofMember bool
	// used: something reads it. What profiles and roles bring is recorded only then, what an author
	// wrote in any case.
	used bool
	span diag.Span
	// written is its query for the linter; authored is what an author wrote of it, if that is not the same.
	written, authored *plan.Written
	// state of the walk that orders records: 0 not seen, 1 on the way, 2 done.
	state int
}

// knowMetrics builds the contract: declared metrics, and recorded ones with type, unit and labels that
// follow from their queries.
func (b *builder) knowMetrics() {
	b.recorded = recordings{}
	var list []*recorded
	add := func(bd *binding, m *metric.Metric, name string) {
		if other := b.recorded.find(name, nil); other != nil {
			if bd == nil || !other.own { // else the author's takes its place
				b.rep.Errorf(m.Span, "`%s` is recorded twice", name).See(other.span, "the other one")
			}
			return
		}
		failed := b.rep.Errors()
		if bd == nil && name == signalMetric {
			b.rep.Errorf(m.Span, "`%s` is what mlobs-gen records the signals as", name).WithHelp("give it another name")
			return
		}
		var q *query
		if bd == nil {
			if q = b.parse(*m.Query, anySource); q == nil {
				return
			}
			b.checkTokens(q, "a recording rule")
			b.checkType(q, "a recording rule records")
			b.checkPushed(q)
		} else if q = b.bindRule(bd, *m.Query); q == nil || !b.readable(bd, q) {
			if b.rep.Errors() == failed {
				bd.absent[name] = true
			}
			return
		}
		r := &recorded{name: name, query: q, as: metric.Metric{Name: name, Type: metric.Gauge, Unit: m.Unit}, used: bd == nil, own: bd == nil, span: m.Span}
		b.recorded[name], list = []*recorded{r}, append(list, r)
	}
	for _, m := range b.model.Metrics {
		if m.Query != nil && !m.Brought {
			add(nil, m, m.Name)
		}
	}
	for _, bd := range b.bindings {
		names := map[string]string{}
		for _, m := range bd.Metrics {
			if m.Query != nil {
				names[m.Name] = b.recordedName(bd, m.Name)
			}
		}
		for placeholder, name := range names {
			if placeholder != name {
				bd.renaming.Metrics[placeholder] = name
			}
		}
		for _, m := range bd.Metrics {
			if m.Query != nil && !bd.absent[m.Name] {
				add(bd, m, names[m.Name])
			}
		}
	}
	list = append(list, b.derivedRecords()...)
	for _, r := range list {
		b.orderRecorded(r)
	}
	for _, r := range list {
		if r.used {
			b.read(r.query)
		}
	}
}

// bindRule is bind for a brought recording rule. One that says of buckets what cannot be said of a native
// histogram is left out: a role that takes both has what reads it for classic ones only.
func (b *builder) bindRule(bd *binding, text diag.Text) *query {
	if q, err := b.tryBind(bd, text); err == nil || bd.holder != nil && bd.holder.Type == metric.NativeHistogram {
		return q
	}
	return b.bind(bd, text) // which reports
}

// readable reports whether a brought recording rule reads series that there are: a role that takes
// histograms and summaries has rules for either.
func (b *builder) readable(bd *binding, q *query) bool {
	for _, s := range q.Selectors() {
		_, known := b.lookup(q, s.Name)
		ours := slices.ContainsFunc(bd.Metrics, func(m *metric.Metric) bool { return m.Query != nil && b.recordedName(bd, m.Name) == s.Name })
		if !known && !ours && !slices.Contains(builtIn, s.Name) {
			return false
		}
	}
	return true
}

// orderRecorded appends r to the order after everything that it reads, and works out its unit.
func (b *builder) orderRecorded(r *recorded) {
	if r.state != 0 {
		return
	}
	r.state = 1
	inCircle := false
	for _, s := range r.query.Selectors() {
		other := b.recorded.find(s.Name, s.Matchers)
		if other == nil {
			continue
		}
		if other.state == 1 {
			inCircle = true
			b.rep.Errorf(s.NameSpan, "`%s` is recorded from itself", s.Name).
				WithHelp("recording rules must not form a circle")
			continue
		}
		b.orderRecorded(other)
	}
	b.checkMetrics(r.query)
	set := []string{labelModel}
	for _, l := range r.set {
		set = append(set, l.Label)
	}
	b.checkLabels(r.query, r.span, set)
	if r.ofMember = b.perMember(r.query); r.own {
		b.checkMember(r.query, "the recording rule `"+r.name+"`")
	}
	if r.as.Unit.IsZero() {
		r.as.Unit = b.unit(r.query)
	}
	b.learnRecorded(r, inCircle)
	r.state = 2
	b.order = append(b.order, r)
}

// recordedName is what a recorded metric of a role or profile is called for this model: in
// level:metric:operations the metric is the model's, the label `class` in the level has the model's
// name, and the operations name the window that is really used.
func (b *builder) recordedName(bd *binding, name string) string {
	level, rest, ok := strings.Cut(name, ":")
	placeholder, operations, ok2 := strings.Cut(rest, ":")
	if !ok || !ok2 {
		return name
	}
	if to := bd.renaming.Labels[labelClass]; len(to) == 1 {
		level = strings.ReplaceAll(level, "_"+labelClass, "_"+to[0])
	}
	if to, ok := bd.renaming.Metrics[placeholder]; ok {
		placeholder = strings.ReplaceAll(strings.TrimSuffix(to, "_total"), ":", "_")
	}
	if b.scheduled() && bd.source == 0 {
		operations = b.pushedOperations(operations)
	}
	operations = strings.ReplaceAll(operations, "rate5m", "rate"+metric.FormatDuration(b.window()))
	return level + ":" + placeholder + ":" + operations
}

// builtIn are series that every scrape of Prometheus makes itself.
var builtIn = []string{"scrape_body_size_bytes", "scrape_duration_seconds", "scrape_sample_limit", "scrape_samples_post_metric_relabeling", "scrape_samples_scraped", "scrape_series_added", "scrape_timeout_seconds", "up"}

// checkMetrics reports every selector that reads what nobody declared.
func (b *builder) checkMetrics(q *query) {
	for _, s := range q.Selectors() {
		b.checkSource(q, s)
		switch _, known := b.lookup(q, s.Name); {
		case s.Name == "":
			b.rep.Errorf(s.Span, "a selector without the name of a metric").
				WithHelp("name the metric, so that it is known where it comes from")
		case !known && !slices.Contains(builtIn, s.Name):
			if first, ok := b.unknown[s.Name]; ok { // one mistake, one message
				if len(first.Related) < 3 {
					first.See(s.NameSpan, "also here")
				}
				b.rep.Repeat()
				continue
			}
			help := "declare it under `metrics`, or use the profile that brings it"
			if len(b.unknown) < 20 { // a spec with more was not misspelt
				names := slices.Clone(builtIn)
				for _, c := range b.contracts {
					names = append(names, c.Names()...)
				}
				help = diag.DidYouMean(s.Name, slices.AppendSeq(names, maps.Keys(b.recorded)), help)
			}
			if better := b.seriesHelp(q, s.Name); better != "" {
				help = better
			}
			if b.unknown == nil {
				b.unknown = map[string]*diag.Diagnostic{}
			}
			b.unknown[s.Name] = b.rep.Errorf(s.NameSpan, "unknown metric `%s`", s.Name).WithHelp("%s", help)
		}
	}
}

// seriesHelp says which series a name means that is almost one; empty: it is none.
func (b *builder) seriesHelp(q *query, name string) string {
	for _, m := range b.model.Metrics {
		var parts []string
		for _, p := range m.Parts() {
			parts = append(parts, "`"+m.Name+p.Suffix()+"`")
		}
		series := strings.Join(parts, ", ")
		switch _, native := strings.CutPrefix(name, m.Name+"_"); {
		case m.Query != nil:
		case m.Name == name && q.only && m.Source != q.source:
			return "this source does not have it: leave `source` out"
		case m.Name == name:
			return fmt.Sprintf("it is a %s: read %s", m.Type, series)
		case m.RenamedFrom == name || m.RenamedFrom != "" && strings.HasPrefix(name, m.RenamedFrom+"_"):
			return "it is the old name of `" + m.Name + "`: read the new one, and both are"
		case native && m.Type == metric.NativeHistogram:
			return "`" + m.Name + "` is a native histogram: read it by its name alone, as in `histogram_quantile(0.9, sum(rate(" + m.Name + "[5m])))`"
		}
	}
	return ""
}

// read marks the recorded metrics that q reads as used, and what those read in turn.
func (b *builder) read(q *query) {
	for _, s := range q.Selectors() {
		if r := b.recorded.find(s.Name, s.Matchers); r != nil && !r.used {
			r.used = true
			b.read(r.query)
		}
	}
}

// planRecords returns all recording rules: what is read before what reads it, signals last.
func (b *builder) planRecords() []*plan.Record {
	var list []*plan.Record
	for _, r := range b.order {
		if r.used {
			b.eachMember(r.query, func() {
				list = append(list, &plan.Record{
					Name: r.name, Expr: b.complete(r.query, inRule, 0).String(), Labels: b.ruleLabels(r.labels()...), Member: b.member, Group: r.group,
					Source: r.span, Written: cmp.Or(r.authored, r.written),
				})
			})
		}
	}
	list = append(list, b.extra...)
	list = append(list, b.signalRecords()...)
	// Those of a member together, each group in the order of evaluation: groups of their own before the model's, whose
	// signals read them.
	slices.SortStableFunc(list, func(x, y *plan.Record) int {
		return cmp.Or(cmp.Compare(b.memberIndex(x.Member), b.memberIndex(y.Member)), cmp.Compare(boolInt(x.Group == nil), boolInt(y.Group == nil)))
	})
	return list
}
