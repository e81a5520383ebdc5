package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// reference is the page docs/spec.md.
func reference() (string, error) {
	r := &referencePage{seen: map[string][]string{}}
	r.WriteString(referenceIntro)
	r.chapter(specFile, "Specs", "The file of one model.")
	r.chapter(workspaceFile, "Workspace", "`mlobs.yaml` holds what is true of all specs beneath it. Only `version` must be there; an empty file is a workspace, too.")
	r.roles()
	r.units()
	r.chapter(profileFile, "Profiles", "A profile says what a serving stack exposes, and what to make of it; specs take it in with `uses`. Sections that it shares with specs have the same keys there, and those listed here. Its queries are PromQL under its own names.\n\nAn alert with a `signal` is a line of the dashboard's strip, recorded as `ml_model:signal:state`: 0 fine, 1 warning, 2 critical, −1 not known. An alert that pages, or one beyond a `warn` limit, is critical; a ticket without one is a warning.")
	r.chapter(roleFile, "Role files", "Roles come with mlobs-gen, in `spec/roles`; you cannot add any. A role is a profile for one metric: its first metric is a placeholder for the model's metric that has the role, and so are some labels, each for what the model calls it: `copy` (what tells pods apart), `worker` (pods and their processes), `class` (the predicted class), `status` (what `errors` names), `across` (what `across` names). A panel that needs a label which the model lacks is left out. These are the keys that only roles have.")
	return r.String(), r.err
}

type referencePage struct {
	strings.Builder
	*loader
	// seen are the keys of each section that are on the page already.
	seen map[string][]string
	err  error
}

// chapter is a kind of file with its sections, without the keys that are on the page already.
func (r *referencePage) chapter(f format, title, about string) {
	r.loader = tableLoader(f)
	fmt.Fprintf(r, "\n## %s\n\n%s\n", title, about)
	eachSection(r.loader, func(what, path string, v *value) {
		table := v.table()
		if path != "" && r.more(what, table) {
			name := heading(what)
			if len(r.seen[what]) > 0 {
				name += ", in " + strings.ToLower(strings.Fields(title)[0])
			}
			fmt.Fprintf(r, "\n### %s\n\nAt `%s`.%s\n%s", name, path, exclusive(v), referenceBlocks[name])
		}
		r.keys(what, table)
	})
}

// eachSection calls visit with the sections of a kind of file, the file itself first, each once and where it is.
func eachSection(l *loader, visit func(what, path string, v *value)) {
	visited := map[string]bool{}
	var walk func(path string, v *value)
	walk = func(path string, v *value) {
		if v == nil || v.shape == aSection && visited[v.what] {
			return
		}
		switch v.shape {
		case aSection:
			visited[v.what] = true
			visit(v.what, path, v)
			for _, f := range v.table() {
				if l.offers(f) {
					walk(strings.TrimPrefix(path+"."+f.key, "."), &f.value)
				}
			}
		case aList:
			walk(path+"[]", v.of)
		case aMap:
			walk(path+".*", v.of)
		}
		walk(path, v.or)
	}
	what := map[format]string{specFile: "a spec", profileFile: "a profile", roleFile: "a profile", workspaceFile: "a workspace"}[l.format]
	walk("", &value{shape: aSection, what: what, table: l.rootTable})
}

// more reports whether a section has keys that are not on the page yet.
func (r *referencePage) more(what string, table fields) bool {
	return slices.ContainsFunc(table, func(f field) bool { return r.offers(f) && !slices.Contains(r.seen[what], f.key) })
}

// keys is the table of a section.
func (r *referencePage) keys(what string, table fields) {
	if !r.more(what, table) {
		return
	}
	r.WriteString("\n| key | what it is | takes | default | example |\n|---|---|---|---|---|\n")
	for _, f := range table {
		if !r.offers(f) || slices.Contains(r.seen[what], f.key) {
			continue
		}
		r.seen[what] = append(r.seen[what], f.key)
		fallback := f.value.fallback
		if r.requires(f) {
			fallback = "**must be there**"
		}
		example := exampleOf(&f.value)
		if example == "" {
			r.err = fmt.Errorf("`%s` of %s has no example: give it one with .like(…)", f.key, what)
		}
		cells := []string{"`" + f.key + "`", f.doc, takesWords(&f.value), fallback, "`" + example + "`"}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		fmt.Fprintf(r, "| %s |\n", strings.Join(cells, " | "))
	}
}

// exclusive says how many keys a section can have, if that is not as many as there are.
func exclusive(v *value) string {
	if v.most == 1 {
		return " Exactly one of these."
	}
	return ""
}

func (r *referencePage) roles() {
	r.WriteString("\n## Roles\n\nWhat a metric means. The role brings panels, alerts and signals, and says which types it takes.\n\n| role | what it shows | types |\n|---|---|---|\n")
	for _, role := range r.lib.Roles() {
		if len(role.Types) > 0 {
			var types []string
			for _, t := range role.Types {
				types = append(types, "`"+string(t)+"`")
			}
			fmt.Fprintf(r, "| `%s` | %s | %s |\n", role.Name, role.Title, strings.Join(types, ", "))
		}
	}
}

func (r *referencePage) units() {
	r.WriteString("\n## Units\n\nWhat numbers count. A rate has `/s` behind its unit: `bytes/s`. Numbers may bring one of the suffixes. A workspace can add units.\n\n| unit | what it counts | suffixes |\n|---|---|---|\n")
	for _, name := range r.ws.Units.Names() {
		doc, suffixes := r.ws.Units.Describe(name)
		cell := ""
		if len(suffixes) > 0 {
			cell = "`" + strings.Join(suffixes, "`, `") + "`"
		}
		fmt.Fprintf(r, "| `%s` | %s | %s |\n", name, doc, cell)
	}
}

// heading is what a section is called, without its article.
func heading(what string) string {
	for _, article := range []string{"a ", "an ", "the "} {
		what = strings.TrimPrefix(what, article)
	}
	if strings.HasPrefix(what, "`") {
		return what
	}
	return strings.ToUpper(what[:1]) + what[1:]
}

// anchor is where GitHub puts a heading.
func anchor(heading string) string {
	return strings.ReplaceAll(regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

// takesWords says what a key takes.
func takesWords(v *value) string {
	text := formWords(v)
	for o := v.or; o != nil; o = o.or {
		text += ", or " + formWords(o)
	}
	return text
}

func formWords(v *value) string {
	switch v.shape {
	case aSection:
		return "[" + heading(v.what) + "](#" + anchor(heading(v.what)) + ")"
	case aList:
		switch {
		case v.most > 0 && v.least == v.most:
			return fmt.Sprintf("list of %d, each %s", v.most, takesWords(v.of))
		case v.most > 0:
			return fmt.Sprintf("list of %s, at most %d", takesWords(v.of), v.most)
		}
		return "list of " + takesWords(v.of)
	case aMap:
		return "map: " + formWords(v.keys) + " → " + takesWords(v.of)
	case aRole:
		return "[role](#roles)"
	case aUnit:
		return "[unit](#units)"
	case aTemplate:
		return "text with `{{ $" + strings.ReplaceAll(strings.Join(v.words(), " }}`, `{{ $"), "labels", "labels.NAME") + " }}`"
	case anInteger:
		return fmt.Sprintf("%d to %d", v.least, v.most)
	}
	if v.words != nil {
		return "`" + strings.Join(v.words(), "`, `") + "`"
	}
	return string(v.shape)
}

// exampleOf is the example of a value, or one made of those of its parts.
func exampleOf(v *value) string {
	switch {
	case v.example != "":
		return v.example
	case v.words != nil:
		return v.words()[0]
	}
	switch v.shape {
	case aSection:
		var parts []string
		l := tableLoader(specFile)
		for _, f := range v.table() {
			if l.requires(f) {
				parts = append(parts, f.key+": "+inFlow(exampleOf(&f.value)))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case aList:
		return "[" + inFlow(exampleOf(v.of)) + "]"
	case aMap:
		return "{" + exampleOf(v.keys) + ": " + inFlow(exampleOf(v.of)) + "}"
	}
	return ""
}

// inFlow is a value as it is written inside brackets.
func inFlow(text string) string {
	if strings.ContainsAny(text, "[]{},") && !strings.ContainsAny(text[:1], "[{\"'") {
		return "'" + text + "'"
	}
	return text
}
