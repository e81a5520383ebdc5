package dashboards

import (
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// cogSort is how a table is sorted.
type cogSort = cog.Builder[common.TableSortByFieldState]

// firing spells the alerts that fire now: a table of what Prometheus says about its rules, or Grafana's
// own list.
func (s *speller) firing(p *plan.Panel) ([]any, error) {
	columns := p.Columns
	if len(columns) == 0 {
		columns = firingColumns(p.Mappings)
	}
	switch {
	case len(p.Queries) == 0, !s.can.modernPanels && s.legacyAlerts && len(p.AlertTags) > 0:
		return s.alertList(p)
	case !s.can.modernPanels:
		return one(s.firingBoxes(p, columns))
	}
	q := *p
	q.Mappings = numbersOnly(p.Mappings)
	b := tablePanel(s, &q)
	var names []string
	titles := map[string]string{}
	for _, c := range columns {
		name := c.Label
		if name == "" {
			name = "Value"
		}
		names = append(names, name)
		titles[name] = title(c.Title)
	}
	b.WithTransformation(keep(names)).WithTransformation(arrange(names, titles)).NoValue(noAlert)
	s.columns(b, columns)
	built, err := b.Build()
	return one(s.finish(&q, built, err))
}

// firingColumns are the columns of ALERTS where the plan names none: name, level and age. Mappings of
// texts are words for the level.
func firingColumns(words []plan.Mapping) []plan.Column {
	level := plan.Column{Title: "Level", Label: "severity", Width: 54}
	for _, m := range words {
		if m.Match != "" {
			level.Mappings = append(level.Mappings, m)
		}
	}
	zero := 0
	return []plan.Column{
		{Title: "Alert", Label: "alertname"}, level, {Title: "For", Unit: "s", Decimals: &zero, Width: 62},
	}
}

// firingBoxes spells one box per alert. A table before 8 cannot say that nothing fires: it says that
// there are no data.
func (s *speller) firingBoxes(p *plan.Panel, columns []plan.Column) (*panelJSON, error) {
	var labels []string
	for _, c := range columns {
		if c.Label != "" {
			labels = append(labels, "{{"+c.Label+"}}")
		}
	}
	q := *p
	q.Queries = slices.Clone(p.Queries)
	for i := range q.Queries {
		q.Queries[i].Format, q.Queries[i].Legend = plan.FormatTimeSeries, strings.Join(labels, ", ")
	}
	for _, c := range columns {
		if c.Label == "" {
			q.Unit, q.Decimals = c.Unit, c.Decimals
		}
	}
	q.Mappings = nil
	b := statPanel(s, &q).NoValue(noAlert).
		ColorMode(common.BigValueColorModeValue).
		GraphMode(common.BigValueGraphModeNone).
		TextMode(common.BigValueTextModeValueAndName).
		JustifyMode(common.BigValueJustifyModeAuto). // the name on the left, the age on the right
		ReduceOptions(reduce("lastNotNull")).
		Orientation(common.VizOrientationHorizontal)
	built, err := b.Build()
	return s.finish(&q, built, err)
}

// noAlert stands where alerts would.
const noAlert = "No alert fires."

func numbersOnly(list []plan.Mapping) []plan.Mapping {
	var out []plan.Mapping
	for _, m := range list {
		if m.Match == "" {
			out = append(out, m)
		}
	}
	return out
}

// alertList spells Grafana's list of its own alerts: those that are not fine, the worst first.
func (s *speller) alertList(p *plan.Panel) ([]any, error) {
	const byImportance = 3
	q := *p
	q.Queries = nil // Grafana asks itself
	p = &q
	b := head(s, dashboard.NewPanelBuilder().Type("alertlist"), p)
	tags := p.AlertTags
	if tags == nil {
		tags = []string{}
	}
	switch {
	case s.can.unifiedAlertList:
		b.Options(unifiedAlertList{
			ViewMode: "list", GroupMode: "default", GroupBy: []string{}, MaxItems: 20, SortOrder: byImportance,
			DashboardAlerts: len(p.AlertLabels) == 0, LabelFilter: labelFilter(p.AlertLabels),
			StateFilter: unifiedStates{Firing: true, Pending: true, Recovering: true, NoData: true, Error: true},
		})
	case s.can.modernPanels:
		b.Options(legacyAlertList{
			ShowOptions: "current", MaxItems: 10, SortOrder: byImportance,
			DashboardAlerts: len(tags) == 0, Tags: tags,
			StateFilter: legacyStates{Alerting: true, Pending: true, NoData: true, ExecutionError: true},
		})
	}
	built, err := b.Build()
	panel, err := s.finish(p, built, err)
	if err != nil || s.can.modernPanels || s.can.unifiedAlertList {
		return one(panel, err)
	}
	return []any{&alertListJSON{
		panelJSON: panel, Show: "current", Limit: 10, SortOrder: byImportance,
		StateFilter:           []string{"alerting", "pending", "no_data", "execution_error"},
		OnlyAlertsOnDashboard: len(tags) == 0, DashboardTags: tags,
	}}, nil
}

// alertListJSON is the list as an Angular panel, before 8.
type alertListJSON struct {
	*panelJSON
	Show                  string   `json:"show"`
	Limit                 int      `json:"limit"`
	SortOrder             int      `json:"sortOrder"`
	StateFilter           []string `json:"stateFilter"`
	OnlyAlertsOnDashboard bool     `json:"onlyAlertsOnDashboard"`
	DashboardTags         []string `json:"dashboardTags"`
	DashboardFilter       string   `json:"dashboardFilter"`
	NameFilter            string   `json:"nameFilter"`
	FolderID              *int     `json:"folderId"`
}

// legacyAlertList is the list of legacy alerts, 8 to 10.
type legacyAlertList struct {
	ShowOptions     string       `json:"showOptions"`
	MaxItems        int          `json:"maxItems"`
	SortOrder       int          `json:"sortOrder"`
	DashboardAlerts bool         `json:"dashboardAlerts"`
	AlertName       string       `json:"alertName"`
	DashboardTitle  string       `json:"dashboardTitle"`
	Tags            []string     `json:"tags"`
	StateFilter     legacyStates `json:"stateFilter"`
}

type legacyStates struct {
	OK             bool `json:"ok"`
	Paused         bool `json:"paused"`
	NoData         bool `json:"no_data"`
	ExecutionError bool `json:"execution_error"`
	Alerting       bool `json:"alerting"`
	Pending        bool `json:"pending"`
}

// unifiedAlertList is the list of rules, and of the instances that fire.
type unifiedAlertList struct {
	ViewMode        string        `json:"viewMode"`
	GroupMode       string        `json:"groupMode"`
	GroupBy         []string      `json:"groupBy"`
	MaxItems        int           `json:"maxItems"`
	SortOrder       int           `json:"sortOrder"`
	DashboardAlerts bool          `json:"dashboardAlerts"`
	AlertName       string        `json:"alertName"`
	LabelFilter     string        `json:"alertInstanceLabelFilter"`
	StateFilter     unifiedStates `json:"stateFilter"`
}

type unifiedStates struct {
	Firing     bool `json:"firing"`
	Pending    bool `json:"pending"`
	Recovering bool `json:"recovering"`
	NoData     bool `json:"noData"`
	Normal     bool `json:"normal"`
	Error      bool `json:"error"`
}

// labelFilter spells matchers, as in Alertmanager.
func labelFilter(labels []plan.Label) string {
	if len(labels) == 0 {
		return ""
	}
	var parts []string
	for _, l := range labels {
		parts = append(parts, l.Name+"="+strconv.Quote(l.Value))
	}
	return "{" + strings.Join(parts, ",") + "}"
}
