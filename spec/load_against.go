package spec

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// What a check compares with: a time of the past, or several; shares that were fixed, in the spec or in a file
// beside it; or other series, by a label.

// baselineKeys are those of `against` that are no labels.
var baselineKeys = []string{"offset", "offsets", "reference", "file"}

// Bounds of what is compared with.
const (
	maxOffsets = 7
	maxShares  = 10_000
)

// against is a map with one key.
func (l *loader) against(into **Against) value {
	var a Against
	known := value{shape: aSection, what: "a baseline", least: 1, most: 1, table: func() fields { return l.baseline(&a) }}
	labelled := value{shape: aMap, least: 1, most: 1, keys: &value{shape: aLabel, text: &baselineText, example: "track"}, of: &value{shape: aText, text: &someText, example: "stable"}}
	known.or = &labelled
	known.read = func(k, n *node) {
		if n.kind == scalarNode && !n.null() && !n.refused() {
			d := l.errorf(l.span(n), "%s takes a map with one key, not a text", code(k.value))
			if _, err := metric.Duration(n.value); err == nil {
				d.WithHelp("write `%s: {offset: %s}`", clip(k.value), clip(n.value))
			} else {
				d.WithHelp("write what to compare with: %s", helpBaseline)
			}
			return
		}
		if !l.isMap("a baseline", k, n, nil) {
			return
		}
		a = Against{Span: l.span(n)}
		before := l.errors
		switch {
		case len(n.content) == 0:
			l.errorf(l.span(n), "%s is empty", code(k.value)).WithHelp("write what to compare with: %s", helpBaseline)
		case len(n.content) > 2 && n.content[0].value != n.content[2].value:
			l.errorf(l.span(n.content[2]), "a check is compared with one thing; this is another one").WithHelp("keep one of them").See(l.span(n.content[0]), "the first")
		case slices.Contains(baselineKeys, n.content[0].value):
			l.walk(known.what, k, n, l.baseline(&a))
		default:
			l.otherSeries(&a, k, n)
		}
		if l.errors == before {
			*into = &a
		}
	}
	return known
}

const helpBaseline = "`offset: 7d`, `offsets: [7d, 14d]`, `reference: {cat: 0.6, dog: 0.4}`, `file: shares.csv`, or a label and its value: `track: stable`"

func (l *loader) baseline(a *Against) fields {
	var one diag.Located[time.Duration]
	return fields{
		{"offset", 0, also(l.duration(&one, false), func() {
			if one.Given() {
				a.Offsets = append(a.Offsets, one)
			}
		}).like("7d"), "the same window so long ago"},
		{"offsets", 0, l.offsets(&a.Offsets).like("[7d, 14d, 21d]"), "several of them, ascending: their median counts"},
		{"reference", 0, l.reference(&a.Reference).like("{cat: 0.6, dog: 0.4}"), "the share of each class, or of each bucket by its upper bound; they sum to 1"},
		{"file", onlySpecs, l.shareFile(a).like("training/shares.csv"), "a YAML, JSON or CSV file of such shares, relative to the spec; not where `specs` of mlobs.yaml looks"},
	}
}

// otherSeries reads a label with its value.
func (l *loader) otherSeries(a *Against, k, n *node) {
	for _, e := range l.entries(k, n) {
		if meant := suggest(e.key.value, baselineKeys); meant != "" && isBaseline(meant, e.value) {
			l.errorf(l.span(e.key), "unknown key %s in a baseline", code(e.key.value)).WithHelp("did you mean `%s`?", meant)
			return
		}
		var value diag.Located[string]
		l.labelValue(&value).read(e.key, e.value)
		if wrong, help := badLabel(e.key.value); wrong != "" {
			l.errorf(l.span(e.key), "%s", wrong).WithHelp("%s", help)
			continue
		}
		a.Label, a.Value = diag.At(e.key.value, l.span(e.key)), value
	}
}

// isBaseline: the value is one of that key, rather than of a label.
func isBaseline(key string, n *node) bool {
	if n.kind != scalarNode {
		return true
	}
	_, err := metric.Duration(n.value)
	return err == nil || key == "file" && strings.Contains(n.value, ".")
}

// offsets are times of the past, the nearest first.
func (l *loader) offsets(into *[]diag.Located[time.Duration]) value {
	v := each(l, into, func(d *diag.Located[time.Duration]) value { return l.duration(d, false) })
	v.least, v.most = 2, maxOffsets
	read := v.read
	v.read = func(k, n *node) {
		if n.kind == sequenceNode && len(n.content) > 0 && (len(n.content) < 2 || len(n.content) > maxOffsets) {
			l.errorf(l.span(n), "`%s` takes 2 to %d times, not %d", k.value, maxOffsets, len(n.content)).WithHelp("one alone is `offset: 7d`")
			return
		}
		read(k, n)
		for i := 1; i < len(*into); i++ {
			if was, is := (*into)[i-1], (*into)[i]; is.Value <= was.Value {
				l.errorf(is.Span, "offsets ascend, but `%s` comes after `%s`", metric.FormatDuration(is.Value), metric.FormatDuration(was.Value)).WithHelp("sort them, and leave out what is there twice")
				return
			}
		}
	}
	return v
}

// reference is a map of class, or upper bound, and share.
func (l *loader) reference(into *[]ReferenceShare) value {
	return value{shape: aMap, keys: &value{shape: aText, text: &someText}, of: &value{shape: aQuantity, text: &quantityText}, least: 2, read: func(k, n *node) {
		before := l.errors
		var list []ReferenceShare
		for _, e := range l.entries(k, n) {
			if e.key.value == "" {
				l.errorf(l.span(e.key), "a class without a name").WithHelp("write the value that the label has")
				continue
			}
			text, ok := l.scalar(e.key, e.value, "a share")
			if !ok {
				continue
			}
			share, wrong := readShare(text)
			if wrong != "" {
				l.errorf(l.span(e.value), "%s %s", code(text), wrong).WithHelp("write a share: `0.25`, or `25%%`")
				continue
			}
			list = append(list, ReferenceShare{Key: diag.At(e.key.value, l.span(e.key)), Share: diag.At(share, l.span(e.value))})
		}
		switch sum := sumOf(list); {
		case n.kind != mappingNode || l.errors > before:
		case len(list) < 2:
			l.errorf(l.span(k), "`%s` has fewer than two shares", k.value).WithHelp("a distribution has at least two, which sum to 1")
		case len(list) > maxShares:
			l.errorf(l.span(k), "`%s` has %d shares; at most %d are read", k.value, len(list), maxShares).WithHelp("put rare classes together as `__other__`")
		case !isOne(sum):
			d := l.errorf(l.span(k), "the shares of `%s` sum to %s, not to 1", k.value, code(sum.String()))
			if sum.GreaterThan(decimal.New(2, 0)) {
				d.WithHelp("divide each count by their sum, or write per cent with their sign: `25%%`")
			} else {
				d.WithHelp("name all classes, `__other__` for the rest")
			}
		default:
			*into = list
		}
	}}
}

// readShare returns a share, exactly; or what is wrong with the text, without quoting it.
func readShare(text string) (share decimal.Decimal, wrong string) {
	share, err := metric.Quantity(strings.TrimSpace(text), metric.Ratio())
	switch {
	case err != nil:
		return share, "is not a number"
	case share.IsNegative():
		return share, "is less than nothing"
	}
	return share, ""
}

func sumOf(list []ReferenceShare) decimal.Decimal {
	sum := decimal.Zero
	for _, s := range list {
		sum = sum.Add(s.Share.Value)
	}
	return sum
}

// isOne: shares that were rounded to some digits sum to 1, nearly.
func isOne(sum decimal.Decimal) bool {
	return sum.Sub(decimal.New(1, 0)).Abs().LessThanOrEqual(decimal.New(1, -6))
}

// shareFile is the path of a file of shares, which is read.
func (l *loader) shareFile(a *Against) value {
	var at diag.Located[string]
	v := parsed(l, &at, aPath, "a path", func(text string) (string, string, string) {
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			return "", "the path is empty", "write where the file lies, relative to the spec: `training/shares.csv`"
		case len(text) > shareFileText.most:
			return "", "a path of " + strconv.Itoa(len(text)) + " bytes", "make it shorter"
		case strings.Contains(text, "://"):
			return "", "a file is read from disk, not from the network", "put it into the workspace, and write where it lies, relative to the spec"
		case strings.HasPrefix(text, "/") || len(text) > 1 && text[1] == ':' || strings.Contains(text, `\`) || strings.ContainsAny(text, "\n\t"):
			return "", code(text) + " is not a path relative to the spec, with `/` between its names", "write where the file lies in the workspace: `training/shares.csv`"
		case formatOf(text) == "":
			return "", code(text) + " is the name of no YAML, JSON or CSV file", "the end of its name says what it is: `.yaml`, `.json` or `.csv`"
		}
		return text, "", ""
	})
	return also(v.fits(&shareFileText), func() {
		if at.Given() {
			a.File, a.Reference = at, l.sharesIn(at)
		}
	})
}
