package metric

// maxSeries is more than any Prometheus holds.
const maxSeries = 1_000_000_000_000

// SeriesAtMost is how many series the metric has on one target, at most: the product of the numbers of
// values of its own labels, times the series of a histogram or summary (buckets, the bucket of infinity, sum
// and count). unbounded names the first label without a bound, `le` where the buckets are not known; then n
// means nothing. A number beyond 10¹² counts as unbounded.
func (m *Metric) SeriesAtMost() (n int, unbounded string) {
	n = 1
	for _, l := range m.Labels {
		if l.Values.AtMost == 0 {
			return 0, l.Name
		}
		if n > maxSeries/l.Values.AtMost {
			return 0, l.Name
		}
		n *= l.Values.AtMost
	}
	each := 1
	switch m.Type {
	case Histogram, GaugeHistogram:
		if m.Buckets == nil {
			return 0, "le"
		}
		each = len(m.Buckets) + 3
	case Summary:
		each = len(m.Quantiles) + 2
	}
	if n > maxSeries/each {
		return 0, m.Labels[0].Name
	}
	return n * each, ""
}
