package promql

import (
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// checkTimes judges ranges, steps and offsets.
func (t *typing) checkTimes() { t.times(t.q.src.expr, nil, reach{}) }

// reach is how far back in time the parts around a selector look.
type reach struct {
	back time.Duration
	// longest is the longest piece of it, at bytes [start, end).
	longest    time.Duration
	start, end int
	// unknown: a variable decides, or `@`.
	unknown bool
}

// by is the reach with another piece.
func (r reach) by(d time.Duration, start, end int) reach {
	r.back += d
	if d > r.longest {
		r.longest, r.start, r.end = d, start, end
	}
	return r
}

// times walks down to the selectors; call is the function that takes e as its argument.
func (t *typing) times(e parser.Expr, call *parser.Call, far reach) {
	switch n := e.(type) {
	case *parser.ParenExpr:
		t.times(n.Expr, call, far)
	case *parser.Call:
		for _, a := range n.Args {
			t.times(a, n, far)
		}
	case *parser.SubqueryExpr:
		far = t.subquery(n, call, far)
		t.times(n.Expr, nil, far)
	case *parser.MatrixSelector:
		vs, ok := n.VectorSelector.(*parser.VectorSelector)
		if !ok {
			return
		}
		s := &t.q.selectors[t.q.selectorIndex(vs)]
		start, end := t.q.rangePlace(vs)
		switch {
		case n.RangeExpr != nil:
			far.unknown = true
		case s.RangeToken < 0: // a variable is at least nothing
			far = far.by(n.Range, start, end)
			if call != nil && !t.settled[n] {
				t.checkRange(call, n.Range, t.interval(vs), start, end)
			}
		}
		t.times(vs, nil, far)
	case *parser.VectorSelector:
		t.offset(n, far)
	default:
		for c := range parser.ChildrenIter(e) {
			t.times(c.(parser.Expr), nil, far)
		}
	}
}

// subquery judges a subquery and returns how far its selectors look.
func (t *typing) subquery(n *parser.SubqueryExpr, call *parser.Call, far reach) reach {
	open, last := t.q.brackets(n)
	start, end := t.q.lexemeBytes(open, last)
	x := t.q.src
	if n.Step == 0 && n.StepExpr == nil && !t.settled[n] {
		p := Problem{Kind: SubqueryWithoutStep, Start: start, End: end}
		p.Message = "the subquery " + backquoted(x.text[start:end]) + " has no step, so the server's evaluation interval decides"
		step := "1m"
		if t.schema.Evaluation > 0 {
			step = model.Duration(t.schema.Evaluation).String()
		}
		p.Help = "write the step as well: " + backquoted(x.text[start:x.list[last].start]+step+"]")
		t.report(p)
	}
	switch {
	case n.Timestamp != nil || n.StartOrEnd != 0 || n.RangeExpr != nil || n.StepExpr != nil || n.OriginalOffsetExpr != nil,
		t.q.tokenOf(n.Range.Seconds()) >= 0, t.q.tokenOf(n.OriginalOffset.Seconds()) >= 0:
		far.unknown = true
		return far
	}
	if call != nil && n.Step > 0 && t.q.tokenOf(n.Step.Seconds()) < 0 {
		t.checkRange(call, n.Range, n.Step, start, end)
	}
	far = far.by(n.Range, start, end)
	if n.OriginalOffset != 0 {
		behind, to := x.modifiers(last)
		_, end = t.q.lexemeBytes(to, behind)
		far = far.by(n.OriginalOffset, x.list[x.next(last)].start, end)
	}
	return far
}

// smallestBlock is what Prometheus deletes at once, and only when all of it is too old: a little more than the
// retention can always be read.
const smallestBlock = 2 * time.Hour

// offset judges how far a selector looks back in all.
func (t *typing) offset(vs *parser.VectorSelector, far reach) {
	s := &t.q.selectors[t.q.selectorIndex(vs)]
	if far.unknown || vs.Timestamp != nil || vs.StartOrEnd != 0 || s.OffsetToken >= 0 || vs.OriginalOffsetExpr != nil || t.schema.Retention <= 0 {
		return
	}
	if vs.OriginalOffset != 0 {
		start, end := t.offsetPlace(vs)
		far = far.by(vs.OriginalOffset, start, end)
	}
	if far.back <= t.schema.Retention+smallestBlock {
		return
	}
	for _, p := range t.found {
		if p.Kind == BeyondRetention && p.Start == far.start {
			return
		}
	}
	p := Problem{Kind: BeyondRetention, Start: far.start, End: far.end, Proved: true}
	p.Message = "this looks back " + model.Duration(far.back).String() + ", but samples are kept for " + model.Duration(t.schema.Retention).String()
	p.Help = "look back less far, or keep samples longer and say so under `prometheus: {retention: …}`"
	if t.q.foreign {
		p.Help = "look back less far, or keep samples longer"
	}
	t.report(p)
}

// offsetPlace returns the bytes of `offset 1d`.
func (t *typing) offsetPlace(vs *parser.VectorSelector) (start, end int) {
	x := t.q.src
	last := t.q.selectors[t.q.selectorIndex(vs)].last
	if open := x.next(last); x.is(open, "[") {
		last = x.closing(open)
	}
	behind, _ := x.modifiers(last)
	return t.q.lexemeBytes(min(x.next(last), len(x.list)-1), behind)
}

// interval is the time between two samples of a selector's series; 0: not known.
func (t *typing) interval(vs *parser.VectorSelector) time.Duration {
	f := t.facts[vs]
	switch {
	case f.metric != nil:
		return t.schema.Scrape
	case t.schema.Recorded.Has(f.name):
		return t.schema.Evaluation
	}
	return 0
}

// checkRange judges a range that holds too few samples. Two are the least for a rate, and a scrape that is
// late or lost must not make it disappear: four are the rule. Functions of one sample are content with the
// time between two.
func (t *typing) checkRange(call *parser.Call, length, interval time.Duration, start, end int) {
	if interval <= 0 || length <= 0 {
		return
	}
	p := Problem{Kind: ShortRange, Start: start, End: end}
	text := backquoted(t.q.src.text[start:end])
	every := model.Duration(interval).String()
	fewest := 1
	switch call.Func.Name {
	case "rate", "irate", "increase":
		fewest = 4
	case "delta", "idelta", "deriv", "predict_linear", "changes", "resets":
		fewest = 2
	}
	p.Proved = fewest == 1 || length < 2*interval
	switch {
	case length >= time.Duration(fewest)*interval:
		return
	case fewest == 1:
		p.Message = "the range " + text + " is often empty: there is a sample every " + every
	case length < 2*interval:
		p.Message = "the range " + text + " holds less than two samples of one every " + every + ", and `" + call.Func.Name + "` needs two"
	default:
		p.Message = "the range " + text + " holds few samples of one every " + every + ": `" + call.Func.Name + "` has gaps when one is lost"
	}
	p.Help = "write a range of at least " + model.Duration(time.Duration(fewest)*interval).String()
	t.report(p)
}
