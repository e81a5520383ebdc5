package promql

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// texts are the arguments of a call that are texts in quotes, from the second on; false: one holds a variable.
func (a *analyser) texts(e *parser.Call) (list []string, ok bool) {
	for _, arg := range e.Args[1:] {
		lit, is := bare(arg).(*parser.StringLiteral)
		if !is || a.q.tokenInString(arg) {
			return nil, false
		}
		list = append(list, lit.Val)
	}
	return list, true
}

// anyLabel is a vector whose labels are not known any more.
func (a *analyser) anyLabel(in *Facts) *Facts {
	f := in.derive()
	for i := range f.sources {
		d := &f.sources[i]
		n := d.n
		*d = unknown()
		d.n, d.values, d.float, d.native = n, in.sources[i].values, in.sources[i].float, in.sources[i].native
	}
	f.unique, f.apart, f.returns = false, nil, in.returns
	return f
}

// replacement is a label_replace: the values of src, anchored, through a regular expression into dst.
type replacement struct {
	dst, to, src string
	expr         *regexp.Regexp
}

// labelReplace maps every value of the source label through the regular expression.
func (a *analyser) labelReplace(e *parser.Call) *Facts {
	in := a.arg(e, 0)
	args, ok := a.texts(e)
	if !ok {
		return a.anyLabel(in)
	}
	r := replacement{dst: args[0], to: args[1], src: args[2]}
	var err error
	if r.expr, err = regexp.Compile("^(?s:" + args[3] + ")$"); err != nil {
		return a.anyLabel(in) // the engine says so
	}
	a.checkSourceLabel(e, in, r.src, 3)
	f := in.derive()
	f.apart = nil
	matched, possible, certain := false, "", ""
	for i := range f.sources {
		d := &f.sources[i]
		hits, clash, sure := r.apply(d, e)
		matched = matched || hits
		if clash {
			possible = r.dst
		}
		if sure {
			certain = r.dst
		}
	}
	switch {
	case len(in.sources) == 0 || in.told:
	case !matched && r.src != "" && !in.domain(r.src).never():
		p := a.atExpr(LabelReplaceNoOp, e.Args[4], false, "no value of `%s` matches, so that `label_replace` changes nothing", r.src)
		a.add(p, "the values of `"+r.src+"` are "+quoted(in.domain(r.src).values)+"; the expression must match all of one")
		a.unset = append(a.unset, r.dst)
	case certain != "" || possible != "":
		p := a.atExpr(DuplicateSeries, e, certain != "", "without their own `%s` several series have the same labels, and the query fails", r.dst)
		a.add(p, "aggregate without `"+r.dst+"` instead")
		f.told = true
		f.fails = f.fails || certain != ""
	}
	if r.dst == nameLabel || !in.domain(r.dst).never() {
		f.unique = false
		if !f.told && len(f.sources) > 1 {
			a.duplicates(f, e, "after `label_replace` some series have the same labels", "write different values into the label")
		}
	}
	return f
}

// checkSourceLabel reports a source label that no series has.
func (a *analyser) checkSourceLabel(e *parser.Call, in *Facts, name string, arg int) {
	if name == "" || len(in.sources) == 0 || in.told || !in.domain(name).never() {
		return
	}
	start, end := a.q.place(e.Args[arg])
	a.missingLabel(in, name, start, end, true, "")
}

// apply changes a source. hits: some value matches. clash: two series may have the same labels afterwards;
// sure: they will, as soon as all series exist.
func (r *replacement) apply(d *disjunct, e *parser.Call) (hits, clash, sure bool) {
	src, old := d.label(r.src), d.label(r.dst)
	out, images := domain{}, map[string]bool{}
	twice := false
	if src.any {
		hits, out = true, anyValue
		if !strings.Contains(r.to, "$") {
			out = old.join(exactly(r.to))
		}
	} else {
		out, hits, twice = r.images(src, old, images)
	}
	if !hits {
		return false, false, false
	}
	clash, sure = r.collides(d, old, src, twice, len(images))
	d.from, d.additive = nil, false
	if out.never() {
		d.drop(&why{kind: whyReplaced, node: e}, r.dst)
	}
	d.loseKeys(r.dst)
	d.set(r.dst, out)
	d.count()
	return hits, clash, sure
}

// images are the values of the destination for all values of the source. twice: two of them become the same.
func (r *replacement) images(src, old domain, images map[string]bool) (out domain, hits, twice bool) {
	list := src.values
	if src.absent {
		list = append([]string{""}, list...)
	}
	for _, v := range list {
		to := v
		if at := r.expr.FindStringSubmatchIndex(v); at != nil {
			hits = true
			to = string(r.expr.ExpandString(nil, r.to, v, at))
		} else if r.src != r.dst {
			out = out.join(old)
			continue
		}
		twice = twice || images[to]
		images[to] = true
		out = out.join(exactly(to))
	}
	return out, hits, twice
}

// collides reports whether series that differed in dst only have the same labels now.
func (r *replacement) collides(d *disjunct, old, src domain, twice bool, images int) (clash, sure bool) {
	if old.pinned() || r.dst == r.src && !twice {
		return false, false
	}
	if slices.ContainsFunc(d.keys, func(k []string) bool { return !slices.Contains(k, r.dst) }) || d.n == 1 {
		return false, false
	}
	if old.any || src.any || old.soft || d.open {
		return false, false
	}
	if r.dst != r.src && r.src != "" && !src.pinned() {
		// The new value may tell apart what the old one did.
		return false, false
	}
	// Another label may have been made of dst: `label_replace` into it, and then dst removed.
	for _, l := range d.labels {
		if l.name != r.dst && l.name != nameLabel && !l.pinned() && !d.spreads(l.name) {
			return false, false
		}
	}
	sure = d.full && slices.Contains(d.spread, r.dst) && (r.dst == r.src || images == 1)
	return true, sure
}

// labelJoin joins the values of labels.
func (a *analyser) labelJoin(e *parser.Call) *Facts {
	in := a.arg(e, 0)
	args, ok := a.texts(e)
	if !ok {
		return a.anyLabel(in)
	}
	dst, sep, sources := args[0], args[1], args[2:]
	a.checkSources(e, in, sources)
	f := in.derive()
	f.apart = nil
	for i := range f.sources {
		d := &f.sources[i]
		out := joined(d, sep, sources)
		d.loseKeys(dst)
		d.from, d.additive = nil, false
		if out.never() {
			d.drop(&why{kind: whyReplaced, node: e}, dst)
		}
		d.set(dst, out)
		d.count()
	}
	if dst == nameLabel || !in.domain(dst).never() {
		f.unique = false
	}
	return f
}

// checkSources reports source labels of label_join that no series has, all in one message.
func (a *analyser) checkSources(e *parser.Call, in *Facts, sources []string) {
	if len(in.sources) == 0 || in.told {
		return
	}
	for i, name := range sources {
		if !in.domain(name).never() || name == "" {
			continue
		}
		start, end := a.q.place(e.Args[3+i])
		a.missingLabel(in, name, start, end, true, "")
		return
	}
}

// joined are the values that label_join makes.
func joined(d *disjunct, sep string, sources []string) domain {
	list := []string{""}
	for i, name := range sources {
		dom := d.label(name)
		if dom.any || len(list)*max(1, dom.size()) > maxValues {
			return anyValue
		}
		values := dom.values
		if dom.absent {
			values = append([]string{""}, values...)
		}
		next := make([]string, 0, len(list)*len(values))
		for _, l := range list {
			if i > 0 {
				l += sep
			}
			for _, v := range values {
				next = append(next, l+v)
			}
		}
		list = next
	}
	return exactly(list...)
}
