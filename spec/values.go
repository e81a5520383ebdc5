package spec

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
)

// Lengths of texts, in bytes: enough for people, not enough to choke what reads our output.
const (
	maxSlug  = 63
	maxName  = 200
	maxLine  = 300
	maxProse = 8 << 10
	maxQuery = 8 << 10
)

// parsed is a value that is read from its text. parse returns what is wrong and what to do about it.
func parsed[T any](l *loader, into *diag.Located[T], s shape, takes string, parse func(text string) (T, string, string)) value {
	return value{shape: s, read: func(k, n *node) {
		text, ok := l.scalar(k, n, takes)
		if !ok {
			return
		}
		v, wrong, help := parse(text)
		if wrong != "" {
			l.errorf(l.span(n), "%s", wrong).WithHelp("%s", help)
			return
		}
		*into = diag.At(v, l.span(n))
	}}
}

// line is a text of one line.
func (l *loader) line(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a text", func(text string) (string, string, string) {
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			return "", "the text is empty", "write something, or remove the line"
		case strings.ContainsAny(text, "\n\t"):
			return "", "a text of one line has a line break or a tab", "write it in one line"
		case len(text) > maxLine:
			return "", "a text of " + strconv.Itoa(len(text)) + " bytes; at most " + strconv.Itoa(maxLine) + " are shown well", "make it shorter"
		}
		return text, "", ""
	}).fits(&lineText)
}

// prose is a text that may have several lines.
func (l *loader) prose(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a text", func(text string) (string, string, string) {
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			return "", "the text is empty", "write something, or remove the line"
		case len(text) > maxProse:
			return "", "a text of " + strconv.Itoa(len(text)) + " bytes; at most " + strconv.Itoa(maxProse) + " are read", "make it shorter, and link to the rest"
		}
		return text, "", ""
	}).fits(&filledText)
}

var (
	slugPattern   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	metricPattern = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	labelPattern  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	alertPattern  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`)
	urlPattern    = regexp.MustCompile(`^https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:[/?#][^\s"<>\\^` + "`" + `]*)?$`)
	timePattern   = regexp.MustCompile(`^now-[1-9][0-9]{0,4}[smhdwMy]$`)
)

// slug is a name that becomes a file name, a label value and a part of a uid.
func (l *loader) slug(into *diag.Located[string]) value {
	return parsed(l, into, aSlug, "a name", func(text string) (string, string, string) {
		switch {
		case len(text) > maxSlug:
			return "", "the name " + code(text) + " has " + strconv.Itoa(len(text)) + " characters; at most " + strconv.Itoa(maxSlug) + " fit", "make it shorter"
		case !slugPattern.MatchString(text):
			help := "write it in lower-case letters, digits and `-`"
			if s := slugify(text); s != "" {
				help += ": `" + s + "`"
			}
			return "", "the name " + code(text) + " has characters that file names, labels and uids cannot all have", help
		}
		return text, "", ""
	}).fits(&slugText)
}

// slugify returns the slug nearest to text, or "".
func slugify(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && s[len(s)-1] != '-' {
			b.WriteByte('-')
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// oneOf is one of words.
func (l *loader) oneOf(into *diag.Located[string], words ...string) value {
	return l.oneOfBut(into, nil, words...)
}

// oneOfBut is one of words; those of notYet are part of the language but not built yet.
func (l *loader) oneOfBut(into *diag.Located[string], notYet []string, words ...string) value {
	return l.word(into, func() []string { return words }, notYet)
}

// word is one of words, which are only listed when they are needed.
func (l *loader) word(into *diag.Located[string], list func() []string, notYet []string) value {
	v := parsed(l, into, aWord, "a word", func(text string) (string, string, string) {
		words := list()
		if slices.Contains(words, text) {
			return text, "", ""
		}
		if slices.Contains(notYet, text) {
			return "", code(text) + " is not supported yet", "for now: " + quoteAll(words)
		}
		return "", notOneOf(text, words), didYouMean(text, words, "")
	})
	v.words = list
	return v
}

func notOneOf(text string, words []string) string {
	if len(words) == 1 {
		return code(text) + " is not " + quoteAll(words)
	}
	return code(text) + " is not one of " + quoteAll(words)
}

// explained takes an error of package metric apart.
func explained(err error) (wrong, help string) {
	var e *metric.Error
	if errors.As(err, &e) {
		return e.Message, e.Help
	}
	return err.Error(), ""
}

// duration is a duration above zero; zero says that 0s is one, too.
func (l *loader) duration(into *diag.Located[time.Duration], zero bool) value {
	v := parsed(l, into, aDuration, "a duration", func(text string) (time.Duration, string, string) {
		d, err := metric.Duration(text)
		switch {
		case err != nil:
			wrong, help := explained(err)
			return 0, wrong, help
		case d == 0 && !zero:
			return 0, "the duration is zero", "write how long, such as `5m`"
		}
		return d, "", ""
	}).fits(&durationText).like("5m")
	if zero {
		v.text = &anyDurationText
	}
	return v
}

// integer is a whole number from low to high.
func (l *loader) integer(into *int, low, high int) value {
	var at diag.Located[int]
	v := l.locatedInteger(&at, low, high)
	read := v.read
	v.read = func(k, n *node) {
		if read(k, n); at.Given() {
			*into = at.Value
		}
	}
	return v
}

// locatedInteger is integer with its place.
func (l *loader) locatedInteger(into *diag.Located[int], low, high int) value {
	v := parsed(l, into, anInteger, "a whole number", func(text string) (int, string, string) {
		i, err := strconv.Atoi(text)
		if err != nil {
			return 0, code(text) + " is not a whole number", "write a number from " + strconv.Itoa(low) + " to " + strconv.Itoa(high)
		}
		if i < low || i > high {
			return 0, code(text) + " is not between " + strconv.Itoa(low) + " and " + strconv.Itoa(high), ""
		}
		return i, "", ""
	})
	v.least, v.most = low, high
	return v
}

// boolean is true or false, as in YAML 1.2.
func (l *loader) boolean(into *bool) value {
	var at diag.Located[bool]
	v := parsed(l, &at, aBool, "`true` or `false`", func(text string) (bool, string, string) {
		switch text {
		case "true", "false":
			return text == "true", "", ""
		}
		return false, code(text) + " is neither `true` nor `false`", "write `true` or `false`"
	})
	return value{shape: aBool, read: func(k, n *node) {
		if v.read(k, n); at.Given() {
			*into = at.Value
		}
	}}
}

// link is an address that a browser may open.
func (l *loader) link(into *diag.Located[string]) value {
	return parsed(l, into, aURL, "a URL", func(text string) (string, string, string) {
		return text, badURL(text), "write `https://host/path`"
	}).fits(&urlText)
}

// badURL says what is wrong with an address, or nothing. What is wrong with it may be a secret: it is not shown.
func badURL(text string) string {
	lower := strings.ToLower(text)
	switch {
	case !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://"):
		return "a URL must begin with `https://` or `http://`"
	case len(text) > 2000:
		return "a URL of more than 2000 bytes"
	case !urlPattern.MatchString(text) || !utf8.ValidString(text):
		return "this is not a URL that every browser reads the same way"
	}
	return ""
}

// labelName is the name of a label that may stand on series as they are stored.
func (l *loader) labelName(into *diag.Located[string]) value {
	return parsed(l, into, aLabel, "the name of a label", func(text string) (string, string, string) {
		wrong, help := badLabel(text)
		return text, wrong, help
	}).fits(&labelText)
}

// badLabel says what is wrong with the name of a label, and what to do.
func badLabel(name string) (wrong, help string) {
	switch {
	case !labelPattern.MatchString(name):
		return code(name) + " is not the name of a label", "letters, digits and `_`, not beginning with a digit"
	case len(name) > maxName:
		return "the name of the label has " + strconv.Itoa(len(name)) + " bytes", "make it shorter"
	case strings.HasPrefix(name, "__"):
		return code(name) + " is a label that Prometheus keeps for itself", "labels that begin with `__` are never stored"
	case name == "le" || name == "quantile":
		return "the label `" + name + "` comes with histograms and summaries", "leave it out: it follows from the metric's `type`"
	}
	return "", ""
}

// query is PromQL that knows the place of each byte.
func (l *loader) query(into *diag.Text) value {
	return value{shape: aQuery, text: &filledText, read: func(k, n *node) {
		if _, ok := l.scalar(k, n, "a query"); !ok {
			return
		}
		t := l.scalarText(n)
		t.Value = strings.TrimRight(t.Value, " \t\r\n")
		switch {
		case strings.TrimSpace(t.Value) == "":
			l.errorf(l.span(n), "the query is empty").WithHelp("write PromQL, or remove the line")
		case len(t.Value) > maxQuery:
			l.errorf(l.head(k), "a query of %d bytes; at most %d are read", len(t.Value), maxQuery).WithHelp("record parts of it under `metrics`, and use those")
		default:
			*into = t
		}
	}}
}

// queryPointer is query for optional fields.
func (l *loader) queryPointer(into **diag.Text) value {
	var t diag.Text
	return also(l.query(&t), func() {
		if t.Value != "" {
			*into = &t
		}
	})
}

// version is the key that every file begins with.
func (l *loader) version() value {
	var at diag.Located[string]
	v := parsed(l, &at, aVersion, "`mlobs/v1`", func(text string) (string, string, string) {
		if text != Version {
			return "", "the version of the language is " + code(Version) + ", not " + code(text), "write `version: " + Version + "`"
		}
		return text, "", ""
	})
	v.words = func() []string { return []string{Version} }
	return v
}

// Version is the version of the language.
const Version = "mlobs/v1"
