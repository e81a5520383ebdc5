package alerts

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

func TestPromText(t *testing.T) {
	for _, test := range []struct {
		text     plan.Text
		unit     string
		template string
		shown    string // with the value 0.25 and the labels below
	}{
		{plan.Text{lit("P90 is "), value}, "seconds", "P90 is {{ $value | humanizeDuration }}", "P90 is 250ms"},
		{plan.Text{value, lit(" of requests fail")}, "ratio", "{{ $value | humanizePercentage }} of requests fail", "25% of requests fail"},
		{plan.Text{value}, "bytes", "{{ $value | humanize1024 }}B", "0.25B"},
		{plan.Text{value}, "bytes/s", "{{ $value | humanize1024 }}B/s", "0.25B/s"},
		{plan.Text{value}, "requests/s", "{{ $value | humanize }} requests/s", "250m requests/s"},
		{plan.Text{value}, "count/s", "{{ $value | humanize }}/s", "250m/s"},
		{plan.Text{value}, "", "{{ $value | humanize }}", "250m"},
		{plan.Text{value}, "celsius", "{{ $value | humanize }} °C", "250m °C"},
		{plan.Text{value}, "timestamp", "{{ $value | humanizeTimestamp }}", "1970-01-01 00:00:00.25 +0000 UTC"},
		{plan.Text{value}, "ratio/s", "{{ $value | humanize }} ratio/s", "250m ratio/s"},
		{plan.Text{value}, "{{EUR}}", `{{ $value | humanize }} {{"{{"}}EUR}}`, "250m {{EUR}}"},
		{plan.Text{lit("pod "), label("pod")}, "", "pod {{ $labels.pod }}", "pod p-1"},
		{plan.Text{label("na.me")}, "", `{{ index $labels "na.me" }}`, "dotted"},
		{plan.Text{label(`q"}}{{`)}, "", `{{ index $labels "q\"}}{{" }}`, "quoted"},
		{plan.Text{label("missing"), lit("!")}, "", "{{ $labels.missing }}!", "!"},
		{plan.Text{lit("{"), value, lit("}")}, "", `{{"{"}}{{ $value | humanize }}}`, "{250m}"},
		{plan.Text{lit("a{b"), lit("{"), lit("{")}, "", `a{b{{"{"}}{{"{"}}`, "a{b{{"},
		{nil, "seconds", "", ""},
	} {
		got := promText(test.text, test.unit)
		if got != test.template {
			t.Errorf("%v: got %q, want %q", test.text, got, test.template)
		}
		labels := map[string]string{"pod": "p-1", "na.me": "dotted", `q"}}{{`: "quoted"}
		if shown, err := expand(got, labels, 0.25); err != nil || shown != test.shown {
			t.Errorf("%q shows %q, %v; want %q", got, shown, err, test.shown)
		}
	}
}

// FuzzText: a literal passes through template and YAML unchanged, beside other literals and holes.
func FuzzText(f *testing.F) {
	for i, s := range strangers {
		f.Add(s, strangers[(i+1)%len(strangers)])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || len(a)+len(b) > 1<<12 {
			t.Skip("the loader refuses what is not UTF-8; long texts only slow the fuzzer down")
		}
		text := promText(plan.Text{lit(a), label(b), lit(b), value, lit(a), lit(b)}, "ratio")
		data, err := generators.EncodeYAML("x", generators.Texts(map[string]string{"summary": text}))
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]string
		if err := yaml.Unmarshal(data, &back); err != nil || back["summary"] != text {
			t.Fatalf("YAML: %q became %q, %v", text, back["summary"], err)
		}
		got, err := expand(text, map[string]string{b: "L"}, 0.5)
		if want := a + "L" + b + "50%" + a + b; err != nil || got != want {
			t.Fatalf("template %q: got %q, want %q, %v", text, got, want, err)
		}
	})
}

func TestSpellingsAreUnits(t *testing.T) {
	for unit := range spellings {
		if strings.HasSuffix(unit, "/s") {
			t.Errorf("`%s`: rates are derived", unit)
		}
	}
}
