// Package enginetest answers in tests what a real Prometheus would answer: series in promtool's notation
// are loaded into a storage, rules run over them in order, queries read the result.
//
// Its place in the flow: behind everything. Tests of the planner, the generators, the examples and of
// internal/promql load series that behave like a model in good or bad weather, run the generated rules
// and look at what fires and what the panels show. The engine, the rules and the parser are Prometheus's
// own; only the storage is ours, in memory, so that thousands of them are cheap.
package enginetest

import (
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// Start is when every storage begins: midnight of a Monday, in UTC. Times in promtool's notation and in
// Series.Func count from here.
var Start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// At is the time d after Start.
func At(d time.Duration) time.Time { return Start.Add(d) }

// Storage holds series and answers queries. It is for one test and not safe for concurrent use.
type Storage struct {
	// EvaluationInterval is that of rule groups that name none; one minute unless set before Rules.
	EvaluationInterval time.Duration
	// Sent are the notifications that Prometheus would send, in order; see Rules.
	Sent []Notification

	list   []*series
	byName map[string][]*series
	byHash map[uint64][]*series
	engine *promql.Engine
}

// New returns an empty storage.
func New(tb testing.TB) *Storage {
	tb.Helper()
	return &Storage{
		EvaluationInterval: time.Minute,
		byName:             map[string][]*series{},
		byHash:             map[uint64][]*series{},
		engine:             promql.NewEngine(engineOptions),
	}
}

// Load returns a storage with series that have a sample every interval. What is wrong with them fails
// the test.
func Load(tb testing.TB, interval time.Duration, list []Series) *Storage {
	tb.Helper()
	s := New(tb)
	if err := s.Add(interval, list); err != nil {
		tb.Fatal(err)
	}
	return s
}

// engineOptions are those of a Prometheus without flags.
var engineOptions = promql.EngineOpts{
	MaxSamples:               50_000_000,
	Timeout:                  time.Minute,
	LookbackDelta:            5 * time.Minute,
	NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
	EnableAtModifier:         true,
	EnableNegativeOffset:     true,
	Parser:                   promParser,
}

// promParser is the parser of a Prometheus without flags.
var promParser = parser.NewParser(parser.Options{})

// Labels returns the labels of a metric without its name, as a map for comparisons.
func Labels(l labels.Labels) map[string]string {
	m := l.Map()
	delete(m, model.MetricNameLabel)
	return m
}
