package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const costPage = "../../docs/cost.md"

// costRow is a line of a table of the page: what, which number, how it is worked out, what it is.
var costRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([a-z ,]+) \| ([^|]+) \| ([0-9,.]+) \|$`)

// costWords are what a calculation has beside numbers and operators: words, times (`in 5 min`), separators (`1,120`).
var costWords = regexp.MustCompile("in [0-9]+ (min|h)|`[^`]*`|[^0-9.+*/() ]")

// TestCostPage works out the examples of docs/cost.md by hand and compares them with what the command prints.
// MLOBS_UPDATE=1 rewrites the output that the page shows; what was worked out by hand nobody rewrites.
func TestCostPage(t *testing.T) {
	page, err := os.ReadFile(costPage)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	numbers := costsOf(t, "examples")
	rows := 0
	for _, section := range strings.Split(string(page), "\n### ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		model := strings.Trim(name, "`")
		for _, m := range costRow.FindAllStringSubmatch(body, -1) {
			rows++
			what := strings.Trim(m[1], "`")
			is, err := strconv.ParseFloat(strings.ReplaceAll(m[4], ",", ""), 64)
			if err != nil {
				t.Fatal(err)
			}
			if byHand := workOut(t, m[3]); math.Abs(byHand-is) > 0.001 {
				t.Errorf("%s, %s of %s: %s is %v, not %v", model, m[2], what, m[3], byHand, is)
			}
			got, ok := numbers[[3]string{model, what, m[2]}]
			if !ok {
				t.Errorf("%s: the command says nothing of %s of %s", model, m[2], what)
			} else if math.Abs(got-is) > 0.001 {
				t.Errorf("%s: %s of %s is %v by hand, and %v in the output", model, m[2], what, is, got)
			}
		}
	}
	if models := 6; rows < 5*models {
		t.Errorf("only %d rows found on the page", rows)
	}
	if updated := withOutput(page); !bytes.Equal(updated, page) {
		if os.Getenv("MLOBS_UPDATE") == "" {
			t.Fatal("docs/cost.md shows what the command does not print; MLOBS_UPDATE=1 go test ./cmd/mlobs-gen -run TestCostPage")
		}
		if err := os.WriteFile("docs/cost.md", updated, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withOutput runs the commands that a page shows and puts their output behind them.
func withOutput(page []byte) []byte {
	return consoleBlock.ReplaceAllFunc(page, func(block []byte) []byte {
		command, _, _ := strings.Cut(strings.TrimPrefix(string(block), "```console\n$ mlobs-gen "), "\n")
		var out bytes.Buffer
		Main(strings.Fields(command), strings.NewReader(""), &out, &out)
		return fmt.Appendf(nil, "```console\n$ mlobs-gen %s\n%s```", command, out.String())
	})
}

// workOut is the value of a calculation with words in it: `2 pods × (11 bounds + 3)`.
func workOut(t *testing.T, text string) float64 {
	t.Helper()
	text, _, _ = strings.Cut(strings.NewReplacer("×", "*", ": ", ", ").Replace(text), ", ")
	text = costWords.ReplaceAllString(text, "")
	text = regexp.MustCompile(`\d+(\.\d+)?`).ReplaceAllStringFunc(text, func(n string) string {
		if strings.Contains(n, ".") {
			return n
		}
		return n + ".0"
	})
	v, err := types.Eval(token.NewFileSet(), nil, token.NoPos, text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	value, _ := constant.Float64Val(v.Value)
	return value
}

// costsOf are the numbers in the JSON form: by model, what they are of, and which number.
func costsOf(t *testing.T, dir string) map[[3]string]float64 {
	t.Helper()
	type usage struct {
		Name             string
		Series           *float64
		SamplesPerSecond *float64 `json:"samples_per_second"`
		HeadBytes        *float64 `json:"head_bytes"`
		Pessimistic      *float64 `json:"head_bytes_pessimistic"`
		BytesPerDay      *float64 `json:"bytes_per_day"`
		Read             *float64 `json:"samples_read"`
	}
	var report struct {
		Models []struct {
			Model          string
			Metrics, Rules []usage
			Totals         struct {
				Own, Stack, Records, All usage
				Deploy                   struct {
					Replaced float64 `json:"replaced_series"`
					Head     float64 `json:"head_series"`
				}
			}
		}
	}
	var out, complaints bytes.Buffer
	if code := Main([]string{"cost", dir, "--format", "json"}, strings.NewReader(""), &out, &complaints); code != exitClean {
		t.Fatalf("exit %d: %s", code, complaints.String())
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	numbers := map[[3]string]float64{}
	for _, m := range report.Models {
		note := func(what string, u usage) {
			for key, v := range map[string]*float64{
				"series": u.Series, "samples per second": u.SamplesPerSecond, "bytes of memory": u.HeadBytes,
				"bytes of memory, pessimistic": u.Pessimistic, "bytes per day": u.BytesPerDay, "samples read": u.Read,
			} {
				if v != nil {
					numbers[[3]string{m.Model, what, key}] = *v
				}
			}
		}
		for _, u := range append(m.Metrics, m.Rules...) {
			note(u.Name, u)
		}
		note("own metrics", m.Totals.Own)
		note("metrics of the stack", m.Totals.Stack)
		note("recorded", m.Totals.Records)
		note("all of them", m.Totals.All)
		numbers[[3]string{m.Model, "a deploy", "series replaced"}] = m.Totals.Deploy.Replaced
		numbers[[3]string{m.Model, "a deploy", "series in the head"}] = m.Totals.Deploy.Head
	}
	return numbers
}
