package alerts

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

func TestSentence(t *testing.T) {
	above := &plan.Alert{Op: plan.Above, Limits: []decimal.Decimal{dec("0.0042")}, UnitName: "seconds"}
	old, late := plan.Version{Major: 7, Minor: 1}, plan.Version{Major: 7, Minor: 4}
	for _, test := range []struct {
		text      plan.Text
		want      string
		wantLater string // from 7.4 on; empty: the same
	}{
		{plan.Text{lit("Nothing to fill in: 100 $")}, "Nothing to fill in: 100 $", ""},
		{plan.Text{lit("P90 inference time is "), value}, "P90 inference time is above 4.2ms", ""},
		{plan.Text{lit("P90 inference time is "), value, lit(".")}, "P90 inference time is above 4.2ms.", ""},
		{plan.Text{value, lit(" of requests fail")}, "Above 4.2ms of requests fail", ""},
		{plan.Text{lit("P90 is "), value, lit(", above 4.2ms")}, "P90 is above 4.2ms", ""},
		{plan.Text{lit("P90 is "), value, lit(", which is above 4.2ms.")}, "P90 is above 4.2ms.", ""},
		{plan.Text{lit("P90 of "), value, lit(" is above 4.2ms")}, "P90 is above 4.2ms", ""},
		{plan.Text{lit("error rate "), value, lit(" is too high")}, "error rate is too high", ""},
		{plan.Text{lit("Slow: "), value, lit(" is more than 4.2ms")}, "Slow is more than 4.2ms", ""},
		{plan.Text{lit("Too many errors ("), value, lit(")")}, "Too many errors", ""},
		{plan.Text{lit("Too many errors (now "), value, lit(" of all) since the deploy")}, "Too many errors since the deploy", ""},
		{plan.Text{lit("Mean confidence: "), value}, "Mean confidence: above 4.2ms", ""},
		{plan.Text{lit("Pod "), label("pod"), lit(" restarts")}, "Pod restarts", "Pod ${pod} restarts"},
		{plan.Text{lit(`Pod "`), label("pod"), lit(`" restarts`)}, "Pod restarts", `Pod "${pod}" restarts`},
		{plan.Text{label("pod"), lit(" restarts")}, "Some pod restarts", "${pod} restarts"},
		{plan.Text{lit("P90 of "), label("namespace"), lit("/"), label("pod"), lit(" is "), value}, "P90 of some namespace/some pod is above 4.2ms", "P90 of ${namespace}/${pod} is above 4.2ms"},
		{plan.Text{lit("Pod "), label("namespace"), lit("/"), label("pod"), lit(" is slow")}, "Pod is slow", "Pod ${namespace}/${pod} is slow"},
		{plan.Text{lit("Class "), label("label"), lit(" dominates")}, "Class dominates", "Class ${label} dominates"},
		{plan.Text{lit("The "), label("spell_tag"), lit(" is new")}, "Some spell tag is new", "The ${spell_tag} is new"},
		{plan.Text{label("job"), lit(": "), value, lit(" in "), label("pod")}, "Some job: above 4.2ms in some pod", "${job}: above 4.2ms in ${pod}"},
		{plan.Text{lit("literal ${pod}")}, "literal ${pod}", "literal $\u2060{pod}"},
		{plan.Text{lit("Slow of "), lit("m"), lit(": "), value, lit(" is above "), lit("4.2ms")}, "Slow of m is above 4.2ms", ""},
		{plan.Text{lit("Too slow ("), value, lit(" on "), lit("m"), lit(")")}, "Too slow", ""},
		{plan.Text{value}, "Above 4.2ms", ""},
		// What is asked for when the text is made is not known here: its whole sentence is left out.
		{plan.Text{lit("Too slow. Of the budget "), asked, lit(" is left; it lasts "), asked, lit(". Look at version 1.2 first.")}, "Too slow. Look at version 1.2 first.", ""},
		{plan.Text{asked, lit(" is left. Pod "), label("pod"), lit(" is slow")}, "Pod is slow", "Pod ${pod} is slow"},
		{plan.Text{lit("Pod "), label("pod"), lit(" is slow. Of the budget "), asked, lit(" is left.")}, "Pod is slow.", "Pod ${pod} is slow."},
		{plan.Text{lit("Of the budget "), asked, lit(" is left")}, "", ""},
		{nil, "", ""},
	} {
		if got := sentence(test.text, above, old); got != test.want {
			t.Errorf("%v: got %q, want %q", test.text, got, test.want)
		}
		if test.wantLater == "" {
			test.wantLater = test.want
		}
		if got := sentence(test.text, above, late); got != test.wantLater {
			t.Errorf("7.4, %v: got %q, want %q", test.text, got, test.wantLater)
		}
	}
}

func TestLimitPhrase(t *testing.T) {
	two := []decimal.Decimal{dec("0.2"), dec("0.8")}
	for want, a := range map[string]*plan.Alert{
		"above 85%":           {Op: plan.Above, Limits: []decimal.Decimal{dec("0.85")}, UnitName: "ratio"},
		"below 1.5GiB":        {Op: plan.Below, Limits: []decimal.Decimal{dec("1610612736")}, UnitName: "bytes"},
		"outside 20% to 80%":  {Op: plan.Outside, Limits: two, UnitName: "ratio"},
		"between 0.2 and 0.8": {Op: plan.Within, Limits: two},
		"missing":             {Op: plan.Absent},
		"beyond its limit":    {Op: plan.Above, Limits: []decimal.Decimal{dec("0")}, Whole: true},
	} {
		if got := limitPhrase(a); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestQuantity(t *testing.T) {
	for _, test := range []struct{ number, unit, want string }{
		{"0.0042", "seconds", "4.2ms"}, {"0.3", "seconds", "300ms"}, {"1", "seconds", "1s"}, {"90", "seconds", "1m30s"},
		{"1.5", "seconds", "1.5s"}, {"0.00000012", "seconds", "120ns"}, {"0.000012", "seconds", "12us"}, {"604800", "seconds", "1w"}, {"2592000", "seconds", "30d"},
		{"0", "seconds", "0s"}, {"-3", "seconds", "-3s"}, {"0.85", "ratio", "85%"}, {"0.001", "ratio", "0.1%"}, {"2147483648", "bytes", "2GiB"},
		{"1000", "bytes", "1000B"}, {"1e6", "bytes/s", "1000000B/s"}, {"1048576", "bytes/s", "1MiB/s"}, {"85", "celsius", "85 °C"},
		{"100", "requests/s", "100 requests/s"}, {"5", "", "5"}, {"5", "count/s", "5/s"}, {"10", "EUR", "10 EUR"}, {"0.25", "none", "0.25"},
	} {
		if got := quantity(dec(test.number), test.unit); got != test.want {
			t.Errorf("%s %s: got %q, want %q", test.number, test.unit, got, test.want)
		}
	}
}

// Holes in any place leave no marks of a template and do not change the plan.
func TestSentenceLeavesThePlanAlone(t *testing.T) {
	a := &plan.Alert{Op: plan.Above, Limits: []decimal.Decimal{dec("1")}, Summary: plan.Text{value, lit(" (too much) of "), label("x"), lit(`" y`)}}
	literals := []string{a.Summary[1].Literal, a.Summary[3].Literal}
	first := sentence(a.Summary, a, plan.Version{})
	if again := sentence(a.Summary, a, plan.Version{}); again != first {
		t.Errorf("%q, then %q", first, again)
	}
	if got := []string{a.Summary[1].Literal, a.Summary[3].Literal}; !slices.Equal(got, literals) {
		t.Errorf("the plan has changed: %q", got)
	}
}
