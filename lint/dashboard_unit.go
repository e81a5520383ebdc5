package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// unitRules are about the units that panels show.
var unitRules = []*Rule{missingUnit, unknownUnit, wrongUnit}

// withUnit are the types of panel whose numbers have a unit.
var withUnit = []string{"graph", "timeseries", "stat", "singlestat", "grafana-singlestat-panel", "gauge", "bargauge", "barchart"}

var missingUnit = &Rule{
	Name: "missing-unit", Group: Dashboards, Severity: diag.Warning,
	Doc: "a panel that does not say what its numbers are",
	Run: func(p *Pass) {
		for panel := range p.foreignPanels() {
			f := panel.Foreign
			if !slices.Contains(withUnit, f.Type.Value) || f.Mapped || f.ShowsText || len(f.UnitOverrides) > 0 || len(panel.Queries) == 0 {
				continue
			}
			if as, known := shownAs[panel.Unit]; panel.Unit != "" && (!known || as.quantity != "") {
				continue
			}
			switch quantity, unit := commonQuantity(panel); {
			case quantity != "" && quantity != "events" && quantity != "ratio": // a rate of CPU seconds is a number of cores
				p.Reportf(orHead(f.Unit.Span, orHead(f.Title.Span, f.Head)), "%s shows %s as a plain number", titled(panel), unit.Name).
					WithHelp("write `\"unit\": \"%s\"`", unit.Grafana)
			case panel.Unit == "":
				p.Reportf(orHead(f.Title.Span, f.Head), "%s has no unit", titled(panel)).
					WithHelp("choose one; `short` says that things are counted").Severity = diag.Info
			}
		}
	},
}

// commonQuantity is what all queries of a panel measure; "" if they differ, or one is not known.
func commonQuantity(panel *plan.Panel) (quantity string, unit metric.Unit) {
	for i := range panel.Queries {
		u := unitOf(panel.Queries[i].Written)
		q, ok := quantityOf(u)
		if !ok || i > 0 && q != quantity {
			return "", metric.Unit{}
		}
		quantity, unit = q, u
	}
	return quantity, unit
}

var unknownUnit = &Rule{
	Name: "unknown-unit", Group: Dashboards, Severity: diag.Warning,
	Doc: "a unit that Grafana does not know, and writes behind the number as it is",
	Run: func(p *Pass) {
		judge := func(u diag.Located[string]) {
			if !u.Given() || u.Value == "" || isGrafanaUnit(u.Value) || len(promqlNames(u.Value)) > 0 {
				return
			}
			d := p.Reportf(u.Span, "Grafana has no unit `%s`: it writes the word behind numbers that it does not scale", u.Value)
			if meant := unitMeant(u.Value); meant != "" {
				d.Help = "write `" + meant + "`"
				return
			}
			d.Help = "write `suffix:" + u.Value + "` if that is meant"
			d.Severity = diag.Info
		}
		for panel := range p.foreignPanels() {
			judge(panel.Foreign.Unit)
			for _, u := range panel.Foreign.UnitOverrides {
				judge(u)
			}
		}
	},
}

var wrongUnit = &Rule{
	Name: "wrong-unit", Group: Dashboards, Severity: diag.Warning,
	Doc: "a panel that shows its numbers in a unit that they do not have",
	Run: func(p *Pass) {
		for s := range p.Queries() {
			if s.Panel == nil || !p.Own(s.Panel.UnitSpan) {
				continue
			}
			if f := s.Panel.Foreign; f != nil && (f.Transformed || len(f.UnitOverrides) > 0) {
				continue
			}
			as, known := shownAs[s.Panel.Unit]
			if !known || as.quantity == "" {
				continue
			}
			unit := unitOf(s.Written)
			quantity, ok := quantityOf(unit)
			if !ok {
				continue
			}
			shows, meant := s.Panel.Unit, unit.Grafana
			if s.Panel.Foreign == nil {
				shows, meant = s.Panel.UnitSpan.Text(), unit.Name
			}
			factor := 1.0
			if unit.Name == "percent" {
				factor = 1e-2
			}
			switch {
			case quantity == "ratio" && as.quantity == "seconds":
				p.Reportf(s.Panel.UnitSpan, "%s shows a ratio as `%s`", titled(s.Panel), shows).
					WithHelp("a rate of seconds is a share of the time: divide it by the rate of the count for a mean, or write `%s`", meant).See(s.Whole(), "this is a ratio")
			case quantity != as.quantity:
				p.Reportf(s.Panel.UnitSpan, "%s shows %s as `%s`", titled(s.Panel), unit.Name, shows).
					WithHelp("write `%s`, or change the query", meant).See(s.Whole(), "this is in %s", unit.Name)
			case factor != as.factor:
				p.Reportf(s.Panel.UnitSpan, "%s shows %s as `%s`: what it says is %s", titled(s.Panel), unit.Name, shows, times(factor/as.factor)).
					WithHelp("write `%s`, or convert the numbers in the query", meant).See(s.Whole(), "this is in %s", unit.Name)
			}
		}
	},
}

// times says how far off a number is: too small by what it should be multiplied with.
func times(f float64) string {
	how := "too small"
	if f < 1 {
		f, how = 1/f, "too large"
	}
	return strconv.FormatFloat(f, 'g', 4, 64) + " times " + how
}

// quantityOf is what a unit of ours measures, as shown has it; false: that is not known for sure.
func quantityOf(u metric.Unit) (string, bool) {
	switch name, rate := strings.CutSuffix(u.Name, "/s"); name {
	case "", "none", "count", "timestamp", "points", "cores":
		return "", false
	case "requests", "predictions", "tokens":
		if rate {
			return "events/s", true
		}
		return "events", true
	case "percent":
		return "ratio", true
	default:
		if !slices.ContainsFunc(shownQuantities, func(q string) bool { return q == u.Name }) {
			return "", false
		}
		return u.Name, true
	}
}

var shownQuantities = []string{"seconds", "bytes", "bytes/s", "ratio", "celsius", "watts", "joules", "amperes", "volts", "hertz", "meters"}

// unitOf is the unit of what a query returns: as the contract has it, else as the names of its metrics say.
func unitOf(w *plan.Written) metric.Unit {
	if unit := w.Analysis().Root.Unit(); !unit.IsZero() {
		return unit
	}
	return promql.Analyse(w.Query, &byName, w.Use).Root.Unit()
}

// byName takes metrics for what their names say, as Prometheus asks names to be: base units at the end.
var byName = promql.Schema{Names: func() []string { return nil }, Lookup: func(name string) (metric.Series, bool) {
	m := &metric.Metric{Name: name, Type: metric.Gauge}
	part := metric.Value
	base := name
	for _, of := range [...]metric.Part{metric.Bucket, metric.Sum, metric.Count} {
		if cut, ok := strings.CutSuffix(name, of.Suffix()); ok {
			base, part = cut, of
			m.Name, m.Type = cut, metric.Histogram
		}
	}
	if cut, ok := strings.CutSuffix(name, "_total"); ok {
		base, m.Type = cut, metric.Counter
	}
	word := base[strings.LastIndexAny(base, "_:")+1:]
	unit, ok := metric.Units{}.Named(word)
	if !ok || !slices.Contains(shownQuantities, unit.Name) || strings.Contains(name, ":") {
		return metric.Series{}, false
	}
	m.Unit = unit
	return metric.Series{Metric: m, Part: part}, true
}}
