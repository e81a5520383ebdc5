package scenario_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
	"github.com/mlobs-gen/mlobs-gen/internal/enginetest/scenario"
)

// The check that the README shows sends the texts that the README quotes, when half of what was kept last week comes
// back.
func TestReadmeCheck(t *testing.T) {
	data, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	spec := regexp.MustCompile("(?s)<!-- file: models/returns.yaml -->\n```yaml\n(.*?)```").FindSubmatch(data)
	quoted := regexp.MustCompile("(?s)<!-- notification -->\n((?:>[^\n]*\n)+)").FindSubmatch(data)
	if spec == nil || quoted == nil {
		t.Fatal("the README shows no check")
	}
	const week = 7 * 24 * time.Hour
	count := func(class string, before, after float64) enginetest.Series {
		return enginetest.Series{
			Series: `predictions_total{service="returns",predicted="` + class + `"}`, For: week + 2*time.Hour,
			Func: enginetest.Then(week, enginetest.Linear(before), enginetest.Linear(after)),
		}
	}
	s := scenario.Compile(t, map[string]string{"models/returns.yaml": string(spec[1])})
	run := s.LoadAt(enginetest.Pace{AtLeast: 10 * time.Minute}, time.Minute, []enginetest.Series{
		{Series: `up{service="returns"}`, Func: enginetest.Constant(1), For: week + 2*time.Hour},
		count("keeps", 0.8, 0.4), count("exchanges", 0.1, 0.1), count("returns", 0.1, 0.5),
	})
	run.Until(3 * time.Hour) // last week; nobody reads what is recorded in between
	run.Outage(week - 4*time.Hour)
	run.Until(week + 2*time.Hour)
	var sent []string
	for _, n := range run.Storage.Sent {
		if n.Name == "PredictionsAsLastWeek" && !n.Resolved {
			sent = append(sent, n.Annotations["summary"], n.Annotations["description"])
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(string(quoted[1])), "\n") {
		if line = strings.TrimSpace(strings.TrimPrefix(line, ">")); line != "" && !slices.Contains(sent, line) {
			t.Errorf("the README quotes\n%s\nsent is\n%s", line, strings.Join(sent, "\n"))
		}
	}
}
