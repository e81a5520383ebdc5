package promql

import (
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// window is the range of the rates that a value is made of, as long as they have one in common.
type window struct {
	selector *parser.VectorSelector // whose range it is; nil: the value is not made of rates
	fn       string                 // rate or increase
	length   time.Duration
	offset   time.Duration
	// mixed: several, or one that a variable decides.
	mixed bool
	// ratio: it is one already, whose sides were compared.
	ratio bool
	// part is histogram_sum or histogram_count around the rate of a native histogram.
	part string
	// series is a sum of hashes, one for each selector: equal for equal sets of selectors.
	series uint64
}

// windowOf is the window of rate and its like.
func (t *typing) windowOf(n *parser.Call) window {
	m, ok := bare(n.Args[0]).(*parser.MatrixSelector)
	if !ok || n.Func.Name == "irate" { // irate takes the last two samples of any range
		return window{mixed: true}
	}
	vs, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok {
		return window{mixed: true}
	}
	s := &t.q.selectors[t.q.selectorIndex(vs)]
	if s.RangeToken >= 0 || s.OffsetToken >= 0 || vs.Timestamp != nil || vs.StartOrEnd != 0 || m.RangeExpr != nil {
		return window{mixed: true}
	}
	return window{selector: vs, fn: n.Func.Name, length: m.Range, offset: vs.OriginalOffset, series: selectorHash(vs)}
}

// selectorHash is a hash of a selector's matchers in any order (FNV-1a).
func selectorHash(vs *parser.VectorSelector) (sum uint64) {
	for _, m := range vs.LabelMatchers {
		h := uint64(14695981039346656037)
		for _, s := range [...]string{m.Name, m.Type.String(), m.Value} {
			for i := range len(s) {
				h = (h ^ uint64(s[i])) * 1099511628211
			}
			h *= 1099511628211
		}
		sum += h
	}
	return sum * 0x9e3779b97f4a7c15
}

// with is the window of a value made of both.
func (w window) with(o window) window {
	switch {
	case w.selector == nil && !w.mixed:
		return o
	case o.selector == nil && !o.mixed:
		return w
	}
	w.mixed = w.mixed || o.mixed || w.length != o.length || w.fn != o.fn || w.offset != o.offset
	w.ratio = w.ratio || o.ratio
	w.series += o.series
	return w
}

// of notes the function around the rate of a native histogram.
func (w *window) of(part string) { w.part = part }

// checkWindows judges a ratio of rates over different ranges. The rates of the same series over two ranges
// are a trend, and are meant.
func (t *typing) checkWindows(n *parser.BinaryExpr, l, r typeFact) {
	a, b := l.window, r.window
	if t.q == nil || a.selector == nil || b.selector == nil || a.mixed || b.mixed || a.ratio || b.ratio ||
		a.fn != b.fn || a.length == b.length || a.offset != b.offset {
		return
	}
	base := histogramOf(a)
	same := base != "" && base == histogramOf(b)
	if a.series == b.series && a.part == b.part {
		return
	}
	start, end := t.q.rangePlace(b.selector)
	from, to := t.q.rangePlace(a.selector)
	p := Problem{Kind: MixedWindows, Start: start, End: end}
	text := t.q.src.text
	p.Message = "one ratio, two ranges: " + backquoted(text[from:to]) + " above, " + backquoted(text[start:end]) + " below"
	p.Help = "write the same range on both sides"
	if same {
		p.Kind, p.Proved = MixedHistogramWindows, true
		p.Message = "the parts of `" + base + "` are read over two ranges: " + backquoted(text[from:to]) + " above, " + backquoted(text[start:end]) + " below"
	}
	p.Reasons = []Reason{{Start: from, End: to, Text: "the other range"}}
	t.report(p)
}

// histogramOf is the name of the histogram of whose parts the rates are; empty: there are several, or none.
func histogramOf(w window) string {
	if w.part != "" {
		return selectedName(w.selector)
	}
	name := selectedName(w.selector)
	for _, suffix := range []string{"_sum", "_count", "_bucket"} {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			return base
		}
	}
	return ""
}

// rangePlace returns the bytes of a selector's range, brackets included.
func (q *Query) rangePlace(vs *parser.VectorSelector) (start, end int) {
	open := q.src.next(q.selectors[q.selectorIndex(vs)].last)
	return q.lexemeBytes(open, q.src.closing(open))
}
