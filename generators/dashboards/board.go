package dashboards

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// speller spells one board for one version of Grafana.
type speller struct {
	board *plan.Dashboard
	can   features
	block AlertBlock
	// schema is the board's schemaVersion.
	schema int
	// source is how panels and variables name the datasource: a *common.DataSourceRef or a string.
	source any
	// legacyAlerts: Grafana itself evaluates alerts in panels.
	legacyAlerts bool
}

func newSpeller(board *plan.Dashboard, ws *plan.Workspace, block AlertBlock) *speller {
	s := &speller{
		board:        board,
		can:          featuresOf(ws),
		block:        block,
		schema:       ws.Grafana.Version.SchemaVersion(),
		legacyAlerts: ws.LegacyAlerts && ws.Grafana.Version.HasLegacyAlerting(),
	}
	name, uid := ws.Grafana.DatasourceName, ws.Grafana.DatasourceUID
	for _, v := range board.Variables {
		if v.Kind == plan.DatasourceVariable {
			name, uid = "$"+v.Name, "${"+v.Name+"}"
			break
		}
	}
	if s.can.objectDatasource {
		s.source = &common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: &uid}
	} else {
		s.source = name
	}
	return s
}

// ref is the datasource for a query; nil where a query has the datasource of its panel.
func (s *speller) ref() *common.DataSourceRef {
	ref, _ := s.source.(*common.DataSourceRef)
	return ref
}

// boardJSON is the SDK's dashboard with lists whose elements can be more than the SDK knows. It is only
// ever encoded: decoding would call the SDK's methods.
type boardJSON struct {
	dashboard.Dashboard
	Annotations list  `json:"annotations"`
	Templating  list  `json:"templating"`
	Panels      []any `json:"panels"`
}

type list struct {
	List []any `json:"list"`
}

func (s *speller) dashboard() (*boardJSON, error) {
	//lint:ignore SA1019 the v2 schema is read by Grafana 13 only; every version reads this one
	b := dashboard.NewDashboardBuilder(title(s.board.Title)).
		Uid(s.board.UID).
		Tags(s.board.Tags).
		Timezone("browser").
		Readonly().
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Time(s.board.From, "now").
		Timepicker(dashboard.NewTimePickerBuilder().RefreshIntervals([]string{"30s", "1m", "5m", "15m"}))
	if s.board.Description != "" {
		b.Description(title(s.board.Description))
	}
	if s.board.Refresh != "" {
		b.Refresh(s.board.Refresh)
	}
	head, err := b.Build()
	if err != nil {
		return nil, err
	}
	head.SchemaVersion = uint16(s.schema)
	head.FiscalYearStartMonth = nil
	head.Timepicker.Hidden = nil
	out := &boardJSON{Dashboard: head, Annotations: list{[]any{}}, Templating: list{[]any{}}, Panels: []any{}}
	if out.Links, err = s.links(); err != nil {
		return nil, err
	}
	out.Annotations.List = append(out.Annotations.List, s.builtInAnnotation())
	for i := range s.board.Annotations {
		a, err := s.annotation(&s.board.Annotations[i])
		if err != nil {
			return nil, fmt.Errorf("annotation %s: %w", s.board.Annotations[i].Name, err)
		}
		out.Annotations.List = append(out.Annotations.List, a)
	}
	for i := range s.board.Variables {
		v, err := s.variable(&s.board.Variables[i])
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", s.board.Variables[i].Name, err)
		}
		out.Templating.List = append(out.Templating.List, v)
	}
	for _, p := range s.board.Panels {
		panels, err := s.panel(p)
		if err != nil {
			return nil, fmt.Errorf("panel %s: %w", cmp.Or(p.Key, p.Title), err)
		}
		out.Panels = append(out.Panels, panels...)
	}
	return out, nil
}

func (s *speller) links() ([]dashboard.DashboardLink, error) {
	var out []dashboard.DashboardLink
	for _, l := range s.board.Links {
		b := dashboard.NewDashboardLinkBuilder(title(l.Title)).Tooltip(title(l.Tooltip))
		switch {
		case l.URL != "":
			b.Type(dashboard.DashboardLinkTypeLink).Icon("doc").Url(address(l.URL)).TargetBlank(true)
		case l.Tag != "":
			b.Type(dashboard.DashboardLinkTypeDashboards).Icon("external link").
				Tags([]string{l.Tag}).AsDropdown(true).KeepTime(true)
		default:
			return nil, errors.New("a link has neither an address nor a tag")
		}
		link, err := b.Build()
		if err != nil {
			return nil, err
		}
		link.Placement = nil // the SDK's default would move it out of sight
		out = append(out, link)
	}
	return out, nil
}

// annotationJSON is the SDK's annotation with a datasource of either form.
type annotationJSON struct {
	dashboard.AnnotationQuery
	BuiltIn    *float64 `json:"builtIn,omitempty"`
	Datasource any      `json:"datasource,omitempty"`
}

// builtInAnnotation is the mark that people set by hand; Grafana adds it where it is missing.
func (s *speller) builtInAnnotation() *annotationJSON {
	out := &annotationJSON{Datasource: "-- Grafana --", BuiltIn: cog.ToPtr(1.0)}
	if s.can.objectDatasource {
		out.Datasource = &common.DataSourceRef{Type: cog.ToPtr("grafana"), Uid: cog.ToPtr("-- Grafana --")}
	}
	out.AnnotationQuery = dashboard.AnnotationQuery{
		Name: "Annotations & Alerts", Enable: true, Hide: cog.ToPtr(true),
		IconColor: "rgba(0, 211, 255, 1)", Type: cog.ToPtr("dashboard"),
	}
	return out
}

// namedMarks: marks in Grafana 12 say which alert or version they are about. Grafana's Prometheus plugin
// reads the three fields for it, and the SDK has them, but the dashboard schema that our files are held
// against does not: until it does, marks are nameless there. (The strip names what fires.)
const namedMarks = false

func (s *speller) annotation(a *plan.Annotation) (*annotationJSON, error) {
	out := &annotationJSON{Datasource: s.source, AnnotationQuery: dashboard.AnnotationQuery{
		Name: title(a.Name), Enable: true, Hide: &a.Hidden, IconColor: a.Color,
	}}
	if s.can.annotationTarget {
		q, err := prometheus.NewDataqueryBuilder().RefId("Anno").Expr(a.Expr).Interval(a.Step).Build()
		if err != nil {
			return nil, err
		}
		out.Target = q
	}
	if s.can.annotationExpr {
		out.Expr = &a.Expr
	}
	if !s.can.annotationTarget {
		out.Step = &a.Step
	}
	if namedMarks || !s.can.annotationTarget {
		out.TitleFormat, out.TextFormat, out.TagKeys = cog.ToPtr(title(a.Title)), cog.ToPtr(title(a.Text)), &a.TagKeys
	}
	return out, nil
}
