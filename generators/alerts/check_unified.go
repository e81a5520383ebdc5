package alerts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"
)

// readGroup, readRule and readQuery are what Grafana reads of a file of rules.
type readGroup struct {
	OrgID    int        `yaml:"orgId"`
	Name     string     `yaml:"name"`
	Folder   string     `yaml:"folder"`
	Interval string     `yaml:"interval"`
	Rules    []readRule `yaml:"rules"`
}

type readRule struct {
	UID                  string            `yaml:"uid"`
	Title                string            `yaml:"title"`
	Condition            string            `yaml:"condition"`
	Data                 []readQuery       `yaml:"data"`
	DashboardUID         string            `yaml:"dashboardUid"`
	PanelID              int64             `yaml:"panelId"`
	NoDataState          string            `yaml:"noDataState"`
	ExecErrState         string            `yaml:"execErrState"`
	For                  string            `yaml:"for"`
	KeepFiringFor        string            `yaml:"keepFiringFor"`
	MissingSeries        int               `yaml:"missing_series_evals_to_resolve"`
	Annotations          map[string]string `yaml:"annotations"`
	Labels               map[string]string `yaml:"labels"`
	IsPaused             bool              `yaml:"isPaused"`
	NotificationSettings map[string]any    `yaml:"notification_settings"`
	Record               map[string]any    `yaml:"record"`
}

type readQuery struct {
	RefID     string `yaml:"refId"`
	QueryType string `yaml:"queryType"`
	Range     *struct {
		From int `yaml:"from"`
		To   int `yaml:"to"`
	} `yaml:"relativeTimeRange"`
	DatasourceUID string         `yaml:"datasourceUid"`
	Model         map[string]any `yaml:"model"`
}

// CheckUnified judges a file of rules for provisioning/alerting: what keeps Grafana from starting, and what
// it reads without a word and then evaluates wrongly or never (FORMATS, "Seen in real servers"). Problems
// come in the order of the file.
func CheckUnified(data []byte, on Server) []Problem {
	var file struct {
		APIVersion  int         `yaml:"apiVersion"`
		Groups      []readGroup `yaml:"groups"`
		DeleteRules []struct {
			OrgID int    `yaml:"orgId"`
			UID   string `yaml:"uid"`
		} `yaml:"deleteRules"`
	}
	if problems := decodeProvisioned(data, &file); problems != nil {
		return problems
	}
	c := &unifiedCheck{on: on, uids: map[string]string{}, titles: map[string]string{}}
	c.apiVersion(file.APIVersion)
	for i, g := range file.Groups {
		c.group(g, fmt.Sprintf("groups[%d]", i))
	}
	return c.problems
}

// decodeProvisioned reads one document strictly: Grafana drops keys that it does not know.
func decodeProvisioned(data []byte, into any) []Problem {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return []Problem{problem("", "%v", err)}
	}
	if documents(data) > 1 {
		return []Problem{problem("", "several YAML documents in one file: only the first is read")}
	}
	return nil
}

// unifiedCheck is one run over one file.
type unifiedCheck struct {
	on       Server
	problems []Problem
	// uids and titles, with their folder, hold where they were seen first.
	uids, titles map[string]string
}

func (c *unifiedCheck) add(path, format string, args ...any) {
	c.problems = append(c.problems, problem(path, format, args...))
}

func (c *unifiedCheck) apiVersion(v int) {
	if v != 1 {
		c.add("apiVersion", "files of alerting have the version 1")
	}
}

func (c *unifiedCheck) group(g readGroup, path string) {
	c.expanded(g.Name, path+".name", maxRuleTitle)
	c.expanded(g.Folder, path+".folder", maxRuleTitle)
	if d, err := model.ParseDuration(g.Interval); err != nil || d <= 0 || time.Duration(d)%baseInterval != 0 {
		c.add(path+".interval", "`%s` is no multiple of 10s: Grafana would not start", g.Interval)
	}
	for i, r := range g.Rules {
		c.rule(r, g.Folder, fmt.Sprintf("%s.rules[%d]", path, i))
	}
}

// expanded judges a text that must be there and in which Grafana replaces variables.
func (c *unifiedCheck) expanded(s, path string, most int) {
	switch {
	case strings.TrimSpace(s) == "":
		c.add(path, "missing: Grafana would not start")
	case utf8.RuneCountInString(strings.ReplaceAll(s, "$$", "$")) > most:
		c.add(path, "longer than the %d characters that Grafana stores", most)
	default:
		c.dollars(s, path)
	}
}

func (c *unifiedCheck) dollars(s, path string) {
	if lostDollar(s) {
		c.add(path, "a `$` that begins no variable is lost: write `$$`")
	}
}

var anyUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

func (c *unifiedCheck) rule(r readRule, folder, path string) {
	if !anyUID.MatchString(r.UID) {
		c.add(path+".uid", "`%s` is no uid: 1 to 40 letters, digits, `-` and `_`", r.UID)
	} else if first, dup := c.uids[r.UID]; dup {
		c.add(path+".uid", "`%s` is taken by %s", r.UID, first)
	} else {
		c.uids[r.UID] = path
	}
	c.expanded(r.Title, path+".title", maxRuleTitle)
	title := folder + "/" + r.Title
	if first, dup := c.titles[title]; dup && !c.on.version().AtLeast(10, 0) {
		c.add(path+".title", "`%s` is taken by %s: a title is unique in its folder before Grafana 10", r.Title, first)
	} else if !dup {
		c.titles[title] = path
	}
	if _, err := model.ParseDuration(r.For); err != nil {
		c.add(path+".for", "`%s` is no duration; write `0s` for none, which 9.3 asks for", r.For)
	}
	if _, err := model.ParseDuration(r.KeepFiringFor); r.KeepFiringFor != "" && err != nil {
		c.add(path+".keepFiringFor", "`%s` is no duration", r.KeepFiringFor)
	}
	c.state(r.NoDataState, path+".noDataState", "NoData", "OK", "Alerting", "KeepLast")
	c.state(r.ExecErrState, path+".execErrState", "Error", "OK", "Alerting", "KeepLast")
	c.texts(r, path)
	c.data(r, path)
}

func (c *unifiedCheck) state(s, path string, states ...string) {
	if !slices.Contains(states, s) {
		c.add(path, "`%s` is not one of %s", s, strings.Join(states, ", "))
	} else if s == "KeepLast" && !c.on.version().AtLeast(10, 4) {
		c.add(path, "`KeepLast` is refused before Grafana 10.4")
	}
}

// texts judges labels and annotations.
func (c *unifiedCheck) texts(r readRule, path string) {
	for _, name := range sortedNames(r.Labels) {
		at := path + ".labels." + name
		c.dollars(r.Labels[name], at)
		c.template(strings.ReplaceAll(r.Labels[name], "$$", "$"), at)
	}
	for _, name := range sortedNames(r.Annotations) {
		c.template(r.Annotations[name], path+".annotations."+name)
	}
	board, panel := r.Annotations["__dashboardUid__"], r.Annotations["__panelId__"]
	if _, err := strconv.ParseInt(panel, 10, 64); board != "" && err != nil || board == "" && panel != "" {
		c.add(path+".annotations", "`__dashboardUid__` and `__panelId__`, a number, go together")
	}
}

// template executes a text with a value, and without one: it is expanded while there are no data, too.
func (c *unifiedCheck) template(text, path string) {
	some := 0.5
	for _, value := range []*float64{&some, nil} {
		if _, err := expandUnified(text, nil, value); err != nil {
			c.add(path, "%v", err)
			return
		}
	}
}
