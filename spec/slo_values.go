package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// onlyWord is a word that has no other beside it yet.
func (l *loader) onlyWord(into *diag.Located[string], word, help string) value {
	v := parsed(l, into, aWord, "`"+word+"`", func(text string) (string, string, string) {
		if text != word {
			return "", notOneOf(text, []string{word}), help
		}
		return text, "", ""
	})
	v.words = func() []string { return []string{word} }
	return v
}

// objective is a percentage.
func (l *loader) objective(into *diag.Located[decimal.Decimal]) value {
	return parsed(l, into, aQuantity, "a number", func(text string) (decimal.Decimal, string, string) {
		text = strings.TrimSpace(text)
		digits, percent := strings.CutSuffix(text, "%")
		if !objectivePattern.MatchString(text) {
			if v, err := decimal.NewFromString(strings.TrimSpace(digits)); err == nil && v.IsPositive() && v.Exponent() < -6 {
				return decimal.Zero, "an objective of more than six decimals", "write `" + clip(v.Truncate(6).String()) + "`: no traffic is enough to tell the difference"
			}
			return decimal.Zero, code(text) + " is not a percentage", "write it in per cent, with a point: `99.9`"
		}
		v, err := decimal.NewFromString(strings.TrimSpace(digits))
		switch hundred := decimal.New(100, 0); {
		case err != nil:
			return decimal.Zero, code(text) + " is not a percentage", "write it in per cent, with a point: `99.9`"
		case v.Equal(hundred):
			return decimal.Zero, "an objective of 100 per cent leaves no budget for errors", "write a little less: `99.9`"
		case v.GreaterThan(hundred):
			return decimal.Zero, code(text) + " is more than everything", "write it in per cent, below 100: `99.9`"
		case v.IsZero():
			return decimal.Zero, "an objective of zero is always met", "write it in per cent, above 0: `99.9`"
		case v.LessThan(decimal.New(1, 0)) && !percent:
			return decimal.Zero, "an objective is in per cent, and " + code(text) + " is less than one", "write `" + v.Mul(hundred).String() + "`"
		}
		return v, "", ""
	}).fits(&objectiveText)
}

var objectivePattern = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,6})?\s?%?$`)

// periods are those for which it is known how fast a budget may burn.
var periods = []string{"7d", "28d", "30d", "90d"}

// Periods are those that an objective may have, the shortest first.
func Periods() (list []time.Duration) {
	for _, text := range periods {
		if d, err := metric.Duration(text); err == nil {
			list = append(list, d)
		}
	}
	return list
}

func (l *loader) period(into *diag.Located[time.Duration]) value {
	v := parsed(l, into, aDuration, "a duration", func(text string) (time.Duration, string, string) {
		text = strings.TrimSpace(text)
		if !slices.Contains(periods, text) {
			return 0, notOneOf(text, periods), "write the one that is nearest"
		}
		d, err := metric.Duration(text)
		if err != nil {
			return 0, err.Error(), ""
		}
		return d, "", ""
	})
	v.words = func() []string { return periods }
	return v
}

// revision is a word that tells histories apart.
func (l *loader) revision(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a word", func(text string) (string, string, string) {
		if !revisionPattern.MatchString(text) {
			return "", code(text) + " cannot be a revision", "at most 20 letters, digits, `.`, `_` and `-`: `2`"
		}
		return text, "", ""
	}).fits(&revisionText)
}

var revisionPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,20}$`)

// shortSlug is a slug that becomes a part of longer names.
func (l *loader) shortSlug(into *diag.Located[string]) value {
	v := l.slug(into)
	read := v.read
	v.read = func(k, n *node) {
		if read(k, n); into.Given() && len(into.Value) > contactText.most {
			l.errorf(l.span(n), "the name %s has %s characters; at most %d fit", code(into.Value), strconv.Itoa(len(into.Value)), contactText.most).WithHelp("make it shorter")
			*into = diag.Located[string]{}
		}
	}
	return v.fits(&contactText)
}

// anyMetric is the name of a metric that is declared elsewhere.
func (l *loader) anyMetric(into *diag.Located[string]) value {
	return parsed(l, into, aName, "the name of a metric", func(text string) (string, string, string) {
		if !metricPattern.MatchString(text) || len(text) > maxName {
			return "", code(text) + " is not the name of a metric", "letters, digits, `_` and `:`, not beginning with a digit"
		}
		return text, "", ""
	}).fits(&metricText)
}

// age is a duration that is kept as text.
func (l *loader) age(into *diag.Located[string]) value {
	var d diag.Located[time.Duration]
	return also(l.duration(&d, false), func() {
		if d.Given() {
			*into = diag.At(metric.FormatDuration(d.Value), d.Span)
		}
	})
}

// groupLabels are labels for each of whose values there is a result.
func (l *loader) groupLabels(into *[]diag.Located[string]) value {
	v := each(l, into, l.labelName)
	v.most = 5
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == sequenceNode && len(n.content) > v.most {
			l.errorf(l.span(n.content[v.most]), "`%s` has %d labels; at most %d are told apart", k.value, len(n.content), v.most).WithHelp("leave the others out: their values are added up")
			return
		}
		read(k, n)
	}
	return v
}
