package exposition

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// fault reads a text that must not be a page, and returns the only message and its line; 0: of the whole.
func fault(t *testing.T, text []byte) (message, help string, line int) {
	t.Helper()
	var rep diag.Report
	p := Read(diag.NewFile("metrics.txt", text), &rep)
	list := rep.All()
	if p != nil || len(list) != 1 {
		t.Fatalf("read as %v, with %d messages", p, len(list))
	}
	d := list[0]
	if d.Help == "" || len(d.Message) > 300 || strings.ContainsAny(d.Message+d.Help, "\n\x00\x1b") {
		t.Errorf("%q (%q)", d.Message, d.Help)
	}
	if !d.Span.IsZero() {
		line = d.Span.Position().Line
	} else if d.Path != "metrics.txt" {
		t.Errorf("%q stands nowhere", d.Message)
	}
	return d.Message, d.Help, line
}

func TestBroken(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		line       int
	}{
		"empty":                 {"", "the page is empty", 0},
		"blank":                 {" \n\n\t", "the page is empty", 0},
		"only comments":         {"# nothing yet\n", "has no metric, only comments", 0},
		"HTML":                  {"\n<!DOCTYPE html><html><body>Sign in</body></html>", "an HTML or XML page", 0},
		"JSON":                  {`{"status":"success","data":{}}`, "this is JSON", 0},
		"JSON, a list":          {"\ufeff [1, 2]", "this is JSON", 0},
		"JSON, empty":           {"{}\n", "this is JSON", 0},
		"compressed":            {"\x1f\x8b\x08\x00\x00", "is compressed", 0},
		"UTF-16":                {"\xff\xfea\x00 \x001\x00", "is in UTF-16", 0},
		"protobuf":              {"\x1c\x0a\x04up_x\x18\x01\x22\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0\x3f", "protobuf", 0},
		"binary":                {"\x7fELF\x00\x00", "it is binary", 0},
		"headers of HTTP":       {"HTTP/1.1 200 OK\nContent-Type: text/plain\n\na 1\n", "begins with the headers of HTTP", 0},
		"not UTF-8":             {"a 1\nb{c=\"M\xfcnchen\"} 1\n", "not UTF-8 here", 2},
		"line ends of Windows":  {"# TYPE a gauge\r\na 1\r\n", "end in `\\r\\n`", 1},
		"second type":           {"# TYPE a gauge\na 1\n# TYPE a gauge\na 2\n", "a second `# TYPE` of `a`", 3},
		"unknown type":          {"# TYPE a guage\na 1\n", "`guage` is no type of a metric", 1},
		"no type":               {"a 1\n# TYPE b\nb 1\n", "`# TYPE` without a type", 2},
		"cut in a value":        {"a 1\nb{c=\"d", "ends in the middle of a line", 2},
		"cut in a type":         {"a 1\n# TYPE b cou", "ends in the middle of a line", 2},
		"cut OpenMetrics":       {"# TYPE a info\na_info 1\n", "ends without `# EOF`", 3},
		"exemplar, no end":      {"# TYPE a counter\na_total 1 # {t=\"x\"} 1\n", "an exemplar, which only OpenMetrics has", 2},
		"behind the end":        {"a 1\n# EOF\nb 1\n# EOF\n", "goes on behind `# EOF`", 3},
		"two units":             {"# TYPE a_bytes gauge\n# UNIT a_bytes seconds\na_bytes 1\n# EOF\n", "`a_bytes` does not end in `_seconds`", 2},
		"empty line":            {"a 1\n\nb 1\n# EOF\n", "an empty line, which OpenMetrics does not allow", 2},
		"comment":               {"a 1\n# a comment\nb 1\n# EOF\n", "a comment, which OpenMetrics does not allow", 2},
		"no value":              {"a 1\n\n\nb\n", "the value is missing", 4},
		"no number":             {"a{b=\"}\"} one\n", "the value `one` is not a number", 1},
		"an answer of curl":     {"404 page not found\n", "begins with neither a name nor `#`", 1},
		"no quotes":             {"a{b=c} 1\n", "the value of a label is missing, or lacks its quotes", 1},
		"no equals sign":        {"a{b} 1\n", "a label lacks its `=`", 1},
		"something behind":      {"a 1 2 3\n", "something stands behind the time", 1},
		"no name":               {"{a=\"b\"} 1\n", "the name of the metric is missing", 1},
		"a terminal's escape":   {"a \x1b[31m1\n", "is not a number", 1},
		"a rule file":           {"groups:\n- name: x\n", "the value is missing", 1},
		"put together of texts": {"# TYPE x histogram\na_count 1\na_sum 1\na{le=\"1\"} 1\n", "the buckets of a histogram are called `a_bucket`", 4},
	} {
		t.Run(name, func(t *testing.T) {
			if message, _, line := fault(t, []byte(c.text)); !strings.Contains(message, c.want) || line != c.line {
				t.Errorf("line %d: %s\nwant line %d: %s", line, message, c.line, c.want)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("64 MiB")
	}
	line := []byte("a{b=\"c\"} 1\n")
	if message, _, _ := fault(t, bytes.Repeat(line, MaxPage/len(line)+1)); !strings.Contains(message, "larger than 64 MiB") {
		t.Error(message)
	}
}

// TestInvalidCorpus: pages put together for documentation are no contracts.
func TestInvalidCorpus(t *testing.T) {
	for name, want := range map[string]string{
		"dcgm-exporter-readme.txt": "a second `# TYPE` of `DCGM_FI_DEV_SM_CLOCK`",
		"triton-docs-snippets.txt": "`nv_inference_first_response_histogram_ms` has the label `le`",
	} {
		data, err := os.ReadFile(filepath.Join("../../../shared/corpus/exposition/invalid", name))
		if err != nil {
			t.Skipf("the corpus is not here: %v", err)
		}
		if message, _, line := fault(t, data); !strings.Contains(message, want) || line == 0 {
			t.Errorf("%s:%d: %s", name, line, message)
		}
	}
}

// holds checks what is true of whatever is read: a page or one error, and every place lies in the text.
func holds(t *testing.T, text []byte) {
	var rep diag.Report
	file := diag.NewFile("metrics.txt", bytes.Clone(text))
	p := Read(file, &rep)
	inside := func(s diag.Span) {
		if s.File != nil && (s.Start < 0 || s.End < s.Start || s.End > len(text)) {
			t.Fatalf("%d to %d of %d bytes", s.Start, s.End, len(text))
		}
	}
	for _, d := range rep.All() {
		inside(d.Span)
		for _, r := range d.Related {
			inside(r.Span)
		}
	}
	if !bytes.Equal(file.Data, text) {
		t.Fatal("the text was changed")
	}
	if (p == nil) != (len(rep.All()) == 1) || p != nil && rep.Failed() {
		t.Fatalf("page %v, %d messages", p, len(rep.All()))
	}
	if p == nil {
		return
	}
	samples := 0
	for _, f := range p.Families {
		samples += f.Samples
		inside(f.Span)
		if f.Span.IsZero() {
			t.Fatalf("%s stands nowhere", f.Name)
		}
		for _, l := range f.Labels {
			inside(l.Span)
		}
	}
	if samples != p.Samples {
		t.Fatalf("%d samples, but the families have %d", p.Samples, samples)
	}
	p.Schema().Names()
}

var seeds = []string{
	"# HELP a_total Answers\n# TYPE a_total counter\na_total{class=\"x\",code=\"200\"} 1\n# TYPE d_seconds histogram\nd_seconds_bucket{p=\"x\",le=\"1\"} 1 17\nd_seconds_bucket{p=\"x\",le=\"+Inf\"} 1\nd_seconds_sum{p=\"x\"} NaN\nd_seconds_count{p=\"x\"} 1\n",
	"# TYPE a counter\n# UNIT a_seconds seconds\n# TYPE a_seconds counter\na_total 1\na_created 1.7e9\na_seconds_total 1 # {trace_id=\"x\"} 0.5\n# TYPE build info\nbuild_info{v=\"1\"} 1\n# EOF\n",
	"# TYPE \"a.b\" gauge\n{\"a.b\",\"c d\"=\"\\\"ü\\n\"} 1\n#\n# x\nc{d=\"two\nlines\"} 1\n",
	"# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 2\ns_count{x=\"\"} 3\n\ufeff",
}

// TestCutAnywhere: wherever a page is cut, it is a page or has one fault.
func TestCutAnywhere(t *testing.T) {
	for _, s := range seeds {
		for end := range len(s) {
			holds(t, []byte(s[:end]))
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(holds)
}

func BenchmarkRead(b *testing.B) {
	var text bytes.Buffer
	for i := range 20_000 {
		text.WriteString("a_metric_total{handler=\"/predict\",method=\"POST\",status=\"2xx\",pod=\"churn-")
		text.WriteString(strings.Repeat("x", i%50))
		text.WriteString("\"} 12345\n")
	}
	file := diag.NewFile("metrics.txt", text.Bytes())
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if Read(file, new(diag.Report)) == nil {
			b.Fatal("no page")
		}
	}
}
