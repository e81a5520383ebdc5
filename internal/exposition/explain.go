package exposition

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// line is the line at an offset of r.data, in the text format the first behind it that is not blank; at the
// end of the page the empty span there.
func (r *reader) line(at int) diag.Span {
	for at < len(r.data) {
		end := r.endOfLine(at)
		text := bytes.TrimSuffix(r.data[at:end], []byte("\n"))
		if r.openMetrics || len(bytes.TrimSpace(text)) > 0 {
			return diag.Span{File: r.file, Start: r.skipped + at, End: r.skipped + at + len(text)}
		}
		at = end
	}
	return diag.Span{File: r.file, Start: len(r.file.Data), End: len(r.file.Data)}
}

// explain reports why the parser refused the page at a line. Its own words are for those who write parsers.
func (r *reader) explain(at diag.Span, err error) {
	text := at.Text()
	message := err.Error()
	// Before the parser quotes what it read it says what it expected.
	expected, _, _ := strings.Cut(message, ", got ")
	fields := strings.Fields(text)
	cut := at.End == len(r.file.Data) && r.samples+len(r.declared) > 0
	switch {
	case strings.Contains(message, "after # EOF"):
		r.rep.Errorf(r.line(at.End+1-r.skipped), "the page goes on behind `# EOF`").WithHelp("are these several pages in one file? Give each by itself, with `--contract` for each")
	case strings.Contains(message, "not end with # EOF"):
		r.rep.Errorf(at, "the page ends without `# EOF`: it was cut off").WithHelp("save it again; a page of OpenMetrics is whole if it ends with that line")
	case cut:
		r.rep.Errorf(at, "the page ends in the middle of a line").WithHelp("it was cut off; save it again")
	case strings.HasPrefix(message, "invalid metric type") && len(fields) > 3:
		r.rep.Errorf(at, "`%s` is no type of a metric", clip(strings.Join(fields[3:], " "))).WithHelp("%s", r.types())
	case strings.HasPrefix(message, "invalid metric type"):
		r.rep.Errorf(at, "`# TYPE` without a type").WithHelp("%s", r.types())
	case strings.Contains(message, "not a suffix of metric"):
		r.rep.Errorf(at, "the name of a metric ends in its unit, but `%s` does not end in `_%s`", clip(word(fields, 2)), clip(word(fields, 3))).WithHelp("Prometheus refuses the whole page; it is the server's fault")
	case r.openMetrics && strings.TrimSpace(text) == "":
		r.rep.Errorf(at, "an empty line, which OpenMetrics does not allow").WithHelp("leave it out; the server may not send it, or Prometheus refuses the whole page")
	case r.openMetrics && strings.HasPrefix(text, "#") && strings.HasPrefix(expected, "expected a valid start token"):
		r.rep.Errorf(at, "a comment, which OpenMetrics does not allow").WithHelp("leave it out; only `# TYPE`, `# UNIT`, `# HELP` and `# EOF` are there")
	case !r.openMetrics && strings.Contains(text, " # {"):
		r.rep.Errorf(at, "an exemplar, which only OpenMetrics has, and the page does not end with `# EOF`").WithHelp("the page was cut off, or the server mixes two formats")
	case strings.Contains(message, "strconv.ParseFloat") || strings.Contains(message, "character in float"):
		r.rep.Errorf(at, "the value `%s` is not a number", clip(valueOf(text))).WithHelp("a sample is `name{label=\"value\"} NUMBER`")
	default:
		r.rep.Errorf(at, "this is neither a sample nor a comment: %s", plainer(expected)).WithHelp("a sample is `name{label=\"value\"} NUMBER`; is this what a server answers at `/metrics`?")
	}
}

// types says which types the format of the page has.
func (r *reader) types() string {
	if r.openMetrics {
		return "OpenMetrics has counter, gauge, histogram, gaugehistogram, summary, info, stateset and unknown"
	}
	return "the text format has counter, gauge, histogram, summary and untyped"
}

// word is a field of a line; empty if it has not so many.
func word(fields []string, i int) string {
	if i < len(fields) {
		return fields[i]
	}
	return ""
}

// valueOf is what stands behind the name and labels of a sample.
func valueOf(line string) string {
	if at := strings.LastIndexByte(line, '}'); at >= 0 {
		line = "x " + line[at+1:]
	}
	return word(strings.Fields(line), 1)
}

// plainer says in words what the parser expected; of errors that say something else, that.
func plainer(expected string) string {
	for _, w := range []struct{ theirs, ours string }{
		{"expected a valid start token", "it begins with neither a name nor `#`"},
		{"expected value after", "the value is missing"},
		{"expected label name", "the name of a label is missing"},
		{"expected equal", "a label lacks its `=`"},
		{"expected label value", "the value of a label is missing, or lacks its quotes"},
		{"expected comma or brace close", "the labels do not end"},
		{"expected timestamp", "something stands behind the value"},
		{"expected next entry after", "something stands behind the time"},
		{"expected metric name after", "the name of the metric is missing"},
		{"expected text in", "`# TYPE` and `# HELP` are followed by a name and a text"},
		{"metric name not set", "the name of the metric is missing"},
		{"metric name already set", "the metric has two names"},
	} {
		if strings.HasPrefix(expected, w.theirs) {
			return w.ours
		}
	}
	before, _, _ := strings.Cut(expected, " while parsing: ")
	return clip(before)
}

// clip shortens text of the page for a message and removes what terminals would act on.
func clip(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, s)
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}

// plausible reports what no server answers although a scrape would take it; false after an error. Such pages
// are put together from documentation: they would give a contract with names that nobody has.
func (r *reader) plausible() bool {
	if r.samples == 0 && len(r.declared) == 0 {
		r.rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: "the page has no metric, only comments", Help: "does the server answer at this address? Try it with `curl`", Path: r.file.Path})
		return false
	}
	for _, name := range r.names() {
		s := r.series[name]
		if s.labels["le"] == nil || strings.HasSuffix(name, "_bucket") || r.series[name+"_count"] == nil || r.series[name+"_bucket"] != nil {
			continue
		}
		if d := r.declared[name]; d != nil && d.typ != "" && d.typ != "histogram" {
			continue
		}
		r.rep.Errorf(s.span, "`%s` has the label `le` beside `%s_count`, but the buckets of a histogram are called `%s_bucket`", clip(name), clip(name), clip(name)).
			WithHelp("this is no page that a server answers; save what its `/metrics` says")
		return false
	}
	return true
}
