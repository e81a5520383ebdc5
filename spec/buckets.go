package spec

import (
	"strings"

	"github.com/shopspring/decimal"
)

// clientDefaults are the finite upper bounds that client libraries give a histogram when nobody says otherwise.
// Sorted by name.
var clientDefaults = []struct{ client, bounds string }{
	// client_golang, prometheus.DefBuckets.
	{"go", "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10"},
	// client_java 1.x, Histogram.Builder.DEFAULT_CLASSIC_UPPER_BOUNDS (simpleclient 0.x had those of Python).
	{"java", "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10"},
	// OpenTelemetry SDKs, explicit bucket histogram aggregation; made for milliseconds.
	{"otel", "0 5 10 25 50 75 100 250 500 750 1000 2500 5000 7500 10000"},
	// prometheus_client, Histogram.DEFAULT_BUCKETS.
	{"python", "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10"},
}

func clients() (names []string) {
	for _, c := range clientDefaults {
		names = append(names, c.client)
	}
	return names
}

func clientBuckets(client string) (bounds []decimal.Decimal) {
	for _, c := range clientDefaults {
		if c.client == client {
			for _, b := range strings.Fields(c.bounds) {
				bounds = append(bounds, decimal.RequireFromString(b))
			}
		}
	}
	return bounds
}
