package dashboards

import (
	"fmt"
	"regexp"
	"strings"
)

// variableUse is how Grafana finds variables in a text. `$1` is a group of a regular expression.
var variableUse = regexp.MustCompile(`\$([A-Za-z_]\w*)|\[\[([A-Za-z_]\w*)(?::\w+)?\]\]|\$\{([A-Za-z_]\w*)(?:\.[^:}]+)?(?::[^}]+)?\}`)

// variables checks that every variable in use is defined, and every defined one in use. A variable's own
// definition is no use of it.
func (c *checker) variables() {
	templating, _ := c.board["templating"].(map[string]any)
	list := objects("templating.list", templating["list"])
	defined := map[string]string{}
	for _, v := range list {
		name := v.text("name")
		switch {
		case name == "":
			c.report(v.at("name"), "is missing")
		case defined[name] != "":
			c.report(v.at("name"), "`%s` is the name of %s too", name, defined[name])
		default:
			defined[name] = v.path
		}
	}
	for _, input := range objects("__inputs", c.board["__inputs"]) { // filled in when a person imports the file
		defined[input.text("name")] = input.path
	}
	u := &uses{checker: c, defined: defined, used: map[string]bool{}}
	for _, key := range sortedKeys(c.board) {
		if key != "templating" {
			u.walk(key, key, c.board[key])
		}
	}
	for _, v := range list {
		u.self = v.text("name")
		u.walk(v.path, "templating", v.fields)
		u.self = ""
	}
	for _, v := range list {
		if name := v.text("name"); name != "" && !u.used[name] && !u.all && !appliesByItself(v) {
			c.report(v.path, "the variable `%s` is used nowhere: its choice changes nothing", name)
		}
	}
}

// appliesByItself: filters are added to every query; a hidden constant may be read from links elsewhere.
func appliesByItself(v object) bool {
	return v.text("type") == "adhoc" || v.text("type") == "groupby" || v.text("type") == "constant"
}

// uses walks a dashboard and notes the variables that its texts name.
type uses struct {
	*checker
	defined map[string]string
	used    map[string]bool
	// self is the variable whose definition is being walked.
	self string
	// all: something hands on all variables.
	all bool
}

func (u *uses) walk(path, key string, v any) {
	switch v := v.(type) {
	case string:
		u.text(path, key, v)
	case []any:
		for i, element := range v {
			u.walk(fmt.Sprintf("%s[%d]", path, i), key, element)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			switch {
			case k == "alert", k == "snapshotData": // nothing is replaced there
			case k == "includeVars" && v[k] == true:
				u.all = true
			case k == "repeat" && stringOf(v[k]) != "":
				u.note(path+"."+k, stringOf(v[k]))
			default:
				u.walk(path+"."+k, k, v[k])
			}
		}
	}
}

func (u *uses) text(path, key, s string) {
	if !strings.ContainsAny(s, "$[") {
		return
	}
	for _, m := range variableUse.FindAllStringSubmatch(s, -1) {
		name := m[1] + m[2] + m[3]
		if strings.HasPrefix(name, "__") {
			u.all = u.all || name == "__all_variables"
			continue
		}
		if !replaced(key) && u.defined[name] == "" {
			continue // not a place where Grafana looks
		}
		u.note(path, name)
	}
}

// replaced: Grafana replaces variables in texts under this key. Other texts count as uses only.
func replaced(key string) bool {
	switch key {
	case "expr", "query", "definition", "title", "text", "legendFormat", "url", "tooltip", "uid", "datasource", "displayName",
		"content", "interval", "timeFrom", "timeShift", "titleFormat", "textFormat":
		return true
	}
	return false
}

// note records a use of a variable.
func (u *uses) note(path, name string) {
	switch {
	case u.defined[name] == "":
		u.report(path, "the variable `%s` is not defined", name)
	case name != u.self:
		u.used[name] = true
	}
}
