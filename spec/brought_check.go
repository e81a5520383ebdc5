package spec

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// takeChecks takes over the entries of `checks`, now that the profiles are known.
func (l *loader) takeChecks(m *modelEntry) {
	for _, e := range m.checks {
		brought, of := l.readyCheck(m, e)
		switch {
		case brought != nil && l.otherCheck(e, brought, of): // reported
		case brought != nil:
			e.change(of.adaptedCheck(brought), of)
			l.completeCheck(e)
		case e.given.has("omit") && !e.Name.Given(): // reported
		case e.Omit.Given() && !m.lacksProfiles:
			l.errorf(e.Name.Span, "no check %s to leave out", code(e.Name.Value)).WithHelp("%s", didYouMean(e.Name.Value, m.readyChecks(), "`omit` is for checks that a profile of `uses` brings"))
		case m.lacksProfiles && !e.Kind.Given():
			// it may turn on what a profile with mistakes brings: those were reported
		case !e.Kind.Given() && e.Name.Given() && !e.given.has("omit") && suggest(e.Name.Value, m.readyChecks()) != "":
			l.errorf(e.Name.Span, "no profile of `uses` brings a check %s", code(e.Name.Value)).WithHelp("%s", didYouMean(e.Name.Value, m.readyChecks(), ""))
		default:
			l.completeCheck(e)
		}
		if !e.given.has("omit") {
			m.Checks = append(m.Checks, &e.Check)
		}
	}
}

// readyChecks are the names of all that profiles have ready.
func (m *modelEntry) readyChecks() (names []string) {
	for _, u := range m.Uses {
		for _, c := range u.Profile.Checks {
			names = append(names, c.Name.Value)
		}
	}
	return names
}

// readyCheck finds what an entry turns on; nil: nothing.
func (l *loader) readyCheck(m *modelEntry, e *checkEntry) (found *Check, of *Use) {
	for _, u := range m.Uses {
		for _, c := range u.Profile.Checks {
			if e.Name.Value == "" || c.Name.Value != e.Name.Value {
				continue
			}
			if found != nil {
				l.errorf(e.place(), "profiles `%s` and `%s` both bring a check %s", of.Profile.Name, u.Profile.Name, code(e.Name.Value)).
					WithHelp("give it another `name:` in one of the profiles").See(found.place(), "one of them").See(c.place(), "the other one")
				return found, of
			}
			found, of = c, u
		}
	}
	return found, of
}

// otherCheck reports an entry that would make another thing of the check which a profile brings.
func (l *loader) otherCheck(e *checkEntry, brought *Check, of *Use) bool {
	if !e.Kind.Given() || e.Kind.Value == brought.Kind.Value {
		return false
	}
	l.errorf(e.Kind.Span, "check %s of profile `%s` is one of `%s`: it cannot become another one", code(e.Name.Value), of.Profile.Name, brought.Kind.Value).
		WithHelp("leave the kind out, or give yours another name").See(brought.place(), "the profile's")
	return true
}

// change completes an entry by what the profile has.
func (c *Check) change(brought *Check, of *Use) {
	c.Use = of
	if len(c.Metrics) == 0 && !c.Role.Given() && len(c.Parts) == 0 {
		c.Metrics, c.Role, c.Parts = brought.Metrics, brought.Role, brought.Parts
	}
	if !c.Alert.Given() && !c.NoAlert {
		c.Alert, c.NoAlert = brought.Alert, brought.NoAlert
	}
	if !c.Under.Given() && !c.Above.Given() { // one excludes the other
		c.Under, c.Above = brought.Under, brought.Above
	}
	if len(c.Valid) == 0 && len(c.Bad) == 0 && !c.Of.Given() {
		c.Valid, c.Bad, c.Of = brought.Valid, brought.Bad, brought.Of
	}
	orElse(&c.Query, brought.Query)
	orElse(&c.Against, brought.Against)
	for _, f := range []struct{ into, other *diag.Located[string] }{
		{&c.Method, &brought.Method}, {&c.Across, &brought.Across},
		{&c.Truth, &brought.Truth}, {&c.Predicted, &brought.Predicted}, {&c.Class, &brought.Class},
		{&c.Reference, &brought.Reference}, {&c.Coverage, &brought.Coverage}, {&c.MinCoverage, &brought.MinCoverage},
		{&c.Direction, &brought.Direction}, {&c.Warn, &brought.Warn}, {&c.Severity, &brought.Severity}, {&c.Description, &brought.Description},
	} {
		orGiven(f.into, *f.other)
	}
	orGiven(&c.Kind, brought.Kind)
	orGiven(&c.Window, brought.Window)
	orGiven(&c.MinSamples, brought.MinSamples)
	orGiven(&c.Quantile, brought.Quantile)
	orGiven(&c.Smoothing, brought.Smoothing)
	orGiven(&c.Significance, brought.Significance)
	orGiven(&c.Delay, brought.Delay)
	orGiven(&c.AtLeast, brought.AtLeast)
	orGiven(&c.Unit, brought.Unit)
	orGiven(&c.For, brought.For)
	orAny(&c.By, brought.By)
	orAny(&c.Selector, brought.Selector)
	orAny(&c.Positive, brought.Positive)
	orAny(&c.Actual, brought.Actual)
	orAny(&c.Except, brought.Except)
	orAny(&c.Range, brought.Range)
}

// adaptedCheck is a check of the profile with the names that metrics and labels have here. Its query stays as it is.
func (u *Use) adaptedCheck(declared *Check) *Check {
	c := *declared
	c.Metrics = slices.Clone(c.Metrics)
	for i := range c.Metrics {
		c.Metrics[i] = u.metricHere(c.Metrics[i])
	}
	c.Parts = slices.Clone(c.Parts)
	for i := range c.Parts {
		c.Parts[i].Metric = u.metricHere(c.Parts[i].Metric)
	}
	c.Except = slices.Clone(c.Except)
	for i := range c.Except {
		c.Except[i].Metric = u.metricHere(c.Except[i].Metric)
	}
	c.Of, c.Coverage = u.metricHere(c.Of), u.metricHere(c.Coverage)
	for _, label := range []*diag.Located[string]{&c.Across, &c.Truth, &c.Predicted} {
		label.Value = u.label(label.Value)
	}
	c.By, c.Selector, c.Bad = u.groups(c.By), u.matchers(c.Selector), u.matchers(c.Bad)
	c.Positive, c.Actual = u.matchers(c.Positive), u.matchers(c.Actual)
	if c.Against != nil {
		a := *c.Against
		a.Label.Value = u.label(a.Label.Value)
		c.Against = &a
	}
	return &c
}
