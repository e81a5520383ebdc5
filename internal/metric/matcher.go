package metric

import "github.com/mlobs-gen/mlobs-gen/internal/diag"

// MatchOp is PromQL's comparison of a label with a text.
type MatchOp string

// The four operators.
const (
	Equal    MatchOp = "="
	NotEqual MatchOp = "!="
	Match    MatchOp = "=~"
	NotMatch MatchOp = "!~"
)

// Matcher selects series by one label. Value is the text itself, not yet a PromQL string; for Match
// and NotMatch a regular expression, anchored at both ends by Prometheus.
type Matcher struct {
	Label string
	Op    MatchOp
	Value string
	// Span is where the label stands in a spec; zero if derived.
	Span diag.Span
}
