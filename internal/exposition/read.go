package exposition

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// reader collects what the lines of a page say.
type reader struct {
	file        *diag.File
	rep         *diag.Report
	openMetrics bool

	// data is what the parser reads: a copy of the file with room for one byte more, so that the parser
	// never copies it. What it returns are pieces of data, and their capacity tells where they begin.
	data []byte
	// skipped bytes of the file stand before data.
	skipped int

	declared map[string]*declaration
	series   map[string]*seriesOf
	samples  int
}

// declaration is what comments say of a family.
type declaration struct {
	name string
	// typ is empty without `# TYPE`, and then typed is zero.
	typ        model.MetricType
	typed      diag.Span
	unit, help string
}

// seriesOf are the series of one name.
type seriesOf struct {
	name    string
	span    diag.Span // the name of the first
	samples int
	labels  map[string]*labelOf
	// low and high bound the values, without NaN; valued says that there are any.
	low, high float64
	valued    bool
	// split are the values of `le` or `quantile`, by the other labels.
	split map[string][]string
}

// labelOf is one label of the series of one name.
type labelOf struct {
	samples int
	span    diag.Span // of the first series that has it
	values  []string
	seen    map[string]bool
	more    bool
}

// mediaType is what Prometheus's parsers go by.
func (r *reader) mediaType() string {
	if r.openMetrics {
		return "application/openmetrics-text"
	}
	return "text/plain"
}

// read goes through the page; false after an error, which it reports.
func (r *reader) read() bool {
	if bytes.HasPrefix(r.file.Data, mark) {
		r.skipped = len(mark)
	}
	rest := r.file.Data[r.skipped:]
	if r.openMetrics && bytes.HasSuffix(bytes.TrimSpace(rest), []byte("# EOF")) {
		rest = bytes.TrimRight(rest, " \t\n") // an editor added lines, or a shell took away the last break
	}
	r.data = make([]byte, len(rest), len(rest)+1)
	copy(r.data, rest)
	p, err := textparse.New(r.data, r.mediaType(), nil, textparse.ParserOptions{})
	if err != nil {
		r.rep.Errorf(diag.Span{File: r.file}, "the page cannot be read: %s", err)
		return false
	}
	end := 0 // of the last line that was understood
	for {
		entry, err := p.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			r.explain(r.line(end), err)
			return false
		}
		piece, ok := r.entry(p, entry)
		if !ok {
			return false
		}
		if piece != nil {
			end = r.endOfLine(r.offset(piece) + len(piece))
		}
	}
}

// offset is where a piece of r.data begins.
func (r *reader) offset(piece []byte) int { return cap(r.data) - cap(piece) }

// span is the place of a piece of r.data in the file.
func (r *reader) span(piece []byte) diag.Span {
	at := r.skipped + r.offset(piece)
	return diag.Span{File: r.file, Start: at, End: min(at+len(piece), len(r.file.Data))}
}

// endOfLine is the offset behind the line break that follows.
func (r *reader) endOfLine(at int) int {
	at = min(at, len(r.data))
	if n := bytes.IndexByte(r.data[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(r.data)
}

// entry takes in what the parser is at, and returns the piece of r.data that it read of it, if it knows;
// false after an error.
func (r *reader) entry(p textparse.Parser, entry textparse.Entry) ([]byte, bool) {
	switch entry {
	case textparse.EntryType:
		name, typ := p.Type()
		return name, r.typed(name, typ)
	case textparse.EntryHelp:
		name, help := p.Help()
		if d := r.declare(string(name)); d.help == "" {
			d.help = strings.TrimSpace(string(help))
		}
		return name, true
	case textparse.EntryUnit:
		name, unit := p.Unit()
		r.declare(string(name)).unit = string(unit)
		return name, true
	case textparse.EntryComment:
		comment := p.Comment()
		// A comment that the lexer took together with its line break ends before it.
		return bytes.TrimSuffix(comment, []byte("\n")), true
	case textparse.EntrySeries:
		piece, _, value := p.Series()
		var all labels.Labels
		p.Labels(&all)
		r.sample(piece, all, value)
		return piece, true
	}
	return nil, true
}

func (r *reader) declare(name string) *declaration {
	d := r.declared[name]
	if d == nil {
		d = &declaration{name: name}
		r.declared[name] = d
	}
	return d
}

// typed takes in a line `# TYPE`. A second one for the same name is an error: nobody can tell which of the
// two the samples are.
func (r *reader) typed(name []byte, typ model.MetricType) bool {
	d := r.declare(string(name))
	if !d.typed.IsZero() {
		r.rep.Errorf(r.span(name), "a second `# TYPE` of `%s`", clip(d.name)).See(d.typed, "the first one").
			WithHelp("are these several pages in one file? Give each by itself, with `--contract` for each")
		return false
	}
	d.typ, d.typed = typ, r.span(name)
	return true
}

// sample takes in a line with a value.
func (r *reader) sample(piece []byte, all labels.Labels, value float64) {
	r.samples++
	name := all.Get(model.MetricNameLabel)
	s := r.series[name]
	if s == nil {
		s = &seriesOf{name: name, span: r.span(nameOf(piece)), labels: map[string]*labelOf{}, split: map[string][]string{}}
		r.series[name] = s
	}
	s.samples++
	if !math.IsNaN(value) {
		if !s.valued {
			s.low, s.high, s.valued = value, value, true
		}
		s.low, s.high = min(s.low, value), max(s.high, value)
	}
	all.Range(func(l labels.Label) {
		if l.Name != model.MetricNameLabel && l.Value != "" { // an empty label is none
			s.observe(l, r.span(piece))
		}
	})
	for _, by := range []string{model.BucketLabel, model.QuantileLabel} {
		if value := all.Get(by); value != "" {
			others := all.MatchLabels(false, by, model.MetricNameLabel).String()
			s.split[others] = append(s.split[others], strings.Clone(value))
			return
		}
	}
}

// nameOf is the name at the beginning of a series, without its labels; the whole where the name is among
// the braces.
func nameOf(piece []byte) []byte {
	if at := bytes.IndexByte(piece, '{'); at > 0 {
		return bytes.TrimRight(piece[:at], " \t")
	}
	return piece
}

// observe notes a label.
func (s *seriesOf) observe(l labels.Label, at diag.Span) {
	o := s.labels[l.Name]
	if o == nil {
		o = &labelOf{span: at, seen: map[string]bool{}}
		s.labels[l.Name] = o
	}
	o.samples++
	switch {
	case o.seen[l.Value]:
	case len(o.values) == maxObserved:
		o.more = true
	default:
		value := strings.Clone(l.Value) // the page need not stay in memory for it
		o.seen[value] = true
		o.values = append(o.values, value)
	}
}

// names are the names of the series, sorted.
func (r *reader) names() []string {
	names := make([]string, 0, len(r.series))
	for name := range r.series {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
