package checks

import (
	"slices"
)

// checkOwnLabels reports labels of `by` that the check gives to what it records.
func (c *check) checkOwnLabels() bool {
	for _, l := range c.spec.By {
		if slices.Contains([]string{"check", labelFeature, bucketLabel, offsetLabel, "le"}, l.Value) {
			c.errorf(l.Span, "the check itself gives what it records a label `%s`", l.Value).WithHelp("rename the label of the metric")
			return false
		}
	}
	return true
}

// driftMethod finds the method: one for all metrics, so that they have one family of scores.
func (c *check) driftMethod(subjects []*subject) bool {
	mixed := slices.ContainsFunc(subjects, func(s *subject) bool { return s.of != subjects[0].of })
	if mixed && !c.spec.Method.Given() {
		c.method = methodNamed(methodPSI)
		return c.checkLimits()
	}
	for i, s := range subjects {
		if (i == 0 || s.of != subjects[0].of) && !c.useMethod(s.of) {
			return false
		}
	}
	return true
}

// checkMethodKeys reports keys that say something to other methods only.
func (c *check) checkMethodKeys() bool {
	name := c.method.Name
	if at := c.spec.Quantile; at.Given() && name != methodQuantile {
		c.errorf(at.Span, "`quantile` of method `%s`, which compares whole distributions", name).WithHelp("leave it out, or take `method: %s`", methodQuantile)
		return false
	}
	if at := c.spec.Smoothing; at.Given() && name != methodPSI && name != methodKL {
		c.errorf(at.Span, "`smoothing` of method `%s`, which does not divide by shares", name).WithHelp("leave it out: only `%s` and `%s` need it", methodPSI, methodKL)
		return false
	}
	if a := c.spec.Against; a != nil && len(a.Offsets) > 1 && name == methodChi2 {
		c.errorf(c.spec.Method.Span, "`%s` compares the counts of two samples, and a median of several times is none", name).WithHelp("take one `offset`, or `%s`", methodPSI).See(a.Span, "the times")
		return false
	}
	if a := c.spec.Against; a != nil && len(a.Reference) > 0 && byPoint(name) {
		c.errorf(c.spec.Method.Span, "`%s` cannot be computed of the shares of a reference", name).WithHelp("take `%s` or `%s`", methodKS, methodWasserstein).See(a.Span, "the reference")
		return false
	}
	return true
}

// driftUnit gives methods that measure in the unit of the metric that unit.
func (c *check) driftUnit(subjects []*subject) bool {
	if name := c.method.Name; name != methodWasserstein && name != methodQuantile {
		return true
	}
	first := subjects[0].Metric
	for _, s := range subjects[1:] {
		if s.Unit != first.Unit {
			c.errorf(c.subject(s.Metric), "`%s` is in the unit of its metric, and `%s` has another one than `%s`", c.method.Name, s.Name, first.Name).
				WithHelp("make a check of each, or take `%s`", methodKS).See(s.UnitSpan, "its unit")
			return false
		}
	}
	m := *c.method
	m.Unit = first.Unit
	c.method = &m
	return true
}

// driftLimits decides the limits of each metric; false after reporting.
func (c *check) driftLimits(subjects []*subject) bool {
	method := c.method
	defer func() { c.method = method }()
	for _, s := range subjects {
		if !c.checkSignificance(s.many) {
			return false
		}
		c.method = c.withChance(s.many)
		s.warn, s.alert = c.warnLimit(), c.alertLimit()
		if x := c.exception(s.Metric); x != nil {
			if !c.checkLimit(x.Warn) || !c.checkLimit(x.Alert) {
				return false
			}
			if x.Alert.Given() {
				s.warn, s.alert = x.Warn, x.Alert
			} else {
				s.warn = x.Warn
			}
		}
		if !s.alert.Given() && !c.spec.NoAlert {
			at := c.spec.Method.Span
			if !c.spec.Method.Given() {
				at = c.spec.Kind.Span
			}
			help := "say it: `alert: …`, in the unit of the metric; or `alert: off` for a panel without an alert"
			if method.Name == methodChi2 {
				help = "say it: `alert: …`, or which chance is accepted: `significance: 0.001`; or `alert: off` for a panel without an alert"
			}
			c.errorf(at, "`%s` has no limit of its own: what is much depends on the metric", method.Name).WithHelp("%s", help)
			return false
		}
	}
	return true
}
