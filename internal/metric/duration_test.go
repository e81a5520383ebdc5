package metric

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0s": 0, "1ms": time.Millisecond, "90s": 90 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, " 7d ": 7 * 24 * time.Hour,
		"1w": 7 * 24 * time.Hour, "1y": 365 * 24 * time.Hour, "1d12h30m15s500ms": 36*time.Hour + 30*time.Minute + 15*time.Second + 500*time.Millisecond,
		"0d": 0, "0h5m": 5 * time.Minute,
	} {
		if got, err := Duration(text); err != nil || got != want {
			t.Errorf("Duration(%q) = %s, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "is not a duration", "  ": "is not a duration", "300": "`300` has no unit: write `300s`", "1.5": "has no unit", "0": "has no unit",
		"1.5h": "is not a duration", "5min": "write `5m`", "10 seconds": "write `10s`", "2 hours": "write `2h`", "1m1h": "is not a duration", "1h1h": "is not a duration",
		"-5m": "is not a duration", "5M": "is not a duration", "soon": "is not a duration", "inf": "is not a duration", "0x1p-2": "is not a duration",
		"999999999y": "longer than", "1h ": "", "300y": "longer than", "290y53w": "longer than", strings.Repeat("1h", 5000): "is not a duration",
	} {
		_, err := Duration(text)
		if want == "" {
			if err != nil {
				t.Errorf("Duration(%q): %v", text, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 300 {
			t.Errorf("Duration(%q): %v, want %q", clip(text), err, want)
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Duration(%q): %T", clip(text), err)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1m30s": 90 * time.Second, "7d": 7 * 24 * time.Hour, "1h": time.Hour, "250ms": 250 * time.Millisecond, "1d1ms": 24*time.Hour + time.Millisecond,
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("FormatDuration(%s) = %s, want %s", d, got, want)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"90s", "1h30m", "1y1w1d1h1m1s1ms", "300", "5min", "", "1.5h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Duration(text)
		if err != nil {
			return
		}
		if d < 0 {
			t.Errorf("%q is %s", text, d)
		}
		if again, err := Duration(FormatDuration(d)); err != nil || again != d {
			t.Errorf("%q is %s, and that is %s, %v", text, FormatDuration(d), again, err)
		}
	})
}
