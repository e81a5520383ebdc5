package spec

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// maxChecks of one model: each is some recorded series, a panel or two, and an alert.
const maxChecks = 100

// checkEntry is a check while it is read: what it lacks, a profile may bring.
type checkEntry struct {
	Check
	given given
	// score is what stood in `score`, beside its query.
	score given
}

// checkKinds are the keys that say what a check asks, in the order of the documentation.
var checkKinds = []CheckKind{CheckDrift, CheckConfidence, CheckCollapse, CheckSilence, CheckQuality, CheckFreshness, CheckCanary, CheckEvaluation, CheckFairness, CheckExternal, CheckScore}

var (
	kindWords = words(checkKinds)
	// ofMetrics are the kinds whose series we select: a score's query has that in it.
	ofMetrics = checkKinds[:len(checkKinds)-1]
)

// checkKeys say which kinds take a key; those that are not listed, all do.
var checkKeys = []struct {
	key   string
	kinds []CheckKind
}{
	{"selector", ofMetrics},
	{"by", ofMetrics},
	{"min_samples", ofMetrics},
	{"window", []CheckKind{CheckDrift, CheckConfidence, CheckCollapse, CheckSilence, CheckQuality, CheckCanary, CheckEvaluation, CheckFairness, CheckExternal, CheckScore}},
	{"method", []CheckKind{CheckDrift, CheckConfidence, CheckCollapse, CheckSilence, CheckCanary, CheckEvaluation, CheckFairness}},
	{"across", []CheckKind{CheckDrift, CheckCollapse, CheckQuality, CheckCanary, CheckEvaluation, CheckFairness}},
	{"against", []CheckKind{CheckDrift, CheckConfidence, CheckSilence, CheckCanary}},
	{"quantile", []CheckKind{CheckDrift, CheckCanary}},
	{"smoothing", []CheckKind{CheckDrift}},
	{"significance", []CheckKind{CheckDrift, CheckCanary, CheckFairness}},
	{"except", []CheckKind{CheckDrift}},
	{"at_least", []CheckKind{CheckDrift}},
	{"under", []CheckKind{CheckConfidence}},
	{"above", []CheckKind{CheckConfidence}},
	{"valid", []CheckKind{CheckQuality}},
	{"bad", []CheckKind{CheckQuality}},
	{"of", []CheckKind{CheckQuality}},
	{"truth", []CheckKind{CheckEvaluation}},
	{"predicted", []CheckKind{CheckEvaluation}},
	{"class", []CheckKind{CheckEvaluation}},
	{"delay", []CheckKind{CheckEvaluation}},
	{"coverage", []CheckKind{CheckEvaluation}},
	{"min_coverage", []CheckKind{CheckEvaluation}},
	{"positive", []CheckKind{CheckFairness}},
	{"actual", []CheckKind{CheckFairness}},
	{"reference", []CheckKind{CheckFairness}},
	{"range", []CheckKind{CheckExternal}},
	{"direction", []CheckKind{CheckCanary, CheckExternal, CheckScore}},
	{"unit", []CheckKind{CheckScore}},
}

// What excludes each other beside a kind.
var (
	confidenceBounds = []string{"under", "above"}
	qualityBounds    = []string{"valid", "bad", "of"}
)

// checkRules are what finishCheck and completeCheck ask for.
var checkRules = func() []rule {
	rules := slices.Concat(onlyOneOf(kindWords), onlyOneOf(confidenceBounds), onlyOneOf(qualityBounds), []rule{
		{when: []string{"score"}, needs: []string{"name"}},
		{when: []string{"omit"}, alone: []string{"name"}, needs: []string{"name"}},
	})
	for _, kind := range checkKinds {
		rules = append(rules, rule{when: []string{string(kind)}, excludes: keysBeyond(kind)})
	}
	return rules
}()

// ofKinds is what the reference says of the kinds that take a key, by key.
var ofKinds = func() map[string]string {
	docs := map[string]string{}
	for _, k := range checkKeys {
		if len(k.kinds) < len(ofMetrics) {
			docs[k.key] = "; of " + quoteAll(words(k.kinds))
		}
	}
	return docs
}()

// keysBeyond are the keys that a kind does not take.
func keysBeyond(kind CheckKind) (keys []string) {
	for _, k := range checkKeys {
		if !slices.Contains(k.kinds, kind) {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// kindsOf are the kinds that take a key.
func kindsOf(key string) []CheckKind {
	for _, k := range checkKeys {
		if k.key == key {
			return k.kinds
		}
	}
	return checkKinds
}

func words(kinds []CheckKind) (list []string) {
	for _, k := range kinds {
		list = append(list, string(k))
	}
	return list
}

// checks is the list of a spec, or of a profile; done is called with each.
func (l *loader) checks(done func(*checkEntry)) value {
	var list []*checkEntry
	v := sections(l, "a check", &list, l.check, func(e *checkEntry, n *node, g given) {
		l.finishCheck(e, n, g)
		done(e)
	})
	v.of.rules, v.most = checkRules, maxChecks
	read := v.read
	v.read = func(k, n *node) {
		if !l.tooMany(k, n, maxChecks) {
			read(k, n)
			l.uniqueChecks(list)
		}
	}
	return v.like("[{drift: predictions_total, across: class, against: {offset: 7d}}]")
}

func (l *loader) check(e *checkEntry) fields {
	c := &e.Check
	of := l.subject(c)
	subject := func(kind CheckKind, example, doc string) field {
		return field{string(kind), 0, l.ofKind(c, kind, of).like(example), doc}
	}
	table := fields{
		subject(CheckDrift, "predictions_total", "a distribution is another than it was, or should be: a metric, several, or all of a role"),
		subject(CheckConfidence, "prediction_confidence", "the model is less sure: a metric of role `confidence`"),
		subject(CheckCollapse, "predictions_total", "one class dominates: a counter of predictions"),
		subject(CheckSilence, "predictions_total", "predictions stop: a counter of them"),
		subject(CheckQuality, "rows_total", "inputs are null, invalid or out of range: the metric that counts or measures them"),
		subject(CheckFreshness, "feature_time_seconds", "a feature, or the model, is old: a gauge that holds a time"),
		subject(CheckCanary, "answer_seconds", "a version is worse than another: the metric that both have"),
		{string(CheckEvaluation), 0, l.ofKind(c, CheckEvaluation, l.evaluated(c)).like("labeled_predictions_total"), "predictions against the truth: a metric, or several that belong together"},
		subject(CheckFairness, "decisions_total", "groups are treated differently: a counter of decisions"),
		subject(CheckExternal, "drift_score", "the score of somebody else's detector: a gauge, or a counter of detections"),
		{string(CheckScore), 0, l.ofKind(c, CheckScore, l.score(e)).like("{query: max(backlog_rows)}"), "anything else: a query whose value is a score"},
		{"name", 0, l.slug(&c.Name).like("class-drift").otherwise("from kind and metric"), "its name; that of one which a profile brings turns it on"},
		{"omit", onlySpecs, l.reason(&c.Omit).like("the classes change every season"), "why the check of this name that a profile brings is left out"},
		{"method", 0, l.method(&c.Method).like("psi").otherwise("the kind's"), "how it is measured"},
		{"across", 0, l.labelName(&c.Across).like("class").otherwise("what the metric's `across` says"), "the label whose values are the classes, groups or bins"},
		{"by", 0, l.groupLabels(&c.By).like("[version]").otherwise("one result for the model"), "labels: one result for each of their values"},
		{"selector", 0, l.selector(&c.Selector, false).like("{track: live}"), "labels of the series that count, beside the model's own selector"},
		{"window", 0, l.window(&c.Window).like("1h").otherwise("the kind's"), "the time that is judged; `$window` of a score's query"},
		{"min_samples", 0, l.locatedInteger(&c.MinSamples, 1, maxSamples).like("500").otherwise("the method's"), "how many samples each window or group needs, else nothing is said"},
		{"against", 0, l.against(&c.Against).like("{offset: 7d}").otherwise("the kind's"), "what it is compared with"},
		{"quantile", 0, l.share(&c.Quantile, decimalOne, false).like("0.95"), "the quantile that is compared, between 0 and 1"},
		{"smoothing", 0, l.positive(&c.Smoothing).like("0.5").otherwise("a floor of the shares"), "added to each count"},
		{"significance", 0, l.share(&c.Significance, decimalHalf, false).like("0.01").otherwise("not asked for"), "the chance of an alert without a change that is accepted, below 0.5"},
		{"except", 0, l.exceptions(&c.Except).like("{age: {alert: 0.4}}"), "what is different for one of several metrics"},
		{"at_least", 0, l.locatedInteger(&c.AtLeast, 1, 1000).like("3").otherwise("each alerts by itself"), "how many of several metrics must have drifted"},
		{"under", 0, l.quantity(&c.Under).like("0.5"), "the share of predictions that are less sure than this"},
		{"above", 0, l.quantity(&c.Above).like("0.9"), "the share of predictions that are surer than this"},
		{"valid", 0, l.ends(&c.Valid).like("[0, 120]"), "what is in range, of a histogram: both are bounds of buckets"},
		{"bad", 0, l.selector(&c.Bad, false).like("{status: [missing, invalid]}"), "the bad series of a counter"},
		{"of", 0, l.anyMetric(&c.Of).like("rows_total"), "the metric that counts all, where the subject counts the bad ones"},
		{"truth", 0, l.labelName(&c.Truth).like("actual").otherwise("the label `truth`"), "the label that holds the true class"},
		{"predicted", 0, l.labelName(&c.Predicted).like("predicted").otherwise("the label `predicted`"), "the label that holds the predicted class"},
		{"class", 0, l.labelValue(&c.Class).like("fraud"), "the one class that is judged"},
		{"positive", 0, l.selector(&c.Positive, false).like("{decision: approved}"), "what was predicted positive"},
		{"actual", 0, l.selector(&c.Actual, false).like(`{outcome: repaid}`), "what truly is positive"},
		{"reference", 0, l.labelValue(&c.Reference).like("majority").otherwise("the best one"), "the group that others are compared with"},
		{"delay", 0, l.duration(&c.Delay, false).like("3d"), "how late the truth comes"},
		{"coverage", 0, l.anyMetric(&c.Coverage).like("predictions_total"), "the metric that counts all predictions, with a truth or without"},
		{"min_coverage", 0, l.shareText(&c.MinCoverage).like("80%"), "how large a share of them must have a truth"},
		{"range", 0, l.ends(&c.Range).like("[0, 1]"), "the lowest and the highest score; `-Inf` or `+Inf` where there is no bound"},
		{"direction", 0, l.oneOf(&c.Direction, "above", "below").like("above"), "which side of the limits is bad"},
		{"unit", 0, l.unit(&c.Unit).like("ratio"), "the unit of the score"},
		{"warn", 0, l.quantity(&c.Warn).like("0.1").otherwise("the method's"), "the softer limit: a line in the panel"},
		{"alert", 0, l.alertLimit(c).like("0.25").otherwise("the method's"), "the limit that alerts; `off`: a panel and no alert"},
		{"for", 0, l.duration(&c.For, true).like("30m").otherwise("the kind's"), "how long it must hold before it fires"},
		{"severity", 0, l.severity(&c.Severity).like("ticket").otherwise("`ticket`"), "`page` wakes somebody, `ticket` waits for the morning, `info` is only shown"},
		{"description", 0, l.prose(&c.Description).like("Ask the shop whether the catalogue changed."), "what it means and what to do"},
	}
	for i := range table {
		table[i].doc += ofKinds[table[i].key]
	}
	return table
}

// uniqueChecks reports names that are there a second time, also those that nobody wrote.
func (l *loader) uniqueChecks(list []*checkEntry) {
	seen := map[string]diag.Span{}
	for _, e := range list {
		at := e.place()
		if e.Name.Value == "" {
			continue // reported
		}
		if first, again := seen[e.Name.Value]; again {
			l.errorf(at, "check %s a second time", code(e.Name.Value)).WithHelp("give one of them another `name:`").See(first, "the first time")
			continue
		}
		seen[e.Name.Value] = at
	}
}

// place is where the name of a check stands, or what it is made of.
func (c *Check) place() diag.Span {
	if c.Name.Given() {
		return c.Name.Span
	}
	return c.Kind.Span
}
