package promql

import (
	"strings"

	"github.com/agext/levenshtein"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// misread reports a name that a declared metric would have if it were of another type, and whether it is one.
func (a *analyser) misread(s *Selector) bool {
	start, end := a.nameBytes(s)
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		base, ok := strings.CutSuffix(s.Name, suffix)
		if of, known := a.lookup(base); ok && known && of.Metric.Type == metric.NativeHistogram {
			p := a.problem(NativeBuckets, start, end, true, "`%s` is a native histogram, which has no series `%s`", base, s.Name)
			a.add(p, "read it by its name alone, as in `histogram_quantile(0.9, sum(rate("+base+"[5m])))`", declaredAt(of.Metric))
			return true
		}
	}
	if of, known := a.lookup(s.Name + "_bucket"); known {
		p := a.problem(UnknownMetric, start, end, true, "`%s` is a histogram, which has no series of that name", s.Name)
		a.add(p, "read `"+s.Name+"_bucket`, `"+s.Name+"_sum` or `"+s.Name+"_count`", declaredAt(of.Metric))
		return true
	}
	return false
}

// misspelt reports a name that is nearly a declared one where others may exist, and whether it is one: a letter
// or two are too few for a metric of its own.
func (a *analyser) misspelt(s *Selector) bool {
	if a.schema == nil || a.schema.Names == nil || len(s.Name) < 8 {
		return false
	}
	if a.schema.Renamed != nil {
		if _, old := a.schema.Renamed(s.Name); old {
			return false // it was called so
		}
	}
	meant := ""
	for _, name := range a.schema.Names() {
		if diff := len(name) - len(s.Name); diff < -2 || diff > 2 || name[0] != s.Name[0] {
			continue
		}
		if len(name) == len(s.Name) && !exchanged(name, s.Name) {
			continue // one letter for another makes another metric: `cpu`, `gpu`
		}
		if anotherWord(name, s.Name) {
			continue
		}
		if d := levenshtein.Distance(name, s.Name, nil); d == 1 || d == 2 && (len(name) > 12 || len(name) == len(s.Name)) {
			if meant != "" {
				return false // it may be one of a family
			}
			meant = name
		}
	}
	if meant == "" {
		return false
	}
	start, end := a.nameBytes(s)
	if a.again(mistake{UnknownMetric, s.Name, ""}, start, end) {
		return true
	}
	p := a.problem(UnknownMetric, start, end, false, "no contract knows a metric `%s`", s.Name)
	p.Fix = &Fix{start, end, meant}
	a.add(p, "did you mean `"+meant+"`?")
	return true
}

// anotherWord reports whether two names have as many words, of which a short one differs by more than a letter:
// `kube_pod_info` is no slip for `kube_node_info`.
func anotherWord(a, b string) bool {
	const short = 6
	x, y := strings.Split(a, "_"), strings.Split(b, "_")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		slip := len(x[i]) == len(y[i]) && exchanged(x[i], y[i])
		if !slip && min(len(x[i]), len(y[i])) < short && levenshtein.Distance(x[i], y[i], nil) > 1 {
			return true
		}
	}
	return false
}

// exchanged reports whether two texts of the same length differ in two neighbours that changed places.
func exchanged(a, b string) bool {
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// slipOf returns the only one of a list that a word is a slip of the pen for: another case, a letter too many or
// too few, two neighbours that changed places. Digits are never slips: `500` is not `503`. Empty: none, or several.
func slipOf(word string, list []string) string {
	if len(list) > 200 || len(word) < 4 {
		return ""
	}
	meant := ""
	for _, c := range list {
		near := strings.EqualFold(c, word) || len(c) == len(word) && exchanged(c, word) ||
			(len(c) == len(word)+1 || len(c)+1 == len(word)) && levenshtein.Distance(c, word, nil) == 1
		if !near || c == word || digits(c) != digits(word) {
			continue
		}
		if meant != "" {
			return ""
		}
		meant = c
	}
	return meant
}

// digits are those of a word, in order.
func digits(word string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, word)
}

// labelFix writes the label that was meant for one at bytes [start, end); nil: nobody knows, or it is not written
// there as such.
func (a *analyser) labelFix(start, end int, name string, list []string) *Fix {
	meant := slipOf(name, list)
	if meant == "" || a.q.src.text[start:end] != name {
		return nil
	}
	return &Fix{start, end, meant}
}
