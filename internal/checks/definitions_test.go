package checks_test

import (
	"maps"
	"math"
	"slices"
)

// What the methods of drift are by definition, computed without PromQL. dist is a count, or a share, by bin.
type dist map[string]float64

func (d dist) sum() (s float64) {
	for _, bin := range slices.Sorted(maps.Keys(d)) {
		s += d[bin]
	}
	return s
}

// union are the bins of all distributions.
func union(list ...dist) []string {
	all := dist{}
	for _, d := range list {
		maps.Copy(all, d)
	}
	return slices.Sorted(maps.Keys(all))
}

// shares are those of the bins, with something added to each count.
func (d dist) shares(bins []string, add float64) dist {
	s := dist{}
	for _, b := range bins {
		s[b] = (d[b] + add) / (d.sum() + add*float64(len(bins)))
	}
	return s
}

// median is that of several distributions, bin by bin, as shares.
func median(bins []string, list []dist) dist {
	m := dist{}
	for _, b := range bins {
		var values []float64
		for _, d := range list {
			values = append(values, d.shares(bins, 0)[b])
		}
		m[b] = middle(values)
	}
	return m.shares(bins, 0)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

const least = 1e-4

// score is the value of a method for shares q now and p then, of n and m samples; m infinite: p is fixed.
func score(method string, q, p dist, n, m float64) (s float64) {
	bins := union(q, p)
	switch method {
	case "psi":
		for _, b := range bins {
			x, y := max(q[b], least), max(p[b], least)
			s += (x - y) * math.Log(x/y)
		}
	case "smooth": // what is smoothed is not zero; a fixed share may be
		for _, b := range bins {
			y := p[b]
			if math.IsInf(m, 1) {
				y = max(y, least)
			}
			s += (q[b] - y) * math.Log(q[b]/y)
		}
	case "kl": // scipy.stats.entropy(p, q), which divides both by their sums
		x, y := dist{}, dist{}
		for _, b := range bins {
			x[b], y[b] = max(q[b], least), max(p[b], least)
		}
		for _, b := range bins {
			s += y[b] / y.sum() * math.Log(y[b]/y.sum()/(x[b]/x.sum()))
		}
	case "js", "js2":
		for _, b := range bins {
			mean := (q[b] + p[b]) / 2
			for _, x := range []float64{q[b], p[b]} {
				if x > 0 {
					s += x * math.Log(x/mean) / 2
				}
			}
		}
		if method == "js2" {
			s /= math.Ln2
		}
		s = math.Sqrt(max(s, 0))
	case "tvd":
		for _, b := range bins {
			s += math.Abs(q[b]-p[b]) / 2
		}
	case "hellinger":
		for _, b := range bins {
			s += math.Pow(math.Sqrt(q[b])-math.Sqrt(p[b]), 2)
		}
		s = math.Sqrt(s) / math.Sqrt2
	case "linf":
		for _, b := range bins {
			s = max(s, math.Abs(q[b]-p[b]))
		}
	case "chi2":
		for _, b := range bins {
			if math.IsInf(m, 1) { // scipy.stats.chisquare; a class that should not be there has some share
				expected := p[b]
				if expected == 0 {
					expected = least
				}
				s += math.Pow(n*q[b]-n*p[b], 2) / (n * expected)
				continue
			}
			// scipy.stats.chi2_contingency: what is expected follows from the sums of rows and columns
			row := n*q[b] + m*p[b]
			for _, cell := range [][2]float64{{n, n * q[b]}, {m, m * p[b]}} {
				if expected := row * cell[0] / (n + m); expected > 0 {
					s += math.Pow(cell[1]-expected, 2) / expected
				}
			}
		}
	}
	return s
}

// bounds and names of the buckets of the histograms in these tests.
var (
	bounds  = []float64{0.1, 0.5, 1, 2, 5}
	buckets = []string{"0.1", "0.5", "1", "2", "5", "+Inf"}
)

// upto are cumulative shares, of shares.
func (d dist) upto() (list []float64) {
	sum := 0.0
	for _, b := range buckets {
		sum += d[b]
		list = append(list, sum)
	}
	return list
}

// ks is the largest distance of two cumulative distributions.
func ks(f, g []float64) (s float64) {
	for i := range f {
		s = max(s, math.Abs(f[i]-g[i]))
	}
	return s
}

// wasserstein is the work to move all values of a bucket from its middle to where they are in the other distribution: all
// pairs of quantiles, as the definition has it, not a sum over bounds.
func wasserstein(f, g []float64) (s float64) {
	at := func(i int) float64 {
		switch i {
		case 0:
			return bounds[0] / 2
		case len(bounds):
			return bounds[len(bounds)-1]
		}
		return (bounds[i-1] + bounds[i]) / 2
	}
	i, j, done := 0, 0, 0.0
	for i < len(f) && j < len(g) {
		next := min(f[i], g[j])
		if next > done {
			s += (next - done) * math.Abs(at(i)-at(j))
			done = next
		}
		if f[i] <= g[j] {
			i++
		} else {
			j++
		}
	}
	return s
}

// quantileOf interpolates within a bucket, as Prometheus does; counts are cumulative.
func quantileOf(phi float64, upto []float64) float64 {
	rank := phi * upto[len(upto)-1]
	for i, c := range upto {
		if c < rank {
			continue
		}
		if i == len(bounds) {
			return bounds[len(bounds)-1]
		}
		low, below := 0.0, 0.0
		if i > 0 {
			low, below = bounds[i-1], upto[i-1]
		}
		return low + (bounds[i]-low)*(rank-below)/(c-below)
	}
	return math.NaN()
}
