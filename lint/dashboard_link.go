package lint

import (
	"regexp"
	"strconv"
)

var (
	dashboardOf = regexp.MustCompile(`/d/([a-zA-Z0-9_-]+)`)
	panelOf     = regexp.MustCompile(`[?&](?:viewPanel|editPanel|panelId|inspect)=(?:panel-)?(\d+)(?:&|$)`)
)

// ownPanel finds the panel of the dashboard with that uid that a link leads to; false: it leads elsewhere.
func ownPanel(url, uid string) (id string, ok bool) {
	d, panel := dashboardOf.FindStringSubmatch(url), panelOf.FindStringSubmatch(url)
	if uid == "" || d == nil || panel == nil || d[1] != uid {
		return "", false
	}
	return panel[1], true
}

// hasPanel reports whether a panel of the dashboard has that id.
func (p *Pass) hasPanel(id string) bool {
	for _, panel := range p.Plan.Dashboard.Panels {
		if panel.Foreign != nil && strconv.Itoa(panel.Foreign.ID.Value) == id {
			return true
		}
	}
	return false
}
