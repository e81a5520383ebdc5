package cost

import (
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Bytes that one series takes in the head of Prometheus, its chunk, its labels, its entries in the index and the
// garbage of the collector included. Measured on Prometheus 3.15 with series of 9 labels after two hours at 15 s:
// 1.08 kB of live heap idle, 1.4 (constant) to 2.3 kB (gauge) with samples, 0.2 kB more for 16 labels; times 1.75 for
// the collector (GOGC=75, its default) and the cache of the scrapes: 2.5 to 4.5 kB resident. Pessimistic is twice as
// much.
const (
	headBytesPerSeries            = 4096
	pessimisticHeadBytesPerSeries = 8192
)

// Bytes that one sample takes in a block, in XOR chunks. Measured on Prometheus 3.15 at 15 s, by what the values
// are; the index, 0.35 bytes a sample in a block of two hours and less after each compaction, is left out. The "1 to
// 2 bytes" of Prometheus's documentation are right for buckets and quiet counters, not for what models measure.
const (
	bytesOfConstant = 0.45
	bytesOfBucket   = 2.0
	bytesOfCounter  = 2.8 // a busy one; one that moves seldom takes 0.57
	bytesOfSum      = 7.2 // a float that grows by something else each time
	bytesOfGauge    = 7.7 // two decimals; noise takes 8.6
)

// scrapingSeries are what Prometheus makes for each target: `up`, `scrape_duration_seconds`,
// `scrape_samples_scraped`, `scrape_samples_post_metric_relabeling`, `scrape_series_added`. All but the duration
// hardly ever change.
const (
	scrapingSeries = 5
	scrapingBytes  = 4*bytesOfConstant + bytesOfGauge
)

// bytesOf are the bytes of one sample of each of the series that a metric has for one set of its labels. natives:
// they are native histograms, whose size nobody knows beforehand.
func bytesOf(m *metric.Metric) (bytes float64, natives bool) {
	switch m.Type {
	case metric.Counter:
		return bytesOfCounter, false
	case metric.Histogram:
		return float64(float64(len(m.Buckets)+1)*bytesOfBucket) + bytesOfSum + bytesOfCounter, false
	case metric.GaugeHistogram: // nothing of it only grows
		return float64(float64(len(m.Buckets)+3) * bytesOfGauge), false
	case metric.Summary:
		return float64(float64(len(m.Quantiles))*bytesOfGauge) + bytesOfSum + bytesOfCounter, false
	case metric.Info:
		return bytesOfConstant, false
	case metric.NativeHistogram:
		return 0, true
	}
	return bytesOfGauge, false
}

// hasCreated reports whether clients that send `_created` do for metrics of this type.
func hasCreated(t metric.Type) bool {
	return t == metric.Counter || t == metric.Histogram || t == metric.Summary
}

// use is what series cost that have a sample every interval; bytes is the mean of one of their samples.
func use(series Bound, interval time.Duration, bytes float64) Usage {
	u := Usage{Series: series}
	if !series.Known() {
		return u
	}
	u.HeadBytes = float64(series.Most * headBytesPerSeries)
	u.PessimisticHeadBytes = float64(series.Most * pessimisticHeadBytesPerSeries)
	if interval > 0 {
		u.SamplesPerSecond = series.Most / interval.Seconds()
		perDay := float64(series.Most * float64((24*time.Hour)/time.Millisecond) / float64(interval/time.Millisecond))
		u.BytesPerDay = float64(perDay * bytes)
	}
	return u
}

// add sums up; what has no bound is left out.
func (u *Usage) add(o Usage) {
	if !o.Series.Known() {
		return
	}
	u.Series.Most += o.Series.Most
	u.SamplesPerSecond += o.SamplesPerSecond
	u.HeadBytes += o.HeadBytes
	u.PessimisticHeadBytes += o.PessimisticHeadBytes
	u.BytesPerDay += o.BytesPerDay
	u.Natives = u.Natives || o.Natives
}
