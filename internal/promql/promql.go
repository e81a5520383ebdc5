// Package promql knows what can be known of an expression without data, and joins texts of PromQL
// without changing what they mean.
//
// Its place in the flow: spec.Load keeps an author's query as a diag.Text; Parse reads it once, with
// every place known to the byte; the planner renames the metrics of roles and profiles (Query.Rename),
// says for native histograms and pushed values what was written for others (Query.Native,
// Query.Snapshot), completes the query for each place where it is used (Query.Complete) and builds
// larger expressions from smaller ones (Compose). The generators print the texts that come out and never
// touch them.
//
// Three habits hold everywhere. Texts are edited, not printed from a tree, so that an author's layout
// and comments survive. Places are found with a lexer (lex.go), because the parser's tree has none for
// matchers and groupings and its node ends are not where one would think. And whatever was edited is
// parsed again and compared with the tree that was meant (equal.go): if they differ there is an error
// and no text.
//
// Grafana's variables and our own `$window` and `$baseline` are understood as tokens (token.go): the
// parser sees a stand-in, the text keeps the token.
package promql

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"
)

const (
	// MaxLength is the longest expression that is read or written, in bytes. The Prometheus parser is
	// quadratic in places: 97 KB of `-` keep it busy for 12 s, 8 KiB of the worst kind for 0.2 s.
	MaxLength = 8 << 10
	// MaxDepth is how deep brackets may nest, and how many signs may stand in a row.
	MaxDepth = 100
)

// grammar accepts everything that some Prometheus accepts, so that what a server without feature
// flags refuses can be said in our words (message.go). It holds options only and is safe for
// concurrent use.
var grammar = parser.NewParser(parser.Options{
	EnableExperimentalFunctions:  true,
	ExperimentalDurationExpr:     true,
	EnableExtendedRangeSelectors: true,
	EnableBinopFillModifiers:     true,
})

// ParseExpr parses a complete expression that the compiler made, Grafana tokens included. Its positions
// are byte offsets in text; tokens have stand-ins, as in Query.Expr. Authors' texts go through Parse.
func ParseExpr(text string) (parser.Expr, error) {
	s, err := parseSource(text)
	if err != nil {
		return nil, err
	}
	return s.expr, nil
}

// errInternal marks what can only be a mistake of ours.
func errInternal(format string, args ...any) error {
	return fmt.Errorf("internal error: "+format, args...)
}
