package exposition

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// described is a page in a line per family: what a test compares.
func described(p *Page) string {
	var b strings.Builder
	for _, f := range p.Families {
		fmt.Fprintf(&b, "%s %s", f.Name, f.Type)
		if f.Type == "" {
			b.WriteString("?")
		}
		if !f.Unit.IsZero() {
			b.WriteString(" in " + f.Unit.Name)
		}
		for _, l := range f.Labels {
			b.WriteString(" " + l.Name)
			if l.Values.AtMost != 0 || l.Values.Exactly != nil {
				b.WriteString("!")
			}
		}
		for _, o := range f.Observed {
			if _, own := f.Label(o.Label); !own {
				b.WriteString(" " + o.Label + "?")
			}
		}
		if f.Buckets != nil {
			fmt.Fprintf(&b, " ≤ %v", f.Buckets)
		}
		if f.Quantiles != nil {
			fmt.Fprintf(&b, " φ %v", f.Quantiles)
		}
		fmt.Fprintf(&b, " × %d\n", f.Samples)
	}
	return b.String()
}

// page reads a text that must be a page.
func page(t *testing.T, text string) *Page {
	t.Helper()
	var rep diag.Report
	p := Read(diag.NewFile("metrics.txt", []byte(text)), &rep)
	for _, d := range rep.All() {
		t.Errorf("%s (%s)", d.Message, d.Help)
	}
	if p == nil {
		t.FailNow()
	}
	return p
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"all types": {
			"# HELP a_total Answers\n# TYPE a_total counter\na_total{class=\"x\",code=\"200\"} 1\na_total{class=\"y\",code=\"\"} 2\n" +
				"# TYPE b gauge\nb 1\n# TYPE c summary\nc{quantile=\"0.99\"} 1\nc{quantile=\"0.5\"} 1\nc_sum 1\nc_count 1\n" +
				"# TYPE d_seconds histogram\nd_seconds_bucket{p=\"x\",le=\"1\"} 1\nd_seconds_bucket{p=\"x\",le=\"0.5\"} 1\nd_seconds_bucket{p=\"x\",le=\"+Inf\"} 1\nd_seconds_sum{p=\"x\"} 1\nd_seconds_count{p=\"x\"} 1\n",
			"a_total counter class code? × 2\nb gauge × 1\nc summary φ [0.5 0.99] × 4\nd_seconds histogram in seconds p ≤ [0.5 1] × 5\n",
		},
		"no types": {
			"a 1\n# TYPE b untyped\nb 1\n# HELP c_total Only told of\nx_count 1\nx_sum 1\n",
			"a ? × 1\nb ? × 1\nx_count ? × 1\nx_sum ? × 1\n",
		},
		"a histogram of /federate": {
			"# TYPE h_bucket untyped\nh_bucket{le=\"1\",job=\"a\",instance=\"b\"} 1 1700000000000\nh_bucket{le=\"+Inf\",job=\"a\",instance=\"b\"} 1 1700000000000\n",
			"h_bucket ? le instance? job? × 2\n",
		},
		"a histogram without its type": {
			"h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
			"h histogram ≤ [1] × 4\n",
		},
		"declared, without a sample": {"# TYPE a counter\n# TYPE b_seconds histogram\n", "a counter × 0\nb_seconds histogram in seconds × 0\n"},
		"buckets that differ": {
			"# TYPE h histogram\nh_bucket{p=\"x\",le=\"1\"} 1\nh_bucket{p=\"x\",le=\"+Inf\"} 1\nh_bucket{p=\"y\",le=\"2\"} 1\nh_bucket{p=\"y\",le=\"+Inf\"} 1\n",
			"h histogram p × 4\n",
		},
		"no last bucket":   {"# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 1\n", "h histogram × 2\n"},
		"native histogram": {"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n", "h histogram × 3\n"},
		"units of gauges": {
			"# TYPE a_seconds gauge\na_seconds 0.5\n# TYPE b_seconds gauge\nb_seconds 1.7e9\n# TYPE c_seconds gauge\nc_seconds 0\n# TYPE d_seconds gauge\n" +
				"# TYPE net_speed_bytes gauge\nnet_speed_bytes 1e9\n# TYPE e_bytes gauge\ne_bytes 0\n# TYPE f_created gauge\nf_created 1.7e9\n# TYPE g_ratio gauge\ng_ratio 1\n",
			"a_seconds gauge in seconds × 1\nb_seconds gauge in timestamp × 1\nc_seconds gauge × 1\nd_seconds gauge × 0\ne_bytes gauge in bytes × 1\nf_created gauge in timestamp × 1\ng_ratio gauge × 1\nnet_speed_bytes gauge × 1\n",
		},
		"names in UTF-8": {"# TYPE \"a.b\" gauge\n{\"a.b\",\"c d\"=\"ü\"} 1\n", "a.b gauge c d × 1\n"},
		"OpenMetrics": {
			"# TYPE a counter\n# UNIT a_seconds seconds\n# TYPE a_seconds counter\na_total 1\na_created 1.7e9\na_seconds_total 1 # {trace_id=\"x\"} 0.5\n# TYPE build info\nbuild_info{v=\"1\"} 1\n# TYPE s stateset\ns{s=\"on\"} 1\ns{s=\"off\"} 0\n" +
				"# TYPE g gaugehistogram\ng_bucket{le=\"1.0\"} 1\ng_bucket{le=\"+Inf\"} 1\ng_gsum 1\ng_gcount 1\n# TYPE u unknown\nu 1\n# TYPE none counter\n# EOF\n",
			"a_created gauge in timestamp × 1\na_seconds_total counter in seconds × 1\na_total counter × 1\nbuild_info info v × 1\ng gaugehistogram ≤ [1] × 4\nnone_total counter × 0\ns gauge s × 2\nu ? × 1\n",
		},
		"OpenMetrics without its last line, and nothing else of it": {"# TYPE a counter\na_total 1\n", "a_total counter × 1\n"},
		"a mark and empty lines":                                    {"\ufeff\n\n# TYPE a gauge\n\na 1", "a gauge × 1\n"},
		"empty lines behind the end":                                {"# TYPE a gauge\na 1\n# EOF\n\n\n", "a gauge × 1\n"},
		"a name like that of a part":                                {"# TYPE a histogram\n# TYPE a_count gauge\na_count 1\n", "a histogram × 0\na_count gauge × 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := described(page(t, c.text)); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// TestObserved: values are kept as they appear, the first hundred; none of them is claimed to be the last.
func TestObserved(t *testing.T) {
	var b strings.Builder
	b.WriteString("# HELP a Line\\nand another\n# TYPE a gauge\n")
	for i := range 150 {
		fmt.Fprintf(&b, "a{id=\"%d\",of=\"x\"} 1\n", i)
	}
	f := page(t, b.String()).Families[0]
	if f.Help != "Line\nand another" {
		t.Errorf("help %q", f.Help)
	}
	id, of := f.Observed[0], f.Observed[1]
	if id.Label != "id" || len(id.Values) != maxObserved || !id.More || id.Values[99] != "99" {
		t.Errorf("%+v", id)
	}
	if of.More || len(of.Values) != 1 {
		t.Errorf("%+v", of)
	}
	if l, _ := f.Label("of"); l.Values.AtMost != 0 || l.Span.Position().Line != 3 {
		t.Errorf("%+v", l)
	}
	if f.Span.Text() != "a" || f.Span.Position().Line != 2 {
		t.Errorf("the metric stands at %v: %q", f.Span.Position(), f.Span.Text())
	}
}

// TestSchema: series are found by the names that Prometheus stores, and nothing is closed.
func TestSchema(t *testing.T) {
	s := page(t, "# TYPE a_seconds histogram\na_seconds_bucket{le=\"1\"} 1\na_seconds_bucket{le=\"+Inf\"} 1\na_seconds_sum 1\na_seconds_count 1\n").Schema()
	series, ok := s.Lookup("a_seconds_bucket")
	if !ok || series.Part != metric.Bucket || series.Metric.Type != metric.Histogram {
		t.Errorf("a_seconds_bucket is %+v", series)
	}
	if _, ok := s.Lookup("a_seconds"); ok || s.Closed || len(s.Targets) != 1 || !s.Targets[0].Open {
		t.Error("a page closes nothing")
	}
	if names := s.Names(); len(names) != 3 {
		t.Errorf("names %v", names)
	}
}

// TestSilence: nothing is concluded from what a page does not show, nor from a type that it does not say.
func TestSilence(t *testing.T) {
	s := page(t, "u{a=\"x\"} 1\n# TYPE g gauge\ng{a=\"x\",b=\"\"} 1\ng{a=\"y\",b=\"z\"} 1\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n").Schema()
	for query, finds := range map[string]bool{
		`rate(u[5m])`: false, `delta(u[5m])`: false, `u > 5`: false, `sum by (le) (u)`: false, `histogram_quantile(0.9, u)`: false, `avg(u)`: false,
		`unknown{x="y"}`: false, `g{a="never seen", c="d"}`: false, `g{b=""}`: false, `sum by (c) (g)`: false, `g / on (a) u`: false, `rate(h_bucket{le="1.0", p="q"}[5m])`: false, `h_created`: false,
		`rate(g[5m])`: true, `rate(h_bucket{le="2.0"}[5m])`: true,
	} {
		var rep diag.Report
		q := promql.Parse(diag.Text{Value: query}, &rep)
		if q == nil {
			t.Fatalf("%s: %v", query, rep.All())
		}
		if list := promql.Analyse(q, s, promql.Use{}).Problems; (len(list) > 0) != finds {
			t.Errorf("%s: %+v", query, list)
		}
	}
}

// TestCorpus reads pages of real servers whole: as many families and samples as were counted by hand.
func TestCorpus(t *testing.T) {
	dir := "../../../shared/corpus/exposition"
	index, err := os.ReadFile(filepath.Join(dir, "index.md"))
	if err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\S+\.txt) \|.*?\| (\d+) \| (\d+) \|`).FindAllStringSubmatch(string(index), -1)
	if len(rows) < 10 {
		t.Fatalf("%d rows in the index", len(rows))
	}
	for _, row := range rows {
		data, err := os.ReadFile(filepath.Join(dir, row[1]))
		if err != nil {
			t.Fatal(err)
		}
		p := page(t, string(data))
		families := 0
		for _, f := range p.Families {
			if !p.OpenMetrics || !strings.HasSuffix(f.Name, "_created") { // these have no line of their own there
				families++
			}
			if _, err := parser.NewParser(parser.Options{}).ParseExpr(f.Name); err != nil {
				t.Errorf("%s: %s is no selector: %v", row[1], f.Name, err)
			}
		}
		if got := [2]string{strconv.Itoa(families), strconv.Itoa(p.Samples)}; got != [2]string{row[2], row[3]} {
			t.Errorf("%s has %s families and %s samples, want %s and %s", row[1], got[0], got[1], row[2], row[3])
		}
	}
}
