package spec

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// maxSLOs of one model: each is a dozen recorded series and four alerts.
const maxSLOs = 50

// sloEntry is an SLO while it is read: what it lacks, a profile may bring.
type sloEntry struct {
	*SLO
	given given
}

// The ways to say what is good. Queries are one: of errors, or of what is good, and of all.
var (
	sloQueries = []string{"errors", "good"}
	sloKinds   = slices.Concat(sloQueries, []string{"role", "latency", "share", "availability", "freshness"})
	sloShares  = []string{"above", "under", "good"}
)

// sloRules are what finishSLO checks.
var sloRules = slices.Concat(onlyOneOf(sloKinds), []rule{
	{when: []string{"total"}, excludes: sloKinds[len(sloQueries):]},
	{when: []string{"min_events"}, excludes: []string{"availability", "freshness"}},
	{when: []string{"omit"}, alone: []string{"name"}},
})

// slos is the list of a spec, or of a profile; done is called with each.
func (l *loader) slos(done func(*SLO, given)) value {
	var list []*SLO
	v := sections(l, "an SLO", &list, l.slo, func(s *SLO, n *node, g given) {
		l.finishSLO(s, n, g)
		done(s, g)
	})
	v.of.rules, v.most = sloRules, maxSLOs
	read := v.read
	v.read = func(k, n *node) {
		if !l.tooMany(k, n, maxSLOs) {
			read(k, n)
			unique(l, "SLO", list, func(s *SLO) diag.Located[string] { return s.Name })
		}
	}
	return v.like("[{name: answers, objective: 99.9, role: requests}]")
}

func (l *loader) slo(s *SLO) fields {
	return fields{
		{"name", required, l.shortSlug(&s.Name).like("answers"), "its name: the label `slo` of all that is recorded; that of one which a profile brings turns it on"},
		{"omit", onlySpecs, l.reason(&s.Omit).like("no promise is given for it"), "why the SLO of this name that a profile brings is left out"},
		{"objective", requiredInProfiles, l.objective(&s.Objective).like("99.9"), "how much must be good, in per cent; a spec must say it unless a profile does"},
		{"period", 0, l.period(&s.Period).like("28d").otherwise("`30d`"), "the time in which it must hold"},
		{"errors", 0, l.queryPointer(&s.Errors).like(`sum(increase(http_requests_total{code=~"5.."}[$window]))`), "PromQL: how many events of `$window` were bad; beside it `total`"},
		{"good", 0, l.queryPointer(&s.Good).like(`sum(increase(http_requests_total{code!~"5.."}[$window]))`), "PromQL: how many events of `$window` were good; beside it `total`"},
		{"total", 0, l.queryPointer(&s.Total).like("sum(increase(http_requests_total[$window]))"), "PromQL: how many events there were in `$window`"},
		{"role", 0, l.onlyWord(&s.Role, "requests", "write `requests`; how fast answers are is `latency: {under: 300ms}`"), "the metric of role `requests`: an answer that is not one of its `errors` is good"},
		{"latency", 0, l.sloPart("a latency objective", &s.Latency, l.sloLatency, nil).like("{metric: answer_seconds, under: 300ms}"), "what is faster is good"},
		{"share", 0, l.sloPart("a share objective", &s.Share, l.sloShare, l.finishShare).like("{metric: confidence, above: 0.7}"), "the part of what a metric counts that is good"},
		{"availability", 0, l.onlyWord(&s.Availability, "targets", "write `targets`, or count what you mean with `good` and `total`"), "`targets`: the model server's targets can be scraped"},
		{"freshness", 0, l.sloPart("a freshness objective", &s.Freshness, l.sloFreshness, nil).like("{metric: feature_time_seconds, under: 6h}"), "a time that a metric holds is not long ago"},
		{"by", 0, l.groupLabels(&s.By).like("[version]"), "labels: one objective for each of their values"},
		{"selector", 0, l.selector(&s.Selector, false).like("{tier: gold}"), "labels of the series that count, beside the model's own selector"},
		{"min_events", 0, l.locatedInteger(&s.MinEvents, 1, maxSamples).like("100").otherwise("so many that one error cannot fire"), "how many events the long window of an alert must have"},
		{"revision", 0, l.revision(&s.Revision).like(`"2"`), "begins a new history: the label `revision` of all that is recorded"},
		{"description", 0, l.prose(&s.Description).like("What we promise to the shop."), "what is promised, and to whom"},
	}
}

// maxSamples is more than a server counts in a quarter.
const maxSamples = 1_000_000_000

func (l *loader) sloLatency(s *SLOShare) fields {
	return fields{
		{"metric", 0, l.anyMetric(&s.Metric).like("answer_seconds").otherwise("that of role `latency`"), "the histogram"},
		{"under", required, l.quantity(&s.Under).like("300ms"), "what is good: one of its buckets"},
	}
}

func (l *loader) sloShare(s *SLOShare) fields {
	return fields{
		{"metric", required, l.anyMetric(&s.Metric).like("confidence"), "a histogram, or a counter"},
		{"above", 0, l.quantity(&s.Above).like("0.7"), "of a histogram: what is above it is good"},
		{"under", 0, l.quantity(&s.Under).like("0.3"), "of a histogram: what is at most this is good"},
		{"good", 0, l.selector(&s.Good, false).like("{valid: 'true'}"), "of a counter: the series that are good"},
	}
}

func (l *loader) sloFreshness(s *SLOShare) fields {
	return fields{
		{"metric", required, l.anyMetric(&s.Metric).like("feature_time_seconds"), "a gauge that holds a time: seconds since 1970"},
		{"under", required, l.age(&s.Under).like("6h"), "how long ago it may be"},
	}
}

// finishShare holds the keys of a share against each other.
func (l *loader) finishShare(_ *SLOShare, g given) {
	l.onlyOne(g, "one bound says what is good", sloShares...)
	if g.first(sloShares...) == nil && !slices.ContainsFunc(sloShares, func(key string) bool { return !g.lacks(key) }) {
		l.errorf(g.at, "nothing says which part is good").WithHelp("write `above` or `under` of a histogram, `good: {LABEL: VALUE}` of a counter")
	}
}

// sloPart is a section that is there if it is written.
func (l *loader) sloPart(what string, into **SLOShare, table func(*SLOShare) fields, done func(*SLOShare, given)) value {
	v := value{shape: aSection, what: what, table: func() fields { return table(&SLOShare{}) }, read: func(k, n *node) {
		s := &SLOShare{Span: l.span(n)}
		if g, ok := l.walk(what, k, n, table(s)); ok {
			if done != nil {
				done(s, g)
			}
			*into = s
		}
	}}
	if done != nil {
		v.rules, v.least, v.most = onlyOneOf(sloShares), 2, 2
	}
	return v
}

// finishSLO holds the keys of an entry against each other; what may come from a profile, completeSLO asks for.
func (l *loader) finishSLO(s *SLO, n *node, g given) {
	s.Span = l.span(n)
	if l.beyondOmit(g, "an SLO") {
		return
	}
	l.onlyOne(g, "one thing says what is good", sloKinds...)
	if k, total := g.first(sloKinds[len(sloQueries):]...), g.key("total"); k != nil && total != nil && g.first(sloQueries...) == nil {
		l.errorf(l.span(total), "`total` beside `%s`", k.value).WithHelp("`%s` counts by itself: leave `total` out, or write `errors` or `good` beside it", k.value).See(l.span(k), "here")
	}
	if k, least := g.first("availability", "freshness"), g.key("min_events"); k != nil && least != nil {
		l.errorf(l.span(least), "`min_events` beside `%s`: it counts moments, which never get fewer", k.value).WithHelp("leave it out").See(l.span(k), "here")
	}
	if l.format != specFile {
		l.completeSLO(s, g)
	}
}

// completeSLO asks for what an SLO needs that no profile brings.
func (l *loader) completeSLO(s *SLO, g given) {
	if s.Omit.Given() || g.has("omit") || !s.Name.Given() {
		return
	}
	queries, total := g.first(sloQueries...), g.key("total")
	switch {
	case total != nil && !slices.ContainsFunc(sloKinds, func(key string) bool { return !g.lacks(key) }):
		l.errorf(l.span(total), "`total` without `errors` or `good`").WithHelp("write the query of one of them beside it")
	case queries != nil && g.lacks("total"):
		l.errorf(l.span(queries), "`%s` without `total`", queries.value).WithHelp("write how many events there were: `total: sum(increase(requests_total[$window]))`")
	case !slices.ContainsFunc(sloKinds, func(key string) bool { return !g.lacks(key) }):
		l.errorf(s.Name.Span, "nothing says what is good in SLO %s", code(s.Name.Value)).
			WithHelp("write one of %s; an SLO that a profile of `uses` brings is turned on by its name", quoteAll(sloKinds))
		return
	}
	if l.format == specFile && g.lacks("objective") {
		l.errorf(s.Name.Span, "`objective` is missing in SLO %s", code(s.Name.Value)).WithHelp("write how much must be good, in per cent: `objective: 99.9`")
	}
}

// beyondOmit reports a key beside `omit`, which stands alone with the name.
func (l *loader) beyondOmit(g given, what string) bool {
	if !g.has("omit") || l.format != specFile {
		return false
	}
	for _, k := range g.keys {
		if k.value != "omit" && k.value != "name" {
			l.errorf(l.span(k), "`%s` of %s that is left out", k.value, what).WithHelp("leave it out, or `omit`")
			break
		}
	}
	return true
}

// tooMany reports a list that is longer than anybody reads.
func (l *loader) tooMany(k, n *node, most int) bool {
	if n.kind != sequenceNode || len(n.content) <= most {
		return false
	}
	l.errorf(l.span(k), "%d entries in `%s`; at most %d are read", len(n.content), k.value, most).WithHelp("`by: [LABEL]` makes one entry many")
	return true
}

// unique reports names that are there a second time.
func unique[T any](l *loader, what string, list []*T, name func(*T) diag.Located[string]) {
	seen := map[string]diag.Span{}
	for _, v := range list {
		at := name(v)
		if first, again := seen[at.Value]; again && at.Given() {
			l.errorf(at.Span, "%s %s a second time", what, code(at.Value)).WithHelp("choose another `name:`, or put both into one").See(first, "the first time")
			continue
		}
		seen[at.Value] = at.Span
	}
}
