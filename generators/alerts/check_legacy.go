package alerts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Server is what is known of the Grafana that reads a file. The zero Server is a 7.1 of which nothing
// else is known.
type Server struct {
	// Version decides what is accepted; zero: 7.1.
	Version plan.Version
	// Datasources are the names of its Prometheus datasources, DatasourceUIDs their uids; nil: not known.
	Datasources, DatasourceUIDs []string
	// Notifiers are the uids of its notification channels; nil: not known.
	Notifiers []string
	// Contacts are the names of its contact points; nil: not known.
	Contacts []string
}

// ServerOf returns the server that files for ws are written for.
func ServerOf(ws *plan.Workspace) Server {
	s := Server{
		Version:        ws.Grafana.Version,
		Datasources:    []string{ws.Grafana.DatasourceName},
		DatasourceUIDs: []string{ws.Grafana.DatasourceUID},
		Notifiers:      []string{},
		Contacts:       []string{},
	}
	for _, c := range ws.Contacts {
		s.Notifiers = append(s.Notifiers, c.UID)
		s.Contacts = append(s.Contacts, c.Name)
	}
	return s
}

func (s Server) version() plan.Version {
	if s.Version == (plan.Version{}) {
		return plan.Version{Major: 7, Minor: 1}
	}
	return s.Version
}

// CheckLegacy judges a dashboard that carries legacy alerts: what a Grafana from 7.1 to 10 refuses (one bad
// alert and the whole dashboard is not saved, or the server panics), and what it accepts and then reads
// differently, ignores, or fails to evaluate. The rules are FORMATS, "Grafana legacy alerting" and "Seen in
// real servers", and pkg/services/alerting of 7.1, 7.5 and 8.3. Problems come in the order of the file.
func CheckLegacy(data []byte, on Server) []Problem {
	c := &legacyCheck{on: on, names: map[string]string{}, ids: map[string]string{}}
	root, err := decodeJSON(data)
	if err != nil {
		c.add("", "not a dashboard: %v", err)
		return c.problems
	}
	c.dashboard(root)
	return c.problems
}

// decodeJSON reads one JSON object and nothing behind it, numbers as written.
func decodeJSON(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("invalid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var root map[string]any
	if err := dec.Decode(&root); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something behind the JSON object")
	}
	if root == nil {
		return nil, errors.New("`null` instead of an object")
	}
	return root, nil
}

// legacyCheck is one run over one file.
type legacyCheck struct {
	on       Server
	problems []Problem
	// names and ids hold where alert names and panel ids were seen first.
	names, ids map[string]string
}

func (c *legacyCheck) add(path, format string, args ...any) {
	c.problems = append(c.problems, problem(path, format, args...))
}

func (c *legacyCheck) dashboard(root map[string]any) {
	if title, _ := root["title"].(string); title == "" {
		if _, wrapped := root["dashboard"]; wrapped {
			c.add("dashboard", "a dashboard file is not wrapped: Grafana refuses `{\"dashboard\": …}`")
			return
		}
		c.add("title", "a dashboard without a title is refused")
	}
	if n, ok := integer(root["schemaVersion"]); ok && n > int64(c.on.version().SchemaVersion()) {
		c.add("schemaVersion", "schema %d is newer than Grafana %s, which writes %d", n, c.on.version(), c.on.version().SchemaVersion())
	}
	if rows, _ := root["rows"].([]any); len(rows) > 0 { // the schema before 5.0; `panels` is not read then
		for i, row := range rows {
			if row, ok := row.(map[string]any); ok {
				c.panels(row["panels"], fmt.Sprintf("rows[%d].panels", i), false)
			}
		}
		return
	}
	c.panels(root["panels"], "panels", false)
}

// panels judges a list of panels. In an ignored one, alerts are not seen by Grafana.
func (c *legacyCheck) panels(list any, path string, ignored bool) {
	panels, ok := list.([]any)
	if list != nil && !ok {
		c.add(path, "not a list")
	}
	for i, p := range panels {
		at := fmt.Sprintf("%s[%d]", path, i)
		panel, ok := p.(map[string]any)
		if !ok {
			c.add(at, "not an object")
			continue
		}
		c.panel(panel, at, ignored)
	}
}

func (c *legacyCheck) panel(panel map[string]any, path string, ignored bool) {
	id, numeric := integer(panel["id"])
	if numeric {
		if first, dup := c.ids[fmt.Sprint(id)]; dup {
			c.add(path+".id", "panel id %d is taken by %s", id, first)
		} else {
			c.ids[fmt.Sprint(id)] = path
		}
	}
	collapsed, _ := panel["collapsed"].(bool)
	if nested := panel["panels"]; nested != nil {
		c.panels(nested, path+".panels", ignored || !collapsed)
	}
	alert, carries := panel["alert"]
	switch {
	case !carries:
		return
	case ignored:
		c.add(path+".alert", "panels inside an open row are ignored, and their alerts with them: put them beside the row")
		return
	case collapsed:
		c.add(path+".alert", "the alert of a collapsed row itself is ignored")
		return
	}
	if !numeric || id == 0 {
		c.add(path+".id", "a panel with an alert needs a whole number other than 0 as its id")
	}
	if kind, _ := panel["type"].(string); kind != "graph" && (kind != "timeseries" || !c.on.version().HasTimeSeries()) {
		c.add(path+".type", "a panel of type `%s` shows no alert in Grafana %s: use `graph`", kind, c.on.version())
	}
	b, ok := alert.(map[string]any)
	if !ok || len(b) == 0 {
		c.add(path+".alert", "an empty alert is refused: leave the key out")
		return
	}
	if interval, ok := panel["interval"].(string); ok {
		c.interval(interval, path+".interval")
	}
	c.block(b, panel, path+".alert")
}

// block judges the alert of a panel.
func (c *legacyCheck) block(b, panel map[string]any, path string) {
	if enabled, has := b["enabled"]; has && enabled != true {
		c.add(path+".enabled", "the alert is not evaluated")
	}
	c.name(b["name"], path+".name")
	if m, has := b["message"]; has {
		if _, ok := m.(string); !ok {
			c.add(path+".message", "not a text: the message would be empty")
		}
	}
	c.frequency(b["frequency"], path+".frequency")
	c.forDuration(b["for"], path+".for")
	c.oneOf(b, "noDataState", path, "alerting", "keep_state", "no_data", "ok")
	c.oneOf(b, "executionErrorState", path, "alerting", "keep_state")
	c.tags(b["alertRuleTags"], path+".alertRuleTags")
	c.notifications(b["notifications"], path+".notifications")
	conditions, _ := b["conditions"].([]any)
	if len(conditions) == 0 {
		c.add(path+".conditions", "an alert without conditions is refused")
	}
	for i, cond := range conditions {
		at := fmt.Sprintf("%s.conditions[%d]", path, i)
		if cond, ok := cond.(map[string]any); ok {
			c.condition(cond, panel, at)
		} else {
			c.add(at, "not an object")
		}
	}
}

// Limits of Grafana's tables (pkg/services/sqlstore/migrations): alert.name, tag.key, tag.value, in
// characters. SQLite keeps longer ones, MySQL and PostgreSQL refuse them.
const (
	maxAlertName = 255
	maxTag       = 100
)

func (c *legacyCheck) name(v any, path string) {
	name, _ := v.(string)
	if strings.TrimSpace(name) == "" {
		c.add(path, "an alert without a name: notifications would not say what fires")
		return
	}
	if n := utf8.RuneCountInString(name); n > maxAlertName {
		c.add(path, "a name of %d characters; Grafana stores %d", n, maxAlertName)
	}
	if first, dup := c.names[name]; dup {
		c.add(path, "another alert is called `%s`: %s", name, first)
		return
	}
	c.names[name] = path
}

// oneOf judges a setting that Grafana does not: an unknown word is kept and never equals a known one.
func (c *legacyCheck) oneOf(m map[string]any, key, path string, words ...string) {
	v, has := m[key]
	if !has {
		return // Grafana has a default
	}
	if word, _ := v.(string); !slices.Contains(words, word) {
		c.add(path+"."+key, "`%v` is none of %s", v, strings.Join(words, ", "))
	}
}

func (c *legacyCheck) tags(v any, path string) {
	tags, ok := v.(map[string]any)
	if v != nil && !ok {
		c.add(path, "not an object: there would be no tags")
	}
	for _, name := range sortedKeys(tags) {
		value, ok := tags[name].(string)
		switch {
		case !ok:
			c.add(path, "tag `%s` is not a text: it would be empty", name)
		case name == "" || value == "":
			c.add(path, "tag `%s` is empty", name)
		case utf8.RuneCountInString(name) > maxTag || utf8.RuneCountInString(value) > maxTag:
			c.add(path, "tag `%.40s` is longer than the %d characters that Grafana stores", name, maxTag)
		}
	}
}

func (c *legacyCheck) notifications(v any, path string) {
	list, ok := v.([]any)
	if v != nil && !ok {
		c.add(path, "not a list: nobody would be notified")
	}
	for i, n := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		entry, _ := n.(map[string]any)
		uid, _ := entry["uid"].(string)
		if _, number := entry["id"]; number {
			c.add(at+".id", "the number of a channel is another one on every server: use its `uid`")
		} else if uid == "" {
			c.add(at, "a notification without a `uid` is refused")
		}
		if uid != "" && c.on.Notifiers != nil && !slices.Contains(c.on.Notifiers, uid) {
			c.add(at+".uid", "no notification channel has the uid `%s`: nobody would be notified", uid)
		}
	}
}
