// Package adopt reads what other people wrote, rule files of Prometheus and dashboards of Grafana, into a plan
// that has queries, alerts and panels and nothing else, so that the linter can judge it. What a file is, its
// content says.
//
// Its place in the flow: where spec and planner stand for a spec. Places are those of the original file, and
// nothing is ever written back from such a plan.
package adopt

import (
	"bytes"
	"regexp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
)

// Kind is what a file is.
type Kind int

// The kinds. Nothing of ours: the file is neither.
const (
	Unknown Kind = iota
	// Rules is a rule file of Prometheus, or a PrometheusRule of Kubernetes, alone, in a list, or among others.
	Rules
	// Dashboard is the JSON of a dashboard of Grafana.
	Dashboard
)

// Input is a file, and what is known beside it.
type Input struct {
	File *diag.File
	// Workspace is whose settings hold.
	Workspace *plan.Workspace
	// Schema is what contracts say of the metrics that the file reads; nil: nothing is known of them.
	Schema *promql.Schema
}

var (
	// ruleKeys begin a line of every file with rules.
	ruleKeys = regexp.MustCompile(`(?m)^(?:groups|apiVersion|kind|items)[ \t]*:`)
	// ruleObject is what only the JSON of a resource with rules says.
	ruleObject = regexp.MustCompile(`"kind"\s*:\s*"PrometheusRule(?:List)?"`)
)

// Recognise tells from the content what a file is. Broken JSON is taken for a dashboard, so that somebody says
// what is wrong with it.
func Recognise(data []byte) Kind {
	trimmed := bytes.TrimLeft(data, " \t\r\n\ufeff")
	object := bytes.HasPrefix(trimmed, []byte("{")) && !bytes.HasPrefix(trimmed, []byte("{{"))
	switch text := string(bytes.TrimSpace(trimmed)); {
	case text == "{}", text == "null": // Prometheus takes it for no rules
		return Rules
	case object && ruleObject.Match(trimmed):
		return Rules
	case object:
		root, err := parseJSON(diag.NewFile("", data))
		if err != nil {
			return Dashboard
		}
		return kindOf(root)
	case ruleKeys.Match(data):
		return Rules
	}
	return Unknown
}

// Read reads a file. It returns nil after reporting why it is none that it knows, or cannot be read at all;
// mistakes inside are reported, and the rest of the file is in the plan.
func Read(in Input, rep *diag.Report) *plan.Plan {
	p := &plan.Plan{Workspace: in.Workspace, File: in.File}
	if in.Schema == nil {
		in.Schema = &promql.Schema{}
	}
	switch Recognise(in.File.Data) {
	case Dashboard:
		return readDashboard(in, p, rep)
	case Rules:
		return readRules(in, p, rep)
	}
	reportUnknown(in.File, rep)
	return nil
}

func reportUnknown(file *diag.File, rep *diag.Report) {
	rep.Errorf(diag.Span{File: file, End: min(1, len(file.Data))}, "this is neither a dashboard of Grafana nor a rule file of Prometheus").
		WithHelp("a dashboard has `panels`, a rule file has `groups`")
}
