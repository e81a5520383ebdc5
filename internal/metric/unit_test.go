package metric

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func TestUnitTable(t *testing.T) {
	var names []string
	for _, b := range baseUnits {
		names = append(names, b.name)
		if b.doc == "" || b.grafana == "" {
			t.Errorf("%s: no doc or no unit of Grafana", b.name)
		}
		if u, ok := (Units{}).Named(b.name); !ok || u != (Unit{b.name, b.grafana}) {
			t.Errorf("Named(%s) = %v, %v", b.name, u, ok)
		}
		seen := map[string]bool{}
		for _, s := range b.scales {
			if seen[s.suffix] || !s.factor.IsPositive() {
				t.Errorf("%s: suffix %q twice, or without a factor", b.name, s.suffix)
			}
			seen[s.suffix] = true
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("units are not sorted, or not unique: %v", names)
	}
	for _, o := range otherNames {
		if base(o.unit) == nil || base(o.name) != nil {
			t.Errorf("%s is no other name of %s", o.name, o.unit)
		}
	}
}

func TestNamed(t *testing.T) {
	us := Units{Extra: map[string]string{"EUR": "currencyEUR"}}
	for name, want := range map[string]Unit{
		"EUR": {"EUR", "currencyEUR"}, "bytes/s": {"bytes/s", "Bps"}, "requests/s": {"requests/s", "reqps"},
		"seconds/s": {"ratio", "percentunit"}, "joules/s": {"watts", "watt"}, "EUR/s": {"EUR/s", "suffix:/s"}, "points": {"points", "suffix:pt"},
		"count/s": {"count/s", "suffix:/s"}, "tokens/s": {"tokens/s", "suffix:tok/s"},
	} {
		if got, ok := us.Named(name); !ok || got != want {
			t.Errorf("Named(%s) = %v, %v, want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "/s", "bytes/s/s", "sec", "percentunit", "Seconds", "EUR "} {
		if got, ok := us.Named(name); ok {
			t.Errorf("Named(%q) = %v", name, got)
		}
	}
	if names := us.Names(); !slices.IsSorted(names) || !slices.Contains(names, "EUR") || len(names) != len(baseUnits)+1 {
		t.Errorf("Names() = %v", names)
	}
	for text, want := range map[string]string{"percentunit": "ratio", "ms": "seconds", "GiB": "bytes", "milliseconds": "seconds", "m": "", "furlong": ""} {
		if got := us.Meant(text); got != want {
			t.Errorf("Meant(%s) = %q, want %q", text, got, want)
		}
	}
}

func unit(t *testing.T, name string) Unit {
	t.Helper()
	if name == "" {
		return Unit{}
	}
	u, ok := Units{}.Named(name)
	if !ok {
		t.Fatalf("no unit %s", name)
	}
	return u
}

func TestQuantity(t *testing.T) {
	for _, c := range []struct{ text, unit, want string }{
		{"4.2ms", "seconds", "0.0042"}, {"300ms", "seconds", "0.3"}, {"1d", "seconds", "86400"}, {"1h30m", "seconds", "5400"}, {"0.3 seconds", "seconds", "0.3"},
		{"90", "seconds", "90"}, {"1m", "seconds", "60"}, {"1m", "meters", "1"}, {"250m", "cores", "0.25"}, {"3µs", "seconds", "0.000003"},
		{"85%", "ratio", "0.85"}, {"85 %", "ratio", "0.85"}, {"51%", "", "0.51"}, {"100%", "ratio", "1"}, {"0.1%", "ratio", "0.001"},
		{"2GiB", "bytes", "2147483648"}, {"1.5MB", "bytes", "1500000"}, {"10MB/s", "bytes/s", "10000000"}, {"10 MB", "bytes/s", "10000000"}, {"5 bytes/s", "bytes/s", "5"},
		{"-5", "celsius", "-5"}, {"+5", "none", "5"}, {"1_000_000", "none", "1000000"}, {".5", "ratio", "0.5"}, {"1e3", "none", "1000"}, {"1E-3", "", "0.001"},
		{"0.1", "", "0.1"}, {"123456789012345678.123456789012345678", "none", "123456789012345678.123456789012345678"}, {"5k", "count", "5000"},
	} {
		got, err := Quantity(c.text, unit(t, c.unit))
		if err != nil || got.String() != c.want {
			t.Errorf("Quantity(%q, %s) = %s, %v, want %s", c.text, c.unit, got, err, c.want)
		}
		if err := (Units{}).CheckQuantity(c.text); err != nil {
			t.Errorf("CheckQuantity(%q) = %v", c.text, err)
		}
	}
	for _, c := range []struct{ text, unit, want string }{
		{"", "seconds", "is not a number"}, {"fast", "seconds", "is not a number"}, {"1.2.3", "", "is not a number"}, {"1e999", "", "is not a number"},
		{"0x10", "none", "unknown unit"}, {"1,5", "none", "unknown unit"}, {"NaN", "", "is not a number"}, {"Inf", "", "is not a number"}, {"--5", "", "is not a number"},
		{"1s", "bytes", "a quantity of seconds"}, {"5%", "seconds", "a quantity of ratio"}, {"5ms", "", "without a known unit"}, {"1h30m", "bytes", "unknown unit"},
		{"10 parsecs", "meters", "unknown unit `parsecs`"}, {"1MB", "seconds", "a quantity of bytes"}, {"1m", "ratio", "a quantity of cores or meters or seconds"},
		{"1__0", "", "unknown unit"}, {strings.Repeat("9", 200), "", "is not a number"}, {"5" + strings.Repeat("x", 1000), "", "unknown unit"},
	} {
		got, err := Quantity(c.text, unit(t, c.unit))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Quantity(%q, %s) = %s, %v, want an error with %q", clip(c.text), c.unit, got, err, c.want)
		} else if len(err.Error()) > 400 {
			t.Errorf("Quantity(%q): the message has %d bytes", clip(c.text), len(err.Error()))
		}
	}
}

// Conversions are exact: with every unit and every suffix, whatever the digits, the result is the rational
// number that the text means.
func TestQuantityIsExact(t *testing.T) {
	digits := []string{"0", "1", "7", "0.1", "0.3", "4.2", "99.999", "0.000000000000000001", "123456789.987654321", "-0.7", "3e-9", "1_234.5e7"}
	for _, b := range baseUnits {
		for _, s := range b.scales {
			for _, d := range digits {
				got, err := Quantity(d+s.suffix, Unit{b.name, b.grafana})
				if err != nil {
					t.Errorf("Quantity(%s%s, %s): %v", d, s.suffix, b.name, err)
					continue
				}
				want, ok := new(big.Rat).SetString(strings.ReplaceAll(d, "_", ""))
				if !ok {
					t.Fatal(d)
				}
				if want.Mul(want, s.factor.Rat()); got.Rat().Cmp(want) != 0 {
					t.Errorf("Quantity(%s%s, %s) = %s, want %s", d, s.suffix, b.name, got, want)
				}
			}
		}
	}
}

func TestScalesAreExact(t *testing.T) {
	for text, want := range map[string]string{"1KiB": "1024", "1MiB": "1048576", "1GiB": "1073741824", "1TiB": "1099511627776"} {
		if got, err := Quantity(text, unit(t, "bytes")); err != nil || got.String() != want {
			t.Errorf("%s = %s, %v", text, got, err)
		}
	}
	if v := decimal.NewFromInt(1024).Pow(decimal.NewFromInt(4)); v.String() != "1099511627776" {
		t.Error(v)
	}
}

func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"1", "300ms", "1h30m", "85%", "1_000", "-.5e3", "2GiB", "9e99", "1 s", "∞", "1\x00"} {
		f.Add(s, "seconds")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		u, _ := Units{}.Named(name)
		v, err := Quantity(text, u)
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Errorf("a message of %d bytes", len(err.Error()))
			}
			return
		}
		if (Units{}).CheckQuantity(text) != nil && u.Name != "" {
			t.Errorf("%q is a quantity of %s, but of no unit", text, u.Name)
		}
		if again, err := Quantity(v.String(), u); len(v.String()) < 60 && (err != nil || !again.Equal(v)) {
			t.Errorf("%q is %s, and that is %s, %v", text, v, again, err)
		}
	})
}
