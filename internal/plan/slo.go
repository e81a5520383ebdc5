package plan

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// SLO is a service level objective as it was decided; what is recorded and alerted on is in Records and Alerts.
type SLO struct {
	Name string
	// Objective and Budget are shares of all events, exact; together they are 1.
	Objective, Budget decimal.Decimal
	Period            time.Duration
	Burns             []Burn
	// Events says that it counts events, not moments.
	Events bool
	// Span is the name where it was written, PeriodSpan and EventsSpan its period and min_events; zero: not given.
	Span, PeriodSpan, EventsSpan diag.Span
}

// Burn is an alert on how fast the budget is spent: faster than Factor in the Long window and in the Short one.
type Burn struct {
	Alert       string
	Long, Short time.Duration
	// Factor is how many times faster than the budget allows for.
	Factor   decimal.Decimal
	Severity Severity
	// MinEvents is how many events the long window needs; 0: any.
	MinEvents int64
}
