package metric

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var durationPart = regexp.MustCompile(`^([0-9]{1,9})(ms|s|m|h|d|w|y)`)

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

// Duration parses a duration as Prometheus writes it: `90s`, `1h30m`, `7d`. A bare number is an
// error: a duration always has a unit (LANGUAGE rule 5).
func Duration(text string) (time.Duration, error) {
	rest, total := strings.TrimSpace(text), time.Duration(0)
	if _, err := strconv.ParseFloat(rest, 64); err == nil {
		return 0, fmt.Errorf("`%s` has no unit: write `%ss` for seconds or `%sm` for minutes", clip(text), clip(rest), clip(rest))
	}
	for last := time.Duration(1 << 62); rest != ""; {
		m := durationPart.FindStringSubmatch(rest)
		if m == nil || durationUnits[m[2]] >= last {
			return 0, fmt.Errorf("`%s` is not a duration: write it like `90s`, `5m`, `1h30m` or `7d`", clip(text))
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || n > int64((1<<62)/durationUnits[m[2]]) {
			return 0, fmt.Errorf("`%s` is too long", clip(text))
		}
		last = durationUnits[m[2]]
		if total += time.Duration(n) * last; total < 0 {
			return 0, fmt.Errorf("`%s` is too long", clip(text))
		}
		rest = rest[len(m[0]):]
	}
	if total == 0 && !strings.HasPrefix(strings.TrimSpace(text), "0") {
		return 0, fmt.Errorf("a duration is missing: write it like `90s`, `5m`, `1h30m` or `7d`")
	}
	return total, nil
}

// FormatDuration writes d as Prometheus reads it, days at most: `90s` is `1m30s`, a week `7d`.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if d >= u.size {
			fmt.Fprintf(&b, "%d%s", d/u.size, u.name)
			d %= u.size
		}
	}
	return b.String()
}
