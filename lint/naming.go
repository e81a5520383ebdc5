package lint

import (
	"iter"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// namingRules judge the names that authors give: of the metrics that a spec declares itself and of what it
// records. A profile's names are those of its stack.
var namingRules = []*Rule{
	bucketBeyondRange, bucketsInOtherUnit, collidingNames, counterWithoutTotal, labelInName, labelOfTarget,
	misleadingSuffix, missingUnitSuffix, nameStyle, nonBaseUnit, percentRange, recordLevel, recordName, recordOperation, renamedMetric,
	typeInName, unitAgainstName,
}

// OwnMetrics are the metrics that the author declared; what is recorded is not among them.
func (p *Pass) OwnMetrics() iter.Seq[*metric.Metric] {
	return func(yield func(*metric.Metric) bool) {
		if p.Plan.Contract == nil {
			return
		}
		for _, m := range p.Plan.Contract.Metrics {
			if !m.Brought && p.Own(m.Span) && !yield(m) {
				return
			}
		}
	}
}

var counterWithoutTotal = &Rule{
	Name: "counter-without-total", Group: Naming, Severity: diag.Warning,
	Doc: "a counter whose name does not end in `_total`",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			if m.Type == metric.Counter && !strings.HasSuffix(strings.ToLower(m.Name), "_total") && borrowed(m) == "" && typeNamed(m) == "" {
				p.Reportf(m.Span, "the counter `%s` does not end in `_total`", m.Name).
					Help = "call it `" + m.Name + "_total`, and say `renamed_from: " + m.Name + "` until no server has the old name"
			}
		}
	},
}

// borrowed returns the suffix of a metric's name that belongs to metrics of another type; empty: none.
func borrowed(m *metric.Metric) string {
	owners := []struct {
		suffix string
		types  []metric.Type // that may have it
	}{
		{"_total", []metric.Type{metric.Counter}},
		{"_bucket", nil}, {"_sum", nil}, {"_count", nil}, {"_created", nil}, {"_gsum", nil}, {"_gcount", nil},
		{"_info", []metric.Type{metric.Info, metric.Gauge}},
	}
	for _, o := range owners {
		if !strings.HasSuffix(m.Name, o.suffix) {
			continue
		}
		for _, t := range o.types {
			if t == m.Type {
				return ""
			}
		}
		return o.suffix
	}
	return ""
}

// suffixMeans says what a reader takes a suffix for.
var suffixMeans = map[string]string{
	"_total": "what only counters have", "_bucket": "what the buckets of a histogram have", "_sum": "what the sums of histograms have",
	"_count": "what the counts of histograms have", "_created": "what the birth of a series has", "_gsum": "what the sums of gauge histograms have",
	"_gcount": "what the counts of gauge histograms have", "_info": "what only metrics have whose value is always 1",
}

var misleadingSuffix = &Rule{
	Name: "misleading-suffix", Group: Naming, Severity: diag.Warning,
	Doc: "a name with the suffix of another type: a gauge `…_total`, a counter `…_count`",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			suffix := borrowed(m)
			bare := strings.TrimSuffix(m.Name, suffix)
			switch {
			case suffix != "" && m.Type == metric.Counter:
				p.Reportf(m.Span, "the counter `%s` ends in `%s`, %s", m.Name, suffix, suffixMeans[suffix]).
					Help = "call it `" + bare + "_total`"
			case suffix == "_total":
				p.Reportf(m.Span, "the %s `%s` ends in `_total`, %s", m.Type, m.Name, suffixMeans[suffix]).
					Help = "if it only rises say `type: counter`, else call it `" + bare + "`"
			case suffix != "":
				p.Reportf(m.Span, "the %s `%s` ends in `%s`, %s", m.Type, m.Name, suffix, suffixMeans[suffix]).
					Help = "call it `" + bare + "`, or by what it counts"
			case m.Type == metric.Info && !strings.HasSuffix(m.Name, "_info"):
				p.Reportf(m.Span, "the name of the info metric `%s` does not say that its value means nothing", m.Name).
					Help = "call it `" + m.Name + "_info`"
			}
		}
	},
}

// typeNamed returns the type that a metric's name ends in, or its own type inside of it; empty: neither. Other
// types inside of a name are words of the field (summary_length).
func typeNamed(m *metric.Metric) string {
	own := map[metric.Type]string{metric.GaugeHistogram: "histogram", metric.NativeHistogram: "histogram", metric.Info: ""}
	is, special := own[m.Type]
	if !special {
		is = string(m.Type)
	}
	name := "_" + strings.ToLower(m.Name) + "_"
	if is != "" && strings.Contains(name, "_"+is+"_") {
		return is
	}
	for _, t := range []string{"counter", "gauge", "histogram"} {
		if strings.HasSuffix(name, "_"+t+"_") {
			return t
		}
	}
	return ""
}

var typeInName = &Rule{
	Name: "type-in-name", Group: Naming, Severity: diag.Warning,
	Doc: "the type of a metric in its name: `…_counter`, `…_gauge`",
	Run: func(p *Pass) {
		for m := range p.OwnMetrics() {
			named := typeNamed(m)
			if named == "" {
				continue
			}
			better := strings.Trim(strings.ReplaceAll("_"+m.Name+"_", "_"+named+"_", "_"), "_")
			if m.Type == metric.Counter && !strings.HasSuffix(better, "_total") {
				better += "_total"
			}
			p.Reportf(m.Span, "the name `%s` says its type", m.Name).
				Help = "call it `" + better + "`: a name says what is measured, and the type may change"
		}
	},
}
