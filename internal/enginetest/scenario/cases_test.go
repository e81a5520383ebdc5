package scenario

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/enginetest"
)

const (
	// casesFolder has definitions of what checks and objectives measure, each with scrape data and what comes out.
	casesFolder = "../../../../shared/cases/checks"
	// answersFolder says of each of them how generated rules come to the same, or why they do not; one file each.
	answersFolder = "testdata/cases"
)

// knownCase is a case, as far as it is asked here.
type knownCase struct {
	Name      string
	Pitfall   bool
	Series    []enginetest.Series
	Interval  time.Duration
	At        time.Duration
	Expected  []expectation
	Tolerance float64
}

// expectation is one series of a result.
type expectation struct {
	Labels map[string]string `yaml:"labels"`
	Value  number            `yaml:"value"`
}

// number is read from its text: NaN is a number.
type number float64

func (n *number) UnmarshalYAML(node *yaml.Node) error {
	v, err := strconv.ParseFloat(node.Value, 64)
	*n = number(v)
	return err
}

// duration is read as PromQL writes it: 73h, 5m.
type duration time.Duration

func (d *duration) UnmarshalYAML(node *yaml.Node) error {
	v, err := model.ParseDuration(node.Value)
	*d = duration(v)
	return err
}

// readCases reads a file of cases.
func readCases(t *testing.T, path string) (list []knownCase) {
	t.Helper()
	var file struct {
		Cases []struct {
			Name, Kind string
			Series     []struct{ Series, Values string }
			Interval   duration
			EvalTime   duration `yaml:"eval_time"`
			Expected   []expectation
			Tolerance  float64
		}
	}
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, yaml.Unmarshal(data, &file))
	for _, c := range file.Cases {
		known := knownCase{
			Name: c.Name, Pitfall: c.Kind == "pitfall", Interval: time.Duration(c.Interval), At: time.Duration(c.EvalTime),
			Expected: c.Expected, Tolerance: c.Tolerance,
		}
		for _, s := range c.Series {
			known.Series = append(known.Series, enginetest.Series{Series: s.Series, Values: s.Values})
		}
		list = append(list, known)
	}
	return list
}

// answers are the answers to one file of cases.
type answers struct {
	// Workspace is the text of mlobs.yaml, unless an answer has its own.
	Workspace string `yaml:"workspace"`
	// Target are labels of the target that all series of the cases get: a spec selects its targets by them.
	Target string `yaml:"target"`
	// Specs are templates that answers name.
	Specs map[string]string  `yaml:"specs"`
	Cases map[string]*answer `yaml:"cases"`
}

// answer says how generated rules answer a case. Either a spec or a reason is given.
type answer struct {
	// Spec names a template of the file, With fills it in. Workspace replaces that of the file.
	Spec      string            `yaml:"spec"`
	With      map[string]string `yaml:"with"`
	Workspace string            `yaml:"workspace"`
	// Also lists series that are there beside those of the case.
	Also []struct{ Series, Values string } `yaml:"also"`
	// AtLeast is the shortest interval of the rule groups; see enginetest.Pace.
	AtLeast duration `yaml:"at_least"`
	// SlowFrom is when groups run for the first time that are evaluated each 2m30s: of objectives nothing reads what they
	// recorded before.
	SlowFrom duration `yaml:"slow_from"`

	// Query reads what was recorded: at the time of the case it has the result of the case.
	Query string `yaml:"query"`
	// Fires lists alerts that fire then, one for each series of the result; Silent those that do not.
	Fires  []string `yaml:"fires"`
	Silent []string `yaml:"silent"`
	// Refused is a part of the message with which such a spec does not compile.
	Refused string `yaml:"refused"`
	// Without lists labels of the case that generated rules do not have: its rules are written for any job, a spec is
	// for one.
	Without []string `yaml:"without"`
	// Instead is the result of Query where it is meant to be another than that of the case, which is a pitfall;
	// Tolerance is meant to be another; Why says why.
	Instead   []expectation `yaml:"instead"`
	Tolerance float64       `yaml:"tolerance"`
	Why       string        `yaml:"why"`

	// NotRun is why generated rules have no answer.
	NotRun string `yaml:"not_run"`
	// Waits names the part of the language that the answer needs and that is not built.
	Waits string `yaml:"waits"`
}

// readAnswers reads the answers to a file of cases: each case has one, each answer its case, and none is
// half an answer.
func readAnswers(t *testing.T, name string, cases []knownCase) *answers {
	t.Helper()
	file := &answers{}
	data, err := os.ReadFile(filepath.Join(answersFolder, name))
	must(t, err)
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	must(t, d.Decode(file))
	extra := maps.Clone(file.Cases)
	for _, c := range cases {
		delete(extra, c.Name)
		a := file.Cases[c.Name]
		if a == nil {
			t.Errorf("%s: %s has no answer: say how generated rules come to the same, or `not_run` and why", name, c.Name)
			file.Cases[c.Name] = &answer{NotRun: "?"}
			continue
		}
		if err := a.complete(c); err != nil {
			t.Errorf("%s: %s: %v", name, c.Name, err)
		}
	}
	for _, unknown := range slices.Sorted(maps.Keys(extra)) {
		t.Errorf("%s: there is no case %s", name, unknown)
	}
	return file
}

func (a *answer) complete(c knownCase) error {
	asks := a.Query != "" || len(a.Fires)+len(a.Silent) > 0
	switch {
	case (a.Spec == "") == (a.NotRun == "" && a.Waits == ""):
		return errors.New("give either `spec` or `not_run`")
	case a.NotRun != "":
		return nil
	case a.Spec != "" && asks == (a.Refused != ""):
		return errors.New("give `query`, `fires`, `silent`, or `refused`")
	case len(a.Fires) > 0 && len(c.Expected) == 0 && a.Instead == nil, len(a.Silent) > 0 && !asks:
		return errors.New("the result of the case is empty: nothing may fire")
	case (a.Instead != nil || a.Tolerance != 0) != (a.Why != ""):
		return errors.New("`why` says why `instead` and `tolerance` differ from the case")
	case a.Instead != nil && !c.Pitfall:
		return errors.New("only what a pitfall returns may be meant to be another")
	}
	return nil
}

// TestCases: each case of each file is answered, and the answers hold. docs/cases.md shows which.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(casesFolder, "*.yaml"))
	must(t, err)
	if len(files) == 0 {
		t.Skip("the cases are not at hand: ../shared/cases/checks")
	}
	var page casesPage
	for _, path := range files {
		name := filepath.Base(path)
		cases := readCases(t, path)
		file := readAnswers(t, name, cases)
		page.add(name, cases, file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			if testing.Short() {
				t.Skip("long: runs without -short, as in .ci/run")
			}
			t.Parallel()
			done := simulated{}
			for _, c := range cases {
				if a := file.Cases[c.Name]; a.Spec != "" && a.Waits == "" {
					t.Run(c.Name, func(t *testing.T) { a.check(t, done, file, c) })
				}
			}
		})
	}
	page.compare(t)
}
