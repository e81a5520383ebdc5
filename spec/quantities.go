package spec

import "github.com/mlobs-gen/mlobs-gen/internal/metric"

func isNumber(text string) bool {
	_, _, err := metric.Number(text)
	return err == nil
}

// comesAfter reports whether b < a, or that this cannot be said without their unit.
func comesAfter(a, b string) bool {
	x, ux, errX := metric.Number(a)
	y, uy, errY := metric.Number(b)
	return errX != nil || errY != nil || ux != uy || x.GreaterThan(y)
}
