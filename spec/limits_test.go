package spec

import (
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Input that is huge, deep or endless is refused, soon and in few words.
func TestLimits(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes yaml.v3 twenty times slower")
	}
	lib := NewLibrary(&diag.Report{})
	lib.Roles()
	lib.Profiles()
	fill := func(s string) string { return strings.Repeat(s, (maxBytes-200)/len(s)) }
	staircase := func(s string) string {
		var b strings.Builder
		for i := 0; b.Len() < maxBytes-5000; i++ {
			b.WriteString(strings.Repeat(" ", i) + s + "\n")
		}
		return b.String()
	}
	for name, c := range map[string]struct{ text, want string }{
		"size":              {strings.Repeat("#", maxBytes+1), "at most"},
		"brackets":          {fill("["), "levels deep"},
		"braces":            {fill("{"), "a"},
		"dashes":            {fill("- "), "levels deep"},
		"question marks":    {fill("? "), "levels deep"},
		"depth":             {"metrics: " + strings.Repeat("[", 60) + strings.Repeat("]", 60), "levels deep"},
		"depth of blocks":   {staircase("a:"), "levels deep"},
		"depth of lists":    {staircase("-"), "levels deep"},
		"items":             {"title: [" + fill("a,") + "]", "values in one file"},
		"keys without":      {"title: {" + fill("a,") + "}", "values in one file"},
		"lines":             {fill("a: b\n"), "a"},
		"same keys":         {strings.Repeat("title: b\n", 9000), "a second time"},
		"unknown keys":      {"metrics:\n" + strings.Repeat("  x: {tipe: y}\n", 9000), "not shown"},
		"comments":          {fill("#\n"), "values in one file"},
		"blank lines":       {fill("\n"), "values in one file"},
		"empty":             {"", "the file is empty"},
		"blanks":            {fill(" "), "the file is empty"},
		"one word":          {fill("x"), "not a map"},
		"long title":        {"title: " + fill("x"), "bytes"},
		"long name":         {"model: " + fill("x"), "characters"},
		"long query":        {"alerts: [{name: A, above: 1, query: " + fill("x") + "}]", "bytes"},
		"long block query":  {"alerts:\n  - name: A\n    above: 1\n    query: |\n" + fill("      x +\n"), "bytes"},
		"long summary":      {"alerts: [{name: A, above: 1, query: up, summary: " + fill("x") + "}]", "bytes"},
		"holes":             {"alerts: [{name: A, above: 1, query: up, summary: '" + strings.Repeat("{{", 4000) + "'}]", "not closed"},
		"long number":       {"alerts: [{name: A, above: " + fill("9") + ", query: up}]", "not a number"},
		"long duration":     {"scrape: {interval: " + fill("9") + "}", "no unit"},
		"long unit":         {"metrics: {a: {type: gauge, unit: " + fill("x") + "}}", "unknown unit"},
		"long key":          {fill("x") + ": 1", "a"},
		"long regexp":       {"selector: {a: {matches: " + fill("(a|b)*") + "}}", "bytes"},
		"regexp explodes":   {"selector: {a: {matches: '((a{1,100}){1,100}){1,100}'}}", "cannot be read"},
		"aliases":           {"title: &a [x, x]\ndescription: &b [*a, *a, *a]\nowner: [*b, *b, *b]\n", "not part of the language"},
		"many anchors":      {fill("- &a b\n"), "not part of the language"},
		"documents":         {fill("---\n"), "a"},
		"tags":              {fill("- !a b\n"), "not part of the language"},
		"quotes":            {"title: '" + fill("''") + "'", "bytes"},
		"folds":             {"title: " + strings.Repeat("x\n ", 50000), "bytes"},
		"tabs":              {fill("\t"), "a"},
		"many errors":       {"metrics: {" + fill("a-b: {type: gauge}, "), "a"},
		"keys":              {"selector: {" + strings.Repeat("a: b, ", 9000) + "}", "second time"},
		"label values":      {"metrics: {a: {type: gauge, labels: {b: [" + strings.Repeat("x, ", 50000) + "]}}}", "a second time"},
		"thresholds":        {"dashboard: {rows: [{title: R, panels: [{title: P, query: up, thresholds: [" + strings.Repeat("red, 1, ", 20000) + "red]}]}]}", "ascend"},
		"unclosed":          {fill("a: [\n"), "a"},
		"unclosed quotes":   {fill("a: 'x\n"), "a"},
		"wrong indentation": {staircase("a: b"), "a"},
		"flow in blocks":    {fill("- [a, {b: c}]\n"), "a"},
	} {
		rep := &diag.Report{}
		began := time.Now()
		if load("x.yaml", c.text, lib, rep) {
			t.Errorf("%s: loads", name)
		}
		if took := time.Since(began); took > 10*time.Second { // below a second on a machine that does nothing else
			t.Errorf("%s: took %s", name, took)
		}
		said := strings.Join(show(rep), "\n")
		if !strings.Contains(said, c.want) || len(rep.All()) > maxErrors+1 {
			t.Errorf("%s: %d diagnostics: %s", name, len(rep.All()), said[:min(len(said), 300)])
		}
		for _, d := range rep.All() {
			if len(d.Message)+len(d.Help) > 3000 {
				t.Errorf("%s: a message of %d bytes", name, len(d.Message)+len(d.Help))
			}
		}
	}
}
