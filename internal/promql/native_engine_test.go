package promql_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

// bothHistograms is a storage with the same observations as classic histogram and as native one, whose
// buckets are those of the classic one.
func bothHistograms(t *testing.T) *enginetest.Storage {
	t.Helper()
	var list []enginetest.Series
	for i, pod := range []string{"a", "b", "c"} {
		buckets := []int{3 + i, 20 * (i + 1), 50, 7 * i, 2} // per scrape, up to 0.5, 1, 2, 4, 8
		count, text, target := 0, "", fmt.Sprintf(`pod="%s",job="ml"`, pod)
		for k, n := range buckets {
			count += n
			text += fmt.Sprintf(" %d", n)
			list = append(list, enginetest.Series{Series: fmt.Sprintf(`m_bucket{le="%v",%s}`, math.Pow(2, float64(k-1)), target), Values: fmt.Sprintf("0+%dx40", count)})
		}
		native := fmt.Sprintf("{{schema:0 sum:%d count:%d offset:-1 buckets:[%s]}}", 2*count, count, text[1:])
		list = append(list,
			enginetest.Series{Series: `m_bucket{le="+Inf",` + target + `}`, Values: fmt.Sprintf("0+%dx40", count)},
			enginetest.Series{Series: `m_sum{` + target + `}`, Values: fmt.Sprintf("0+%dx40", 2*count)},
			enginetest.Series{Series: `m_count{` + target + `}`, Values: fmt.Sprintf("0+%dx40", count)},
			enginetest.Series{Series: `m{` + target + `}`, Values: "{{schema:0}}+" + native + "x40"})
	}
	for _, pod := range []string{"b", "d"} {
		list = append(list, enginetest.Series{Series: fmt.Sprintf(`x{pod="%s",job="ml"}`, pod), Values: "5x40"})
	}
	return enginetest.Load(t, 30*time.Second, list)
}

// Operations choose and match the same series, whatever is native on either side of them.
func TestNativeOperationsMatchAlike(t *testing.T) {
	s, r := bothHistograms(t), rand.New(rand.NewPCG(1, 12))
	var operation func(depth int) string
	operation = func(depth int) string {
		if depth == 0 || r.IntN(4) == 0 {
			name := pick(r, "m_bucket", "m_bucket", "m_count", "m_sum", "x")
			selector := name + pick(r, "", `{pod="a"}`, `{pod!="b"}`, `{pod=~".*"}`)
			if name == "m_bucket" {
				return pick(r, selector, name+pick(r, `{le!="", le=~".*"}`, `{pod="a",le=~".+"}`, `{le=~".*5.*"}`, `{le!~"8|4"}`), "sum by (le, pod) (rate("+selector+"[5m]))")
			}
			return selector
		}
		matching := pick(r, "", "on", "on", "ignoring")
		if matching != "" {
			matching += "(" + pick(r, "", "le", "pod", "pod, job", "le, pod") + ")"
		}
		text := operation(depth-1) + " " + pick(r, "and", "or", "unless", "and", "or", "unless", "+", "*", "/") + " " + matching + " " + operation(depth-1)
		return pick(r, "("+text+")", "(sum by (le, pod) ("+text+"))")
	}
	cases, data, tries := 0, 0, rounds(t, 3000)
	for range tries {
		text := operation(1 + r.IntN(2))
		q, err := parse(t, text).Native("m")
		if ours(err) {
			t.Fatal(err)
		}
		at := enginetest.At(15 * time.Minute)
		want, wantErr := s.Query("group by (pod) ("+text+")", at)
		if err != nil || wantErr != nil || q.Text() == text {
			continue // the engine refuses several matches, which there are more of among buckets
		}
		cases++
		got, err := s.Query("group by (pod) ("+q.Text()+")", at)
		if err != nil || !equalVectors(want, got) {
			t.Fatalf("classic %s: %s\nnative  %s: %s, %v", text, want, q.Text(), got, err)
		}
		if len(want) > 0 {
			data++
		}
	}
	t.Logf("%d cases, %d with data", cases, data)
	if data < tries/6 {
		t.Error("the generator does not test much")
	}
}

// The native query gives the values of the classic one: counts, sums and means exactly, quantiles within a
// bucket, which spans a factor of two.
func TestNativeEqualsClassic(t *testing.T) {
	s := bothHistograms(t)
	for text, factor := range map[string]float64{
		`m_count`:                  1,
		`m_sum{pod="a"} offset 5m`: 1,
		`sum(m_sum) by (job)`:      1,
		`rate(m_count[5m])`:        1,
		`sum by (pod) (increase(m_sum[5m] offset 1m))`:                                                     1,
		`sum(rate(m_sum[5m])) / sum(rate(m_count[5m]))`:                                                    1,
		`rate(m_sum[5m]) / rate(m_count[5m])`:                                                              1,
		`irate(m_count[5m]) > 1.7`:                                                                         1,
		`delta(m_count[5m])`:                                                                               1,
		`avg_over_time(m_count[5m])`:                                                                       1,
		`sum_over_time(m_sum[5m])`:                                                                         1,
		`last_over_time(m_count[5m])`:                                                                      1,
		`count_over_time(m_count[5m])`:                                                                     1,
		`present_over_time(m_sum[5m])`:                                                                     1,
		`max_over_time(rate(m_count[2m])[5m:1m])`:                                                          1,
		`max_over_time(m_count[5m:1m])`:                                                                    1,
		`timestamp(m_count)`:                                                                               1,
		`absent(m_count{pod="d"})`:                                                                         1,
		`absent_over_time(m_bucket{pod="d"}[5m])`:                                                          1,
		`count(m_count unless m_count{pod="a"})`:                                                           1,
		`histogram_quantile(0.9, sum by (le) (rate(m_bucket[5m])))`:                                        2,
		`histogram_quantile(0.5, sum(rate(m_bucket{le!="8"}[5m])) by (pod, le,))`:                          2,
		`histogram_quantile(0.2, m_bucket)`:                                                                2,
		`histogram_quantile(0.7, avg without (pod) (increase(m_bucket[5m])))`:                              2,
		`histogram_quantile(0.99, avg_over_time(sum by (le) (m_bucket)[5m:1m]))`:                           2,
		`histogram_quantile(0.6, sum by (le) (m_bucket - m_bucket offset 5m))`:                             2,
		`histogram_quantile(0.6, sum by (le) (2 * m_bucket / 3 unless on (pod) m_count{pod="a"}))`:         2,
		`m_count unless on (pod) m_bucket{pod="a"}`:                                                        1,
		`m_sum and on (pod) m_bucket{pod!="a", le!="", le!="+Inf"}`:                                        1,
		`histogram_quantile(0.6, m_bucket{le!="",le=~".+"} or on (pod) 2 * m_bucket)`:                      2,
		`histogram_quantile(0.6, m_bucket{pod="a"} or on (pod) m_count)`:                                   2,
		`histogram_quantile(0.6, label_replace(sum by (le, pod) (m_bucket), "node", "$1", "pod", "(.*)"))`: 2,
		`histogram_quantile(0.5, sum by (le) (rate(m_bucket[5m])) / ignoring (le) group_left sum(rate(m_count[5m])))`: 2,
	} {
		q, err := parse(t, text).Native("m")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		at := enginetest.At(15 * time.Minute)
		want, err := s.Query(text, at)
		if err != nil || len(want) == 0 {
			t.Fatalf("%s: %v, %v", text, want, err)
		}
		got, err := s.Query(q.Text(), at)
		if err != nil {
			t.Errorf("%s: %v", q.Text(), err)
			continue
		}
		values := map[uint64]float64{}
		for _, v := range got {
			values[v.Metric.DropReserved(isName).Hash()] = v.F
		}
		for _, v := range want {
			have, ok := values[v.Metric.DropReserved(isName).Hash()]
			if ratio := have / v.F; !ok || len(got) != len(want) || ratio > factor*(1+1e-9) || ratio < 1/factor-1e-9 {
				t.Errorf("classic %s: %s\nnative  %s: %s", text, want, q.Text(), got)
				break
			}
		}
	}
	if names := s.Series(); !labels.Equal(names[0], labels.FromStrings("__name__", "m", "job", "ml", "pod", "a")) {
		t.Errorf("no native histogram but %s", names[0])
	}
}

func isName(label string) bool { return label == model.MetricNameLabel }
