package promql

import (
	"regexp"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// seriesKind is the kind of the samples of a declared series.
func seriesKind(name string, s metric.Series) Kind {
	switch s.Part {
	case metric.GaugeSum, metric.GaugeCount:
		return KindGauge
	case metric.Sum, metric.Count:
		return KindCounter
	case metric.Bucket:
		if s.Metric.Type == metric.GaugeHistogram {
			return KindGauge
		}
		return KindBucket
	}
	switch s.Metric.Type {
	case metric.Counter:
		if s.Metric.Unit == timestampUnit || strings.HasSuffix(name, "_created") || strings.Contains(name, "_timestamp") {
			return KindGauge // a point in time, whatever it is declared as
		}
		return KindCounter
	case metric.Gauge, metric.GaugeHistogram:
		return KindGauge
	case metric.NativeHistogram:
		return KindHistogram
	case metric.Summary:
		return KindQuantile
	case metric.Info:
		return KindInfo
	}
	return KindAny
}

// rises reports whether samples of the kind count since their process began.
func rises(k Kind) bool { return k == KindCounter || k == KindBucket || k == KindHistogram }

// recordedRate matches the name of a recorded rate or increase as the convention level:metric:operations has
// it: `pod:requests:rate5m`.
var recordedRate = regexp.MustCompile(`^[^:]*:[^:]+:(?:.*_)?(rate|irate|increase)\d+(?:ms|[smhdwy])$`)

// kindOfName is what the name of a recorded series says of a recording rule that nobody knows.
func kindOfName(name string) Kind {
	if !strings.Contains(name, ":") {
		return KindAny
	}
	switch m := recordedRate.FindStringSubmatch(name); {
	case m == nil:
		return KindAny
	case m[1] == "increase":
		return KindIncrease
	}
	return KindRate
}

// operatorKind is the kind of the result of arithmetic.
func operatorKind(n *parser.BinaryExpr, l, r typeFact, result measure) Kind {
	switch {
	case l.number && r.number:
		return KindAny
	case r.number:
		return scaledKind(n.Op, l.kind, r.value)
	case l.number:
		if n.Op == parser.DIV || n.Op == parser.SUB && rises(r.kind) {
			return KindAny
		}
		return scaledKind(n.Op, r.kind, l.value)
	case isRatio(result) && n.Op == parser.DIV:
		return KindRatio
	case n.Op == parser.MUL && r.one:
		return l.kind
	case n.Op == parser.MUL && l.one:
		return r.kind
	case n.Op == parser.ADD && l.kind == r.kind && l.kind != KindQuantile:
		return l.kind
	case n.Op == parser.SUB && l.kind == KindCounter && r.kind == KindCounter:
		return KindGauge // begun less ended: how many run
	case n.Op == parser.SUB && l.kind == r.kind && (l.kind == KindGauge || l.kind == KindRate):
		return l.kind
	}
	return KindAny
}

// scaledKind is the kind of values of kind k with a number added to them or multiplied by it.
func scaledKind(op parser.ItemType, k Kind, by float64) Kind {
	switch {
	case op != parser.ADD && op != parser.SUB && op != parser.MUL && op != parser.DIV:
		return KindAny
	case op == parser.MUL && by <= 0, op == parser.DIV && by <= 0:
		return KindAny
	}
	return k
}

// unionKind is the kind of `l or r`. A number in the place of what is missing changes nothing.
func unionKind(l, r typeFact) Kind {
	switch {
	case l.number:
		return r.kind
	case r.number, l.kind == r.kind:
		return l.kind
	}
	return KindAny
}
