package dashboards_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// grafanaVariable is what Grafana replaces, from the sources of 7.1 and 12.2 (the wider of both).
var grafanaVariable = regexp.MustCompile(`\$(\w+)|\[\[([\s\S]+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^\}]+))?(?::([^\}]+))?\}`)

const hostile = "x\"y\\ \n\t$pod ${pod} [[pod]] ${__user.login} {{ $value }} </title><script>alert(1)</script> [a](javascript:alert(1)) \u202egnp.exe \u0000 é 日本 %s"

// Whatever a spec says, Grafana shows it as text: no variable of the dashboard, no HTML, no turned text.
func TestHostileTexts(t *testing.T) {
	for _, v := range versions {
		p := sample(v.Major, v.Minor)
		d := p.Dashboard
		d.Title, d.Description = hostile, hostile
		d.Links = append(d.Links, plan.Link{Title: hostile, Tooltip: hostile, URL: "https://example.org/" + hostile})
		for i := range d.Variables {
			d.Variables[i].Label = hostile
		}
		d.Annotations[0].Name, d.Annotations[0].Title, d.Annotations[0].Text = hostile, hostile, hostile
		for i, panel := range d.Panels {
			panel.Title, panel.Description = strings.Repeat("z", i)+hostile, hostile
			panel.JoinByTitle = hostile
			if panel.Kind == plan.TextKind {
				panel.Text = hostile
			}
			for i := range panel.Queries {
				panel.Queries[i].Legend = strings.Repeat("z", i) + hostile
			}
			for i := range panel.Columns {
				panel.Columns[i].Title = strings.Repeat("z", i) + hostile
			}
			for i := range panel.Mappings {
				panel.Mappings[i].Text = hostile
			}
			panel.Series = append(panel.Series, plan.SeriesStyle{Name: hostile, Color: critColor})
		}
		data, err := dashboards.Marshal(d, p.Workspace)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range dashboards.Check(data) {
			t.Errorf("%v: %v", v, problem)
		}
		if bytes.ContainsRune(data, '\u202e') || bytes.Contains(data, []byte("<script")) && !harmless(t, data) {
			t.Errorf("%v: something got through", v)
		}
		walkTexts(decode(t, data), "", func(path, s string) {
			for _, m := range grafanaVariable.FindAllStringSubmatch(s, -1) {
				if name := m[1] + m[2] + m[4]; name == "pod" || name == "__user" {
					t.Errorf("%v: %s: %s would be replaced in %q", v, path, m[0], s)
				}
			}
		})
	}
}

// harmless: tags stand only where Grafana shows plain text: titles, names, words for values. React escapes
// those; only descriptions and text panels are HTML.
func harmless(t *testing.T, data []byte) bool {
	ok := true
	walkTexts(decode(t, data), "", func(path, s string) {
		if strings.Contains(s, "<script") && (strings.HasSuffix(path, ".description") && path != ".description" || strings.HasSuffix(path, ".content")) {
			t.Errorf("%s: %q", path, s)
			ok = false
		}
	})
	return ok
}

// walkTexts visits all texts but queries, and what refers to the variables on purpose.
func walkTexts(v any, path string, visit func(path, s string)) {
	switch v := v.(type) {
	case string:
		visit(path, v)
	case []any:
		for _, element := range v {
			walkTexts(element, path, visit)
		}
	case map[string]any:
		for key, element := range v {
			meant := key == "expr" || key == "query" || key == "definition" || key == "datasource" || v["id"] == "links"
			if !meant {
				walkTexts(element, path+"."+key, visit)
			}
		}
	}
}
