package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// The kinds of data source that matter here, as Grafana's plugins are called. ofGrafana are its own: other
// panels, annotations, expressions over the results of queries, each query its own data source.
const prometheus = "prometheus"

var (
	ofPrometheus = []string{prometheus, "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource"}
	ofGrafana    = []string{"grafana", "datasource", "dashboard", "mixed", "__expr__"}
)

// datasource reads a reference to a data source: a name (Grafana before 8.3), a variable, or an object with
// its type and uid.
func (r *boardReader) datasource(v *value) plan.Datasource {
	ref := v
	d := plan.Datasource{}
	if v.isObject() {
		ref = v.get("uid")
		d.Type = v.get("type").str()
		d.ByUID = ref.isString()
	}
	at := ref.located()
	d.Ref, d.Span = at.Value, at.Span
	switch named := strings.ToLower(d.Ref); {
	case named == "-- mixed --":
		d.Type = "mixed"
	case named == "-- grafana --" || named == "grafana":
		d.Type = "grafana"
	case named == "-- dashboard --":
		d.Type = "dashboard"
	case named == "__expr__":
		d.Type = "__expr__"
	case d.Type != "":
	case named == "default" || named == "":
		d.Ref, d.Span = "", diag.Span{}
	default:
		if refs := promql.References(d.Ref); len(refs) > 0 {
			d.Type = r.types[refs[0].Name]
		} else if strings.Contains(named, "prometheus") {
			d.Type = prometheus
		}
	}
	if slices.Contains(ofPrometheus, d.Type) {
		d.Type = prometheus
	}
	return d
}

// datasourceVariables notes which kinds of data source variables stand for.
func (r *boardReader) datasourceVariables(list []*value) {
	for _, v := range list {
		if v.get("type").str() == "datasource" {
			r.types[v.get("name").str()] = v.get("query").str()
		}
	}
}

// passedOver counts queries that nobody judges.
type passedOver struct {
	types []string
	count int
	first diag.Span
}

func (p *passedOver) add(d plan.Datasource, at diag.Span) {
	if slices.Contains(ofGrafana, d.Type) {
		return
	}
	if p.count++; p.count == 1 {
		p.first = at
	}
	name := "an unknown data source"
	if d.Type != "" {
		name = "`" + d.Type + "`"
	}
	if !slices.Contains(p.types, name) {
		p.types = append(p.types, name)
	}
}

// report says once what was passed over.
func (p *passedOver) report(rep *diag.Report) {
	if p.count == 0 {
		return
	}
	what := "a query of %s is not judged: only PromQL is"
	if p.count > 1 {
		what = fmt.Sprintf("%d queries of %%s are not judged: only PromQL is", p.count)
	}
	rep.Add(&diag.Diagnostic{Severity: diag.Info, Message: fmt.Sprintf(what, strings.Join(p.types, ", ")), Span: p.first})
}

// query parses PromQL for a place; nil: it is none, and it was said, or it belongs to another language.
func (r *boardReader) query(text diag.Text, d plan.Datasource, place promql.Place) *plan.Written {
	if len(text.Value) > promql.MaxLength {
		r.rep.Add(&diag.Diagnostic{
			Severity: diag.Info, Span: text.Span,
			Message: fmt.Sprintf("an expression of %d bytes is not judged: more than %d are not read", len(text.Value), promql.MaxLength),
		}).WithHelp("record a part of it: nobody reads that much either")
		return nil
	}
	var mistakes diag.Report
	q := promql.ParseForeign(text, &mistakes)
	switch {
	case q != nil:
	case d.Type == "" && strings.Contains(outsideStrings(text.Value), "|"):
		r.passed.add(d, text.Span) // LogQL, by the look of it: PromQL has no pipes
		return nil
	default:
		r.rep.Merge(&mistakes)
		return nil
	}
	use := promql.Use{Place: place}
	if place == promql.InPanel {
		use.Window = 4 * r.in.Schema.Scrape // what Grafana makes of $__rate_interval at least
	}
	return &plan.Written{Query: q, Schema: r.in.Schema, Use: use}
}

// outsideStrings returns the text without what stands in quotes.
func outsideStrings(text string) string {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
