package promql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// translateMeaning handles errors of expressions whose syntax is right.
func (c *complaint) translateMeaning() {
	t := c.text
	switch {
	case strings.HasPrefix(t, "unknown function with name "):
		name := strings.Trim(strings.TrimPrefix(t, "unknown function with name "), `"`)
		if holdsTokens(c.written()) {
			c.message = "a variable cannot stand for a function"
			c.help = "write the function's name"
			return
		}
		c.message = "unknown function `" + name + "`"
		c.help = diag.DidYouMean(name, functionNames(), "")
	case strings.HasPrefix(t, "expected type "):
		c.translateType()
	case t == "ranges only allowed for vector selectors":
		c.message = "a range can stand only behind a selector"
		c.help = "take the rate inside the aggregation, `sum(rate(x[5m]))`, or write a subquery, `[5m:1m]`"
	case t == "comparisons between scalars must use BOOL modifier":
		c.narrow()
		c.message = "a comparison of two numbers needs `bool`"
		c.help = "write " + strings.TrimSuffix(c.written(), "`") + " bool`"
	case t == "bool modifier can only be used on comparison operators":
		c.narrow()
		c.message = "`bool` belongs to comparisons only"
	case t == "vector selector must contain at least one non-empty matcher":
		c.message = "this selector would read every series there is"
		c.help = "name a metric"
	case strings.HasPrefix(t, "metric name must not be set twice"):
		c.message = "the metric's name is given twice"
	case t == "trailing commas not allowed in function call args":
		c.message = "a comma before the closing bracket of a function call"
		c.help = "remove the comma"
	case strings.HasPrefix(t, "error parsing regexp: "):
		reason, _, _ := strings.Cut(strings.TrimPrefix(t, "error parsing regexp: "), ": `")
		c.message = "the regular expression is wrong: " + reason
		c.help = "Prometheus knows RE2: https://github.com/google/re2/wiki/Syntax"
	case strings.HasPrefix(t, "not a valid duration string"), strings.HasPrefix(t, "unknown unit"):
		c.message = c.written() + " is not a duration"
		c.help = "write durations like `30s`, `5m`, `1h30m` or `7d`, the larger unit first"
	case strings.Contains(t, "modifier must be preceded by"):
		what, _, _ := strings.Cut(t, " modifier")
		c.message = "`" + what + "` can stand only behind a selector or a range"
		c.help = "move it into the brackets, right behind the selector"
	case strings.HasPrefix(t, "wrong number of arguments for aggregate"), t == "no arguments for aggregate expression provided":
		word, _, _ := strings.Cut(strings.Trim(c.written(), "`"), "(")
		c.message = "wrong number of arguments for `" + strings.TrimSpace(word) + "`"
		c.help = "`topk`, `bottomk`, `quantile` and `count_values` take two, other aggregations one"
	case t == "vector matching only allowed between instant vectors":
		c.message = "`on` and `ignoring` need a vector on both sides"
	case strings.HasPrefix(t, "set operator"):
		c.message = "`and`, `or` and `unless` need a vector on both sides"
		c.help = "`vector(5)` makes a vector of a number"
	case strings.HasPrefix(t, "subquery is only allowed on instant vector"):
		c.message = "a subquery needs an instant vector before its brackets"
	}
}

// typeNames are the parser's types in words that say what they look like.
var typeNames = map[string]string{
	"range vector":   "a range vector (`x[5m]`)",
	"instant vector": "an instant vector",
	"scalar":         "a number",
	"string":         "a text in quotes",
}

// translateType handles "expected type WANT in CONTEXT, got GOT".
func (c *complaint) translateType() {
	want, rest, _ := strings.Cut(strings.TrimPrefix(c.text, "expected type "), " in ")
	context, got, _ := strings.Cut(rest, ", got ")
	name := strings.Trim(strings.TrimPrefix(context, "call to function "), `"`)
	if context == "aggregation expression" || context == "aggregation parameter" {
		name = "an aggregation"
	} else {
		name = "`" + name + "`"
	}
	wantName, gotName := typeNames[want], typeNames[got]
	if wantName == "" || gotName == "" {
		return
	}
	c.message = fmt.Sprintf("%s takes %s here, not %s", name, wantName, gotName)
	switch {
	case want == "range vector" && got == "instant vector":
		c.help = "write a range behind the selector: `[$window]`"
	case want == "instant vector" && got == "range vector":
		c.help = "take a `rate` or an `…_over_time` of the range first"
	case want == "instant vector" && got == "scalar":
		c.help = "`vector(5)` makes a vector of a number"
	}
}

// functionNames lists what may stand before a parenthesis.
func functionNames() []string {
	names := []string{"sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile"}
	for name, f := range parser.Functions {
		if !f.Experimental {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
