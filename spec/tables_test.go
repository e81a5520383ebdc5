package spec

import (
	"regexp"
	"strings"
	"testing"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// tables calls visit with every table of fields that is reachable from the roots, and where it is.
func tables(visit func(path string, f format, table fields)) {
	for _, f := range []format{specFile, profileFile, roleFile, workspaceFile} {
		rep := &diag.Report{}
		l := &loader{file: diag.NewFile("none", nil), rep: rep, format: f, ws: DefaultWorkspace(), lib: NewLibrary(rep)}
		var walk func(path string, table fields)
		var visitValue func(path string, v value)
		visitValue = func(path string, v value) {
			if v.table != nil {
				walk(path, v.table())
			}
			if v.of != nil {
				visitValue(path+"[]", *v.of)
			}
			if v.or != nil {
				visitValue(path+"|", *v.or)
			}
		}
		walk = func(path string, table fields) {
			visit(path, f, table)
			for _, field := range table {
				if l.offers(field) {
					visitValue(path+"."+field.key, field.value)
				}
			}
		}
		switch f {
		case specFile:
			walk("spec", l.model(&modelEntry{Model: &Model{}}))
		case workspaceFile:
			walk("workspace", l.workspace(DefaultWorkspace()))
		default:
			walk("profile", l.profile(&Profile{}, new(diag.Located[string])))
		}
	}
}

// Every key says what it takes and what it is, once: the reference and the JSON Schema are made of it.
func TestTablesAreDocumented(t *testing.T) {
	key := regexp.MustCompile(`^[a-z][a-z_]*$`)
	count := 0
	tables(func(path string, f format, table fields) {
		seen := map[string]bool{}
		for _, field := range table {
			count++
			at := path + "." + field.key
			if seen[field.key] || !key.MatchString(field.key) {
				t.Errorf("%s is there twice, or is no key", at)
			}
			seen[field.key] = true
			if field.doc == "" || strings.HasSuffix(field.doc, ".") || strings.Contains(field.doc, "\n") || len(field.doc) > 140 {
				t.Errorf("%s: doc %q", at, field.doc)
			}
			planned := field.flags&planned != 0
			elsewhere := field.flags&(onlyProfiles|onlyRoles|onlySpecs) != 0
			if planned != (field.value.shape == "") && !elsewhere {
				t.Errorf("%s: shape %q", at, field.value.shape)
			}
			if s := field.value.shape; (s == aList || s == aMap) && field.value.of == nil || s == aSection && field.value.table == nil {
				t.Errorf("%s: a %s of nothing", at, s)
			}
		}
	})
	if count < 300 {
		t.Errorf("only %d fields were reached", count)
	}
}

// Each key of LANGUAGE that is not built yet is refused by name, wherever it may stand.
func TestPlannedKeysAreRefused(t *testing.T) {
	want := map[string]bool{"workspace.environments": true}
	tables(func(path string, _ format, table fields) {
		for _, f := range table {
			if key := path + "." + f.key; f.flags&planned != 0 {
				if !want[key] {
					t.Errorf("%s is refused", key)
				}
				delete(want, key)
			}
		}
	})
	for key := range want {
		t.Errorf("%s is not refused", key)
	}
}
