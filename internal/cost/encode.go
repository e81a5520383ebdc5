package cost

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// FormatVersion is the version of the JSON form. It changes when a key changes its meaning or goes, not when one
// comes.
const FormatVersion = 1

// The JSON form. Numbers without a bound are null, and `unbounded` names what has none.
type (
	jsonReport struct {
		Version int         `json:"version"`
		Models  []jsonModel `json:"models"`
		Totals  jsonTotals  `json:"totals"`
	}
	jsonModel struct {
		Model       string       `json:"model"`
		File        string       `json:"file,omitempty"`
		Targets     *float64     `json:"targets"`
		Pushed      bool         `json:"pushed,omitempty"`
		Scrape      float64      `json:"scrape_seconds"`
		StackScrape float64      `json:"stack_scrape_seconds"`
		Evaluation  float64      `json:"evaluation_seconds,omitempty"`
		Metrics     []jsonMetric `json:"metrics"`
		Rules       []jsonRule   `json:"rules"`
		Absent      int          `json:"not_counted"`
		Totals      jsonTotals   `json:"totals"`
	}
	jsonUsage struct {
		Series               *float64 `json:"series"`
		SamplesPerSecond     *float64 `json:"samples_per_second"`
		HeadBytes            *float64 `json:"head_bytes"`
		PessimisticHeadBytes *float64 `json:"head_bytes_pessimistic"`
		BytesPerDay          *float64 `json:"bytes_per_day"`
		Natives              bool     `json:"without_native_histograms,omitempty"`
	}
	jsonMetric struct {
		Name      string       `json:"name"`
		Type      string       `json:"type"`
		Stack     bool         `json:"stack,omitempty"`
		Elsewhere bool         `json:"elsewhere,omitempty"`
		Factors   []jsonFactor `json:"factors,omitempty"`
		Unbounded []string     `json:"unbounded,omitempty"`
		jsonUsage
	}
	jsonFactor struct {
		N  int    `json:"n"`
		Of string `json:"of,omitempty"`
	}
	jsonRule struct {
		Name          string   `json:"name"`
		Kind          string   `json:"kind"`
		Rules         int      `json:"rules"`
		Read          *float64 `json:"samples_read"`
		ReadPerSecond *float64 `json:"samples_read_per_second"`
		Unbounded     []string `json:"unbounded,omitempty"`
		jsonUsage
	}
	jsonTotals struct {
		Own           jsonUsage  `json:"own"`
		Stack         jsonUsage  `json:"stack"`
		Records       jsonUsage  `json:"records"`
		All           jsonUsage  `json:"all"`
		ReadPerSecond float64    `json:"samples_read_per_second"`
		Deploy        jsonDeploy `json:"deploy"`
		Unbounded     []string   `json:"unbounded,omitempty"`
	}
	jsonDeploy struct {
		Replaced             float64 `json:"replaced_series"`
		HeadSeries           float64 `json:"head_series"`
		HeadBytes            float64 `json:"head_bytes"`
		PessimisticHeadBytes float64 `json:"head_bytes_pessimistic"`
	}
)

// WriteJSON writes models, and all of them together, as JSON. Bytes are whole, rates have three decimals.
func WriteJSON(w io.Writer, models []*Model) error {
	out := jsonReport{Version: FormatVersion, Models: []jsonModel{}, Totals: encodeTotals(Sum(models))}
	for _, m := range models {
		out.Models = append(out.Models, m.encode())
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// Sum adds up models.
func Sum(models []*Model) (t Totals) {
	for _, m := range models {
		t.Add(m.Totals)
	}
	return t
}

func (m *Model) encode() jsonModel {
	out := jsonModel{
		Model: m.Model, File: m.File, Targets: m.Targets.encode(), Pushed: m.Pushed,
		Scrape: seconds(m.Scrape), StackScrape: seconds(m.StackScrape), Evaluation: seconds(m.Evaluation),
		Metrics: []jsonMetric{}, Rules: []jsonRule{}, Absent: m.Absent, Totals: encodeTotals(m.Totals),
	}
	for _, of := range m.Metrics {
		row := jsonMetric{Name: of.Name, Type: string(of.Type), Stack: of.Stack, Elsewhere: of.Elsewhere, Unbounded: of.Series.Without, jsonUsage: of.Usage.encode()}
		for _, f := range of.Factors {
			row.Factors = append(row.Factors, jsonFactor(f))
		}
		out.Metrics = append(out.Metrics, row)
	}
	for _, r := range m.Rules {
		row := jsonRule{Name: r.Name, Kind: "record", Rules: r.Rules, Read: r.Read.encode(), Unbounded: r.Series.unite(r.Read).Without, jsonUsage: r.Usage.encode()}
		if r.Alert {
			row.Kind = "alert"
		}
		if r.Read.Known() {
			row.ReadPerSecond = number(r.ReadPerSecond, 3)
		}
		out.Rules = append(out.Rules, row)
	}
	return out
}

func (b Bound) encode() *float64 {
	if !b.Known() {
		return nil
	}
	return &b.Most
}

func (u Usage) encode() jsonUsage {
	if !u.Series.Known() {
		return jsonUsage{}
	}
	return jsonUsage{
		Series: u.Series.encode(), SamplesPerSecond: number(u.SamplesPerSecond, 3), HeadBytes: number(u.HeadBytes, 0),
		PessimisticHeadBytes: number(u.PessimisticHeadBytes, 0), BytesPerDay: number(u.BytesPerDay, 0), Natives: u.Natives,
	}
}

func encodeTotals(t Totals) jsonTotals {
	return jsonTotals{
		Own: t.Own.encode(), Stack: t.Stack.encode(), Records: t.Records.encode(), All: t.All.encode(),
		ReadPerSecond: *number(t.ReadPerSecond, 3), Deploy: jsonDeploy(t.Deploy), Unbounded: t.Unbounded,
	}
}

// number rounds to decimals, so that the last bits of a sum are not a difference.
func number(v float64, decimals int) *float64 {
	scale := math.Pow10(decimals)
	v = math.Round(v*scale) / scale
	return &v
}

func seconds(d time.Duration) float64 { return d.Seconds() }
