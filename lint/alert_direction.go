package lint

import (
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

var wrongDirection = &Rule{
	Name: "wrong-direction", Group: Alerts, Severity: diag.Warning,
	Doc: "an alert on the good side of a statistic",
	Run: func(p *Pass) { p.judgeLimits(wrongWay) },
}

// Words in the names of metrics that say which values are bad. goal turns the meaning around: what is left of an
// error budget is no error.
var (
	lowIsBad  = []string{"accuracy", "auc", "auroc", "auprc", "f1", "recall", "r2", "availability"}
	highIsBad = []string{"psi", "divergence", "wasserstein", "hellinger", "rmse", "mae", "mape", "mse", "latency", "error", "errors", "failures", "failed", "staleness", "lag"}
	pValue    = []string{"pvalue", "pval"}
	goal      = []string{"budget", "remaining", "left", "free", "target", "objective", "threshold", "limit", "reference", "baseline", "expected"}
)

// badSide says on which side the bad values of a metric are, and why; empty if nobody can tell.
func (m subject) badSide() (plan.Op, string) {
	words := tokens(m.name)
	role := ""
	if m.series.Metric != nil {
		role = m.series.Metric.Role
	}
	switch {
	case anyToken(words, goal...):
		return "", ""
	case isPValue(words) && !m.share:
		return plan.Below, "a small p-value says that something changed"
	case (role == "errors" || m.failing || anyToken(words, "errors", "error", "failures", "failed")) && !anyToken(words, lowIsBad...):
		return plan.Above, "few errors are good"
	case m.share:
		return "", ""
	case role == "latency", role == "label_delay", anyToken(words, "latency", "staleness", "lag"):
		return plan.Above, "being quick is good"
	case anyToken(words, lowIsBad...):
		return plan.Below, "a high `" + m.name + "` is good"
	case anyToken(words, highIsBad...):
		return plan.Above, "a small `" + m.name + "` says that little changed"
	}
	return "", ""
}

// isPValue: `p` and `value` beside each other, or one word.
func isPValue(words []string) bool {
	for i, w := range words {
		if w == "p" && i+1 < len(words) && (words[i+1] == "value" || words[i+1] == "val") {
			return true
		}
	}
	return anyToken(words, pValue...)
}

// wrongDirection reports an alert on the good side of what it measures, unless its other side is watched, too.
func (p *Pass) wrongDirection(c comparison) (message, help string, ok bool) {
	m, known := c.subject(c.value)
	if !known || c.limit <= 0 || p.watchesBoth(c) {
		return "", "", false
	}
	bad, why := m.badSide()
	if bad == "" || bad == c.op {
		return "", "", false
	}
	help = "fire when it is " + string(bad) + " a limit"
	if c.inPromQL() {
		help = "turn the comparison around: `" + map[plan.Op]string{plan.Above: ">", plan.Below: "<"}[bad] + "`"
	}
	return c.What() + " fires " + string(c.op) + " `" + c.text + "`, on the good side: " + why, help, true
}

// onGoodSide reports whether an alert is about the good values of what it measures.
func (s *Site) onGoodSide() bool {
	for _, c := range s.comparisons() {
		m, known := c.subject(c.value)
		if bad, _ := m.badSide(); known && bad != "" && bad != c.op {
			return true
		}
	}
	return false
}

// watchesBoth: the alert, or another one of the plan, watches the other side of the same value.
func (p *Pass) watchesBoth(c comparison) bool { return len(p.limits().sides[c.value.String()]) > 1 }
