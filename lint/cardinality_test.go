package lint_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

func TestCount(t *testing.T) {
	label := func(name string, n int) metric.Label {
		return metric.Label{Name: name, Values: metric.Values{AtMost: n}}
	}
	bounds := make([]decimal.Decimal, 14)
	for i := range bounds {
		bounds[i] = decimal.NewFromInt(int64(i))
	}
	for _, c := range []struct {
		metric   metric.Metric
		replicas []metric.Label
		members  *metric.Label
		want     string // of the message; empty: none
	}{
		{metric.Metric{Type: metric.Gauge, Labels: []metric.Label{label("path", 1000)}}, nil, nil, ""},
		{metric.Metric{Type: metric.Gauge, Labels: []metric.Label{label("path", 1001)}}, nil, nil, "has up to 1,001 series; the budget is 1,000"},
		{metric.Metric{Type: metric.Gauge, Labels: []metric.Label{label("path", 300)}}, []metric.Label{label("pod", 4)}, nil, "has up to 1,200 series: 4 of `pod` × 300 of `path`; the budget is 1,000"},
		{metric.Metric{Type: metric.Histogram, Buckets: bounds, Labels: []metric.Label{label("path", 30)}}, []metric.Label{label("pod", 4)}, nil, "has up to 2,040 series: 4 of `pod` × 30 of `path` × 17 series of each histogram"},
		{metric.Metric{Type: metric.NativeHistogram, Labels: []metric.Label{label("path", 30)}}, []metric.Label{label("pod", 4)}, nil, ""},
		// Unknown factors count once.
		{metric.Metric{Type: metric.Histogram, Labels: []metric.Label{label("path", 500)}}, nil, nil, "has at least 1,500 series"},
		{metric.Metric{Type: metric.Gauge, Labels: []metric.Label{label("path", 1500), label("plan", 0)}}, nil, nil, "has at least 1,500 series"},
		// Each member is a model.
		{metric.Metric{Type: metric.Gauge, Labels: []metric.Label{label("path", 500), label("country", 40)}}, nil, &metric.Label{Name: "country"}, ""},
		// Nothing overflows.
		{metric.Metric{Type: metric.Gauge, Labels: []metric.Label{label("a", 100_000_000), label("b", 100_000_000), label("c", 100_000_000)}}, nil, nil, "has up to 1,000,000,000,000 series"},
	} {
		m := c.metric
		m.Name = "x"
		p := declared(&m)
		p.Contract.Replicas, p.Contract.Members = c.replicas, c.members
		p.Workspace.Policy.Budgets = plan.Budgets{SeriesPerMetric: 1000}
		var rep diag.Report
		lint.Run(p, "", &rep)
		got := ""
		for _, d := range rep.All() {
			if d.Rule == "high-cardinality" {
				got = d.Message
			}
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q, want %q", m.Labels, got, c.want)
		}
	}
}

// What a label holds is told from its name, and where that belongs.
func TestUnboundedLabels(t *testing.T) {
	for name, want := range map[string]string{
		"request_id": "identifiers of requests", "traceId": "identifiers of requests", "session": "identifiers of sessions",
		"user": "people or things", "customer_id": "people or things", "email": "addresses of people", "user_email": "addresses of people",
		"user_agent": "free text", "prompt": "free text", "error_message": "free text", "exception": "free text",
		"timestamp": "points in time", "created": "points in time", "url": "addresses", "path": "addresses", "client_ip": "addresses of the network", "request_path": "addresses",
		"ip": "addresses of the network", "embedding": "what differs for each input", "sha256": "what differs for each input",
		"score": "numbers", "uuid": "identifiers", "id": "identifiers",
		"pod": "", "segment": "", "plan": "", "version": "", "shard": "",
		"request_type": "", "error_code": "", "user_tier": "", "request_protocol": "", "_": "", "__x": "",
	} {
		m := &metric.Metric{Name: "x", Type: metric.Gauge, Labels: []metric.Label{{Name: name}}}
		rules, report := findings(m)
		d := report.All()[0]
		if len(rules) == 0 || d.Rule != "unbounded-label" && d.Rule != "name-style" {
			t.Errorf("%s: %v", name, rules)
			continue
		}
		for _, d := range report.All() {
			if d.Rule != "unbounded-label" {
				continue
			}
			if want == "" && d.Severity != diag.Info || want != "" && (d.Severity != diag.Warning || !strings.Contains(d.Message, want)) {
				t.Errorf("%s: %s: %s", name, d.Severity, d.Message)
			}
		}
	}
}

func TestDeclaredValues(t *testing.T) {
	for _, c := range []struct{ label, value, want string }{
		{"run", "4f0c2b1e-93f5-4f43-a1c9-6d2c6f0f8a11", "a UUID"},
		{"owner", "ann@example.org", "an e-mail address"},
		{"at", "2026-11-29T12:00:00Z", "a point in time"},
		{"at", "1796000000", "a Unix time"},
		{"at", "1796000000123", "a Unix time"},
		{"host", "10.0.3.7:8000", "an address of the network"},
		{"target", "https://example.org/a", "a URL"},
		{"path", "/v1/models/{id}", ""},
		{"status", "404", ""},
		{"version", "1.2.3.4", ""},
		{"model_version", "4f0c2b1e-93f5-4f43-a1c9-6d2c6f0f8a11", ""},
		{"quarter", "2026-11-29", ""},
		{"code", "1000000000", "a Unix time"},
		{"bucket", "250000000", ""},
		{"label", "Airplane", ""},
	} {
		m := &metric.Metric{Name: "x", Type: metric.Gauge, Labels: []metric.Label{{Name: c.label, Values: metric.Values{Exactly: []string{"a", c.value}, AtMost: 2}}}}
		_, report := findings(m)
		got := ""
		for _, d := range report.All() {
			if d.Rule == "identifier-value" {
				got = d.Message
			}
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.label, c.value, got, c.want)
		}
	}
}
