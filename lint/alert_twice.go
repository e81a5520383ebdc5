package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// twiceRules find what is there twice.
var twiceRules = []*Rule{duplicateAlert, duplicateRecord, twoEvaluators}

var duplicateAlert = &Rule{
	Name: "duplicate-alert", Group: Alerts, Severity: diag.Warning,
	Doc: "two alerts that fire for the same reason at the same time",
	Run: func(p *Pass) {
		first := map[string]*plan.Alert{}
		said := map[string]bool{} // once for all members
		for _, a := range p.Plan.Alerts {
			key := fmt.Sprintf("%s\x00%s\x00%s", a.Member, alertExpr(a), a.For)
			other, again := first[key]
			if !again {
				first[key] = a
				continue
			}
			at, own := p.ownName(a)
			if !own { // what a role brings may stand behind the author's
				a, other = other, a
				at, own = p.ownName(a)
			}
			if !own || said[a.Name] {
				continue
			}
			said[a.Name] = true
			same := "is the same as `" + other.Name + "`"
			if a.Name == other.Name {
				same = "is there twice"
			}
			p.Reportf(at, "alert `%s` %s: same expression, same `for`", a.Name, same).See(other.Source, "the other one").
				Help = "remove one of the two, or give them different limits"
		}
	},
}

// alertExpr is the expression of an alert without its layout.
func alertExpr(a *plan.Alert) string {
	if a.File != nil {
		return a.File.Expr.Expr().String()
	}
	if a.Legacy != nil {
		return fmt.Sprint(a.Written.Query.Expr(), a.Reduce, a.Over, a.Op, a.Limits)
	}
	return a.Expr
}

var duplicateRecord = &Rule{
	Name: "duplicate-record", Group: Alerts, Severity: diag.Warning,
	Doc: "one series that two rules record",
	Run: func(p *Pass) {
		first := map[string]*plan.Record{}
		for _, r := range p.Plan.Records {
			if r.File == nil {
				continue // a spec refuses it
			}
			labels := make([]string, 0, len(r.Labels))
			for _, l := range r.Labels {
				labels = append(labels, l.Name+"\x00"+l.Value)
			}
			slices.Sort(labels)
			key := r.Name + "\x00" + r.Written.Query.Expr().String() + "\x00" + strings.Join(labels, "\x00")
			other, again := first[key]
			if !again {
				first[key] = r
				continue
			}
			p.Reportf(r.File.Name, "`%s` is recorded twice, with the same expression", r.Name).See(other.File.Name, "the other one").
				Help = "remove one of the two: Prometheus drops the samples of the later one, and warns at each evaluation"
		}
	},
}

var twoEvaluators = &Rule{
	Name: "two-evaluators", Group: Alerts, Severity: diag.Warning,
	Doc: "alerts that two systems evaluate, and notify of twice",
	Workspace: func(p *WorkspacePass) {
		list := p.Workspace.Evaluators
		if len(list) < 2 {
			return
		}
		var names []string
		for _, e := range list {
			names = append(names, "`"+e.Value+"`")
		}
		p.Reportf(list[1].Span, "%s both evaluate every alert: each fires twice", strings.Join(names, " and ")).
			Help = "name one of them; while people move from one to the other, say so in a comment"
	},
}
