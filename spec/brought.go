package spec

import (
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// SLOs and checks that a profile has ready are off until a spec names them. The spec's entry changes the fields
// that it gives (LANGUAGE rule 7), and the rest is the profile's, under the names that things have here.

// What follows is for SLOs; brought_check.go does the same for checks.

// takeSLOs takes over the entries of `slos`, now that the profiles are known.
func (l *loader) takeSLOs(m *modelEntry) {
	for _, e := range m.slos {
		brought, of := l.readySLO(m, e)
		switch {
		case !e.Name.Given(): // reported
		case brought != nil:
			l.sameKind(e, brought, of)
			e.change(of.adaptedSLO(brought), of)
		case e.Omit.Given() && !m.lacksProfiles:
			l.errorf(e.Name.Span, "no SLO %s to leave out", code(e.Name.Value)).WithHelp("%s", didYouMean(e.Name.Value, m.readySLOs(), "`omit` is for SLOs that a profile of `uses` brings"))
		case m.lacksProfiles && e.given.first(sloKinds...) == nil:
			// it may turn on what a profile with mistakes brings: those were reported
		case e.given.first(sloKinds...) == nil && !e.given.has("omit") && suggest(e.Name.Value, m.readySLOs()) != "":
			l.errorf(e.Name.Span, "no profile of `uses` brings an SLO %s", code(e.Name.Value)).WithHelp("%s", didYouMean(e.Name.Value, m.readySLOs(), ""))
		default:
			l.completeSLO(e.SLO, e.given)
		}
		if !e.given.has("omit") {
			m.SLOs = append(m.SLOs, e.SLO)
		}
	}
}

// readySLOs are the names of all that profiles have ready.
func (m *modelEntry) readySLOs() (names []string) {
	for _, u := range m.Uses {
		for _, s := range u.Profile.SLOs {
			names = append(names, s.Name.Value)
		}
	}
	return names
}

// readySLO finds what an entry turns on; nil: nothing.
func (l *loader) readySLO(m *modelEntry, e *sloEntry) (found *SLO, of *Use) {
	for _, u := range m.Uses {
		for _, s := range u.Profile.SLOs {
			if !e.Name.Given() || s.Name.Value != e.Name.Value {
				continue
			}
			if found != nil {
				l.errorf(e.Name.Span, "profiles `%s` and `%s` both bring an SLO %s", of.Profile.Name, u.Profile.Name, code(e.Name.Value)).
					WithHelp("give it another name in one of the profiles").See(found.Name.Span, "one of them").See(s.Name.Span, "the other one")
				return found, of
			}
			found, of = s, u
		}
	}
	return found, of
}

// sameKind reports an entry that would make another thing of the SLO which a profile brings.
func (l *loader) sameKind(e *sloEntry, brought *SLO, of *Use) {
	k := e.given.first(append([]string{"total"}, sloKinds...)...)
	if k == nil {
		return
	}
	is, was := e.kind(), brought.kind()
	if is == "" { // a mistake that was reported, or `total` alone
		is = map[bool]string{true: "queries", false: was}[k.value == "total"]
	}
	if is != was {
		l.errorf(l.span(k), "`%s` beside what profile `%s` says is good: SLO %s cannot become another one", k.value, of.Profile.Name, code(e.Name.Value)).
			WithHelp("leave it out, or give yours another name").See(brought.Span, "the profile's")
	}
}

// kind is the key that says what is good; `queries` of those that do it together.
func (s *SLO) kind() string {
	switch {
	case s.Errors != nil || s.Good != nil:
		return "queries"
	case s.Role.Given():
		return "role"
	case s.Latency != nil:
		return "latency"
	case s.Share != nil:
		return "share"
	case s.Availability.Given():
		return "availability"
	case s.Freshness != nil:
		return "freshness"
	}
	return ""
}

// change completes an entry by what the profile has.
func (s *SLO) change(brought *SLO, of *Use) {
	s.Use = of
	if s.Errors == nil && s.Good == nil {
		s.Errors, s.Good = brought.Errors, brought.Good
	}
	orElse(&s.Total, brought.Total)
	orElse(&s.Latency, brought.Latency)
	orElse(&s.Share, brought.Share)
	orElse(&s.Freshness, brought.Freshness)
	orGiven(&s.Objective, brought.Objective)
	orGiven(&s.Period, brought.Period)
	orGiven(&s.Role, brought.Role)
	orGiven(&s.Availability, brought.Availability)
	orGiven(&s.MinEvents, brought.MinEvents)
	orGiven(&s.Revision, brought.Revision)
	orGiven(&s.Description, brought.Description)
	orAny(&s.By, brought.By)
	orAny(&s.Selector, brought.Selector)
}

func orElse[T any](into **T, other *T) {
	if *into == nil {
		*into = other
	}
}

func orGiven[T any](into *diag.Located[T], other diag.Located[T]) {
	if !into.Given() {
		*into = other
	}
}

func orAny[T any](into *[]T, other []T) {
	if len(*into) == 0 {
		*into = other
	}
}

// adaptedSLO is an SLO of the profile with the names that metrics and labels have here. Its queries stay as they are.
func (u *Use) adaptedSLO(declared *SLO) *SLO {
	s := *declared
	s.By, s.Selector = u.groups(s.By), u.matchers(s.Selector)
	for _, part := range []**SLOShare{&s.Latency, &s.Share, &s.Freshness} {
		if *part != nil {
			p := **part
			p.Metric, p.Good = u.metricHere(p.Metric), u.matchers(p.Good)
			*part = &p
		}
	}
	return &s
}

// metricHere is what a metric of the profile is called here.
func (u *Use) metricHere(name diag.Located[string]) diag.Located[string] {
	if to, ok := u.Renamed[name.Value]; ok {
		name.Value = to
	}
	return name
}

// groups are what labels of the profile are called here, with their places.
func (u *Use) groups(labels []diag.Located[string]) []diag.Located[string] {
	here := slices.Clone(labels)
	for i := range here {
		here[i].Value = u.label(here[i].Value)
	}
	return here
}

// matchers are those of the profile with the labels that it has here.
func (u *Use) matchers(list []metric.Matcher) []metric.Matcher {
	here := slices.Clone(list)
	for i := range here {
		here[i].Label = u.label(here[i].Label)
	}
	return here
}
