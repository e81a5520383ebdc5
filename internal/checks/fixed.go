package checks

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// A reference is held against what the metric declares. What stands in a file is never quoted: it may be somebody's
// secret.

// reference reads the fixed shares of a metric, in the order of its bins; false after reporting.
func (c *check) reference(s *subject) bool {
	if s.of == ofNumbers {
		s.bounds = s.Buckets
	}
	a := c.spec.Against
	if a == nil || len(a.Reference) == 0 {
		return true
	}
	if s.of == ofClasses {
		return c.referenceClasses(s)
	}
	return c.referenceBuckets(s)
}

// quoted is a key of the reference for a message; nothing of a file.
func (c *check) quoted(r spec.ReferenceShare) string {
	if c.spec.Against.File.Given() {
		return "a class of the file"
	}
	return "`" + r.Key.Value + "`"
}

func (c *check) referenceClasses(s *subject) bool {
	s.fixed = c.spec.Against.Reference
	s.many = len(s.fixed)
	declared := s.across.Values.Exactly
	if len(declared) == 0 {
		return true
	}
	missing := slices.Clone(declared)
	for _, r := range s.fixed {
		at := slices.Index(missing, r.Key.Value)
		switch {
		case at >= 0:
			missing = slices.Delete(missing, at, at+1)
		case r.Key.Value != other:
			c.errorf(r.Key.Span, "%s is no value of the label `%s` of `%s`", c.quoted(r), s.across.Name, s.Name).
				WithHelp("it has %s; all that is not listed is `%s`", strings.Join(declared, ", "), other).See(s.across.Span, "its values")
			return false
		}
	}
	if len(missing) > 0 {
		c.errorf(c.spec.Against.Span, "the reference lacks `%s` of the label `%s`", strings.Join(missing, "`, `"), s.across.Name).
			WithHelp("give each class its share, 0 if it has none").See(s.across.Span, "its values")
		return false
	}
	return true
}

// bucketShare is the share of the values up to a bound and above the bound before.
type bucketShare struct {
	bound decimal.Decimal
	last  bool
	spec.ReferenceShare
}

func (c *check) referenceBuckets(s *subject) bool {
	var list []bucketShare
	for _, r := range c.spec.Against.Reference {
		b := bucketShare{ReferenceShare: r}
		var err error
		switch strings.ToLower(strings.TrimPrefix(r.Key.Value, "+")) {
		case "inf":
			b.last = true
		default:
			b.bound, err = metric.Quantity(r.Key.Value, s.Unit)
		}
		if err != nil {
			what := c.quoted(r)
			if c.spec.Against.File.Given() {
				what = "an entry of the file"
			}
			c.errorf(r.Key.Span, "%s is not the upper bound of a bucket", what).WithHelp("write bounds as the metric has them, and `%s` for what is above the last", infinite)
			return false
		}
		b.Key.Value = b.bound.String()
		if b.last {
			b.Key.Value = infinite
		}
		list = append(list, b)
	}
	slices.SortFunc(list, func(x, y bucketShare) int {
		switch {
		case x.last == y.last:
			return x.bound.Cmp(y.bound)
		case x.last:
			return 1
		}
		return -1
	})
	var bounds []decimal.Decimal
	for _, b := range list {
		if !b.last {
			bounds = append(bounds, b.bound)
		}
		s.fixed = append(s.fixed, b.ReferenceShare)
	}
	if len(bounds) == len(list) {
		c.errorf(c.spec.Against.Span, "the reference lacks the bucket `%s`, above the last bound", infinite).WithHelp("give it its share, 0 if it has none")
		return false
	}
	same := slices.EqualFunc(bounds, s.Buckets, func(x, y decimal.Decimal) bool { return x.Equal(y) })
	if s.Buckets != nil && !same || len(list)-len(bounds) > 1 {
		c.errorf(c.spec.Against.Span, "the buckets of the reference are not those of `%s`", s.Name).
			WithHelp("its buckets are %s and %s", strings.Join(boundNames(s.Buckets)[:len(s.Buckets)], ", "), infinite).See(s.BucketsSpan, "its buckets")
		return false
	}
	s.bounds = bounds
	return true
}

// checkBins reports a histogram whose buckets say too little, or are not known to the method.
func (c *check) checkBins(s *subject) bool {
	if s.of != ofNumbers {
		return true
	}
	if len(s.bounds) > 0 {
		s.many = len(s.bounds) + 1
	}
	name := c.method.Name
	native := s.Type == metric.NativeHistogram
	switch known := len(s.bounds) > 0; {
	case byPoint(name) && (native || name == methodMean):
		return true
	case known && len(s.bounds) < 2:
		c.errorf(c.subject(s.Metric), "`%s` has one finite bucket, which says nothing about the shape of a distribution", s.Name).WithHelp("give the histogram more buckets, or take `method: %s`", methodMean).See(s.BucketsSpan, "its buckets")
		return false
	case known, byPoint(name), name == methodKS && !native:
		return true
	case native:
		c.errorf(c.subject(s.Metric), "`%s` is a native histogram, whose buckets have no fixed bounds", s.Name).
			WithHelp("say at which bounds it is compared: `buckets: [0.1, 0.5, 1]` on the metric; or take `method: %s` or `%s`", methodMean, methodQuantile)
		return false
	}
	c.errorf(c.subject(s.Metric), "`%s` needs to know the buckets of `%s`", name, s.Name).WithHelp("declare them on the metric: `buckets: [0.1, 0.5, 1]`; or take `method: %s`", methodKS).See(s.Span, "the metric")
	return false
}
