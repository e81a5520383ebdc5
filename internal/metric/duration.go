package metric

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var durationPart = regexp.MustCompile(`^([0-9]{1,9})(ms|s|m|h|d|w|y)`)

var bareNumber = regexp.MustCompile(`^[0-9.]+$`)

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

// Duration parses a duration as Prometheus writes it: `90s`, `1h30m`, `7d`. A bare number is an
// error: a duration always has a unit (LANGUAGE rule 5).
func Duration(text string) (time.Duration, error) {
	rest, total := strings.TrimSpace(text), time.Duration(0)
	if bareNumber.MatchString(rest) {
		return 0, problem("`"+clip(text)+"` has no unit", "write `"+clip(rest)+"s` for seconds or `"+clip(rest)+"m` for minutes")
	}
	for last := time.Duration(1 << 62); rest != ""; {
		m := durationPart.FindStringSubmatch(rest)
		if m == nil || durationUnits[m[2]] >= last {
			return 0, notDuration(text)
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || n > int64((1<<62)/durationUnits[m[2]]) {
			return 0, tooLong(text)
		}
		last = durationUnits[m[2]]
		if total += time.Duration(n) * last; total < 0 {
			return 0, tooLong(text)
		}
		rest = rest[len(m[0]):]
	}
	if total == 0 && !strings.HasPrefix(strings.TrimSpace(text), "0") {
		return 0, notDuration(text)
	}
	return total, nil
}

// Error says what is wrong with a text and what to do about it; Help may be empty.
type Error struct{ Message, Help string }

func (e *Error) Error() string {
	if e.Help == "" {
		return e.Message
	}
	return e.Message + ": " + e.Help
}

func problem(message, help string) error { return &Error{message, help} }

func tooLong(text string) error {
	return problem("`"+clip(text)+"` is longer than Prometheus can count", "")
}

// longNames are units that people write out.
var longNames = regexp.MustCompile(`^([0-9]{1,9}) ?(?:(ms)ec|(s)ec|(m)in|(h)r|(d)ay|(w)eek|(y)ear|(s)econd|(m)inute|(h)our)s?$`)

func notDuration(text string) error {
	help := "write it like `90s`, `5m`, `1h30m` or `7d`"
	if m := longNames.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		help = "write `" + m[1] + strings.Join(m[2:], "") + "`"
	}
	return problem("`"+clip(text)+"` is not a duration", help)
}

// FormatDuration writes d as Prometheus reads it, days at most: `90s` is `1m30s`, a week `7d`.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	b := make([]byte, 0, 8)
	for _, u := range [...]struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if d >= u.size {
			b = append(strconv.AppendInt(b, int64(d/u.size), 10), u.name...)
			d %= u.size
		}
	}
	return string(b)
}
