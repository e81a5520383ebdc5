package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/derive"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// useMethod finds the method that the check names, else the first of its subject; false after reporting.
func (c *check) useMethod(of string) bool {
	var names []string
	elsewhere := ""
	for _, m := range c.kind.Methods {
		fits := m.Of == "" || of == "" || m.Of == of
		switch {
		case !fits && m.Name == c.spec.Method.Value:
			elsewhere = m.Of
		case !fits:
		case !c.spec.Method.Given(), m.Name == c.spec.Method.Value:
			c.method = m
			return c.checkLimits()
		default:
			names = append(names, m.Name)
		}
	}
	d := c.errorf(c.spec.Method.Span, "`%s` has no method `%s`", c.kind.Name, c.spec.Method.Value)
	if elsewhere != "" {
		d.Message = "method `" + c.spec.Method.Value + "` is for " + elsewhere + ", and this are " + of
	}
	d.WithHelp("%s", diag.DidYouMean(c.spec.Method.Value, names, "it has "+strings.Join(names, ", ")))
	return false
}

// eitherSide are the kinds whose author knows which side is bad.
var eitherSide = []spec.CheckKind{spec.CheckScore, spec.CheckExternal, spec.CheckCanary}

// checkLimits reports limits outside of the range of the score. Whether they are quantities, and in order, is said where the
// alert is planned.
func (c *check) checkLimits() bool {
	if d := c.spec.Direction; d.Given() && d.Value != string(c.method.Op) && !slices.Contains(eitherSide, c.kind.Name) {
		c.errorf(d.Span, "`%s` is bad on the other side: %s its limit", c.method.Name, c.method.Op).WithHelp("leave `direction` out")
		return false
	}
	return c.checkLimit(c.spec.Warn) && c.checkLimit(c.spec.Alert)
}

// checkLimit reports a limit that no score can reach, or that each is beyond.
func (c *check) checkLimit(limit diag.Located[string]) bool {
	v, err := metric.Quantity(limit.Value, c.method.Unit)
	if !limit.Given() || err != nil {
		return true
	}
	low, high := number(c.method.Low), number(c.method.High)
	if c.method.Op == spec.Above && high != nil && v.GreaterThanOrEqual(*high) || c.method.Op == spec.Below && low != nil && v.LessThanOrEqual(*low) {
		c.errorf(limit.Span, "`%s` never is %s `%s`: %s", c.method.Name, c.method.Op, limit.Value, c.method.between()).
			WithHelp("take a limit inside of that range")
		return false
	}
	if c.method.Op == spec.Above && low != nil && v.LessThan(*low) || c.method.Op == spec.Below && high != nil && v.GreaterThan(*high) {
		c.errorf(limit.Span, "`%s` always is %s `%s`: %s", c.method.Name, c.method.Op, limit.Value, c.method.between()).
			WithHelp("take a limit inside of that range")
		return false
	}
	return true
}

// between says where the score lies.
func (m *Method) between() string {
	switch {
	case m.Low == "":
		return "it is at most " + m.High
	case m.High == "":
		return "it is at least " + m.Low
	}
	return "it lies between " + m.Low + " and " + m.High
}

// number reads a bound of the table; nil: none.
func number(text string) *decimal.Decimal {
	v, err := decimal.NewFromString(text)
	if err != nil {
		return nil
	}
	return &v
}

// warnLimit and alertLimit are the limits: the check's, else the method's. Not Given: there is none.
func (c *check) warnLimit() diag.Located[string] {
	if c.spec.Warn.Given() || c.spec.Alert.Given() || c.method.Warn == "" { // a default warn may be beyond an own limit
		return c.spec.Warn
	}
	return derive.Made(c.method.Warn)
}

func (c *check) alertLimit() diag.Located[string] {
	if c.spec.Alert.Given() || c.method.Alert == "" {
		return c.spec.Alert
	}
	return derive.Made(c.method.Alert)
}

// alarm is an alert of a check, as far as it differs from others.
type alarm struct {
	// suffix of its name: a check may have several.
	suffix string
	// query is what is compared.
	query string
	// op, limit and warn; an empty op is the method's, limits not Given are the check's.
	op          spec.Op
	limit, warn diag.Located[string]
	// waits is how long it must hold; 0: as long as the check's.
	waits time.Duration
	// what happened, in a few words; detail says by how much and where.
	summary, detail []spec.TemplatePart
	// plain: the questions of the kind do not belong to it.
	plain bool
}

// alert adds an alert. A check with `alert: off` has none; one without a limit cannot.
func (c *check) alert(a alarm) {
	if a.op == "" {
		a.op = c.method.Op
	}
	if !a.limit.Given() {
		a.limit, a.warn = c.alertLimit(), c.warnLimit()
	}
	if c.spec.NoAlert || !a.limit.Given() {
		return
	}
	if a.waits == 0 {
		a.waits = c.waits()
	}
	query := derive.Query(a.query)
	made := spec.Alert{
		Name: derive.Made(camel(c.name) + a.suffix), Query: &query, Severity: derive.Made(c.severity()), For: derive.Made(a.waits),
		Condition: &spec.Condition{Op: a.op, Limits: []diag.Located[string]{a.limit}, Span: a.limit.Span}, Warn: a.warn,
		Signal: derive.Made(c.kind.signal), Order: c.kind.order,
	}
	made.Summary = derive.Template(append([]spec.TemplatePart{derive.Model(), derive.Say(": ")}, a.summary...)...)
	text := a.detail
	if advice := c.advice(); advice != "" && !a.plain {
		text = append(append([]spec.TemplatePart{}, a.detail...), derive.Say(" "+advice))
	}
	made.Description = derive.Template(text...)
	c.thing.Alerts = append(c.thing.Alerts, &derive.Alert{Alert: made, Group: c.group})
}

// advice is what its author says of the check, else the questions of its kind.
func (c *check) advice() string {
	if own := c.spec.Description.Value; own != "" {
		return own
	}
	return strings.Join(c.kind.Questions, " ")
}

func (c *check) severity() string {
	switch {
	case c.spec.Severity.Given():
		return c.spec.Severity.Value
	case c.kind.Severity != "":
		return c.kind.Severity
	}
	return "ticket"
}

// waits is how long a score must be beyond its limit: three evaluations at least.
func (c *check) waits() time.Duration {
	if c.spec.For.Given() {
		return c.spec.For.Value
	}
	return max(c.kind.For, 3*c.group.Interval)
}

// pane is a panel of a check, as far as it differs from others.
type pane struct {
	title, text, typ string
	queries          []spec.PanelQuery
	unit             metric.Unit
	// limits: the panel draws those of the alerts.
	limits bool
	// of 24; 0: 8.
	width int
	max   string
}

func (c *check) pane(p pane) {
	made := &spec.Panel{
		Title: derive.Made(p.title), Description: derive.Made(p.text), Queries: p.queries, Width: p.width, Height: 8,
		Order: panelOrder + c.kind.order, Span: c.spec.Span,
	}
	if made.Width == 0 {
		made.Width = 8
	}
	if p.typ != "" {
		made.Type = derive.Made(p.typ)
	}
	switch {
	case !p.limits:
	case c.spec.NoAlert:
		made.Thresholds = c.softLine()
	default:
		made.Limits = derive.Made(camel(c.name))
	}
	if !p.unit.IsZero() {
		made.Unit = derive.Made(p.unit)
	}
	if p.max != "" {
		limit := derive.Made(p.max)
		made.Max = &limit
	}
	c.panels = append(c.panels, made)
}

// softLine is the softer limit of a check without an alert, as a line.
func (c *check) softLine() []spec.Step {
	warn := c.warnLimit()
	fine, beyond := derive.Made("green"), derive.Made("yellow")
	switch {
	case !warn.Given():
		return nil
	case c.method.Op == spec.Below:
		fine, beyond = beyond, fine
	}
	return []spec.Step{{Color: fine}, {Color: beyond, Value: warn}}
}

// query is one query of a panel; of several results each is named by its labels.
func (c *check) query(legend, text string, labels ...string) spec.PanelQuery {
	names := make([]string, 0, len(labels)+1)
	for _, l := range append(append([]string{}, c.by...), labels...) {
		names = append(names, "{{"+l+"}}")
	}
	if legend != "" {
		names = append(names, legend)
	}
	return spec.PanelQuery{Legend: derive.Made(strings.Join(names, " ")), Text: derive.Query(text)}
}

// panelOrder puts checks behind what roles show of the same storey.
const panelOrder = 100

// camel is a slug as alerts have it: `drift-amount` is DriftAmount.
func camel(slug string) string {
	var b strings.Builder
	for _, word := range strings.Split(slug, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if name := b.String(); name == "" || name[0] < '0' || name[0] > '9' {
		return name
	}
	return "Check" + b.String()
}

// title is the name as people write it.
func (c *check) title() string {
	s := strings.ReplaceAll(c.name, "-", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}
