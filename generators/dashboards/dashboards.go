// Package dashboards spells the dashboards of a plan as Grafana's JSON, and judges such files. It stands
// near the end of the flow: source → spec → planner → generators/dashboards → output.
//
// Like every generator it decides nothing: queries, places, colours, limits and words are in the plan.
// What is decided here is spelling: which panel type, option or file shape of the workspace's version of
// Grafana says what the plan says. What differs between versions is a table of features (features.go),
// never a comparison with one version. An error is a defect of this program.
//
// From Grafana 8 on, panels are built with the Foundation SDK; before, its types are embedded and what
// they lack (the graph panel, datasources by name, mappings without colour, alerts) is put beside them.
//
// Texts of strangers (titles, legends, Markdown, addresses) are escaped where they leave: text.go.
package dashboards

import (
	"fmt"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Target returns the target that writes `dashboards/<folder>/<model>.json`, the dashboard for readers.
func Target() *generators.Target {
	return &generators.Target{
		Name:  "dashboards",
		Doc:   "Grafana dashboards, one per model, with variables",
		Wants: func(ws *plan.Workspace) bool { return ws.EmitDashboards },
		Model: modelFile,
	}
}

func modelFile(p *plan.Plan) ([]generators.File, error) {
	if p.Dashboard == nil {
		return nil, nil
	}
	data, err := Marshal(p.Dashboard, p.Workspace)
	if err != nil {
		return nil, err
	}
	if err := generators.CheckSize("the dashboard", data); err != nil {
		return nil, err
	}
	return []generators.File{{Path: Path(p), Data: data}}, nil
}

// Path is where the dashboard of p lies in the output folder.
func Path(p *plan.Plan) string {
	if folder := folderSlug(p.Dashboard.Folder); folder != "" {
		return "dashboards/" + folder + "/" + p.Model + ".json"
	}
	return "dashboards/" + p.Model + ".json"
}

// folderSlug makes one path element of the name of a Grafana folder: letters, digits, `_`, `.` and `-`
// stay, anything else is a hyphen. Empty for a name without a letter or digit.
func folderSlug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '.':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-._")
}

// AlertBlock spells the `alert` of a panel that carries one. The panel is passed whole, because a legacy
// alert names its panel's query.
type AlertBlock func(*plan.Panel) (any, error)

// Marshal spells a board without alerts. The datasource is the board's datasource variable; a board
// without one names the workspace's.
func Marshal(board *plan.Dashboard, ws *plan.Workspace) ([]byte, error) {
	return MarshalWithAlerts(board, ws, nil)
}

// MarshalWithAlerts spells a board, and asks block for the `alert` of each panel that carries one.
func MarshalWithAlerts(board *plan.Dashboard, ws *plan.Workspace, block AlertBlock) ([]byte, error) {
	s := newSpeller(board, ws, block)
	data, err := s.dashboard()
	if err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", board.UID, err)
	}
	return encode(data)
}
