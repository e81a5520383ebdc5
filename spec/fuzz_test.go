package spec

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/soak"
)

// seeds are the examples and the fixtures of specs, or of workspaces.
func seeds(t testing.TB, workspace bool) (list []string) {
	t.Helper()
	paths, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range parseArchive(string(data)).files {
			if strings.HasSuffix(file.name, ".yaml") && strings.HasSuffix(file.name, ".mlobs.yaml") == workspace {
				list = append(list, complete(file.name, file.text))
			}
		}
	}
	pattern := "../examples/*/models/*.yaml"
	if workspace {
		pattern = "../examples/*/mlobs.yaml"
	} else {
		list = append(list, whole, wholeSLOs, wholeChecks)
	}
	examples, err := filepath.Glob(pattern)
	if err != nil || len(examples) == 0 {
		t.Fatalf("%v: %d examples", err, len(examples))
	}
	for _, path := range examples {
		list = append(list, string(readFile(t, path).Data))
	}
	return list
}

// TestSoakLoad loads mutations of all seeds: `go test ./spec -run TestSoakLoad -soak 10000000`.
func TestSoakLoad(t *testing.T) {
	var list [][]string
	for _, text := range seeds(t, false) {
		list = append(list, []string{text})
	}
	lib := NewLibrary(&diag.Report{})
	soak.Run(t, list, func(t testing.TB, input []string) { loadAnything(t, lib, input[0]) })
}

// loadAnything holds for every text: it is a model or has mistakes, each in its place.
func loadAnything(t testing.TB, lib *Library, text string) {
	rep := &diag.Report{}
	began := time.Now()
	m := Load(diag.NewFile("m.yaml", []byte(text)), DefaultWorkspace(), lib, rep)
	sane(t, m, m != nil, rep, began)
}

// sane checks what holds for every input: a result or errors, never both or neither, soon, and every place inside its file.
func sane(t testing.TB, result any, ok bool, rep *diag.Report, began time.Time) {
	t.Helper()
	if ok == rep.Failed() {
		t.Fatalf("result %v, failed %v: %v", ok, rep.Failed(), show(rep))
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	for _, d := range rep.All() {
		if d.Message == "" || len(d.Message) > 1500 || len(d.Help) > 3000 || strings.ContainsAny(d.Message+d.Help, "\x00\x1b\n\r") {
			t.Errorf("message %q, help %q", d.Message, d.Help)
		}
		if d.Span.IsZero() {
			t.Errorf("%q is nowhere", d.Message)
		}
		inside(t, d.Span)
		for _, r := range d.Related {
			inside(t, r.Span)
		}
	}
	if ok {
		spans(t, reflect.ValueOf(result), map[any]bool{})
	}
}

func inside(t testing.TB, s diag.Span) {
	t.Helper()
	if s.File != nil && (s.Start < 0 || s.End < s.Start || s.End > len(s.File.Data)) {
		t.Fatalf("%d to %d of %d bytes", s.Start, s.End, len(s.File.Data))
	}
}

// spans checks all places that v reaches.
func spans(t testing.TB, v reflect.Value, seen map[any]bool) {
	t.Helper()
	switch x := v; x.Kind() {
	case reflect.Pointer:
		if x.IsNil() || seen[x.Interface()] {
			return
		}
		seen[x.Interface()] = true
		if _, library := x.Interface().(*Profile); !library {
			spans(t, x.Elem(), seen)
		}
	case reflect.Struct:
		switch s := x.Interface().(type) {
		case diag.Span:
			inside(t, s)
			return
		case diag.File:
			return
		case diag.Text:
			for i := 0; i <= len(s.Value); i += 1 + len(s.Value)/50 {
				r := s.Range(i, i+1)
				if inside(t, r); i < len(s.Value) && r != s.Span && r.Text() != s.Value[i:i+1] {
					t.Errorf("byte %d of %q is shown as %q", i, s.Value, r.Text())
				}
			}
		}
		for i := range x.NumField() {
			if x.Type().Field(i).IsExported() {
				spans(t, x.Field(i), seen)
			}
		}
	case reflect.Slice:
		for i := range x.Len() {
			spans(t, x.Index(i), seen)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, text := range seeds(f, false) {
		f.Add(text)
	}
	lib := NewLibrary(&diag.Report{})
	f.Fuzz(func(t *testing.T, text string) { loadAnything(t, lib, text) })
}

func FuzzLoadWorkspace(f *testing.F) {
	for _, text := range seeds(f, true) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rep := &diag.Report{}
		began := time.Now()
		ws := LoadWorkspace(diag.NewFile("mlobs.yaml", []byte(text)), rep)
		sane(t, ws, ws != nil, rep, began)
	})
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"", "{{ $value }}", "a {{$labels.pod}} b", "{{", "}}", "{{ {{ $value }}", "{{ .Labels.x }}", "{{ printf \"%f\" $value }}", "{{ if }}{{ end }}", "ü {{ $model }}{{ $alert }}", "{{-$value-}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rep := &diag.Report{}
		file := diag.NewFile("t", []byte(text))
		value := diag.NewText(text, diag.Span{File: file, End: len(text)})
		value.Map(0, 0)
		l := &loader{file: file, rep: rep}
		parsed := l.parseTemplate(value, alertTexts)
		sane(t, parsed, parsed != nil, rep, time.Now())
		if parsed == nil {
			return
		}
		// The parts are the text, in order, without gaps.
		at := 0
		for _, p := range parsed.Parts {
			if p.Start != at || p.End <= at || p.Name == "" && text[p.Start:p.End] != p.Literal {
				t.Fatalf("%q: %+v", text, parsed.Parts)
			}
			at = p.End
		}
		if at != len(text) {
			t.Fatalf("%q ends at %d", text, at)
		}
	})
}

// The value of every scalar that yaml.v3 reads is found, byte for byte, in the file.
func FuzzScalars(f *testing.F) {
	seeds(f, false)
	for _, s := range []string{"a: b\n c\n\n d", "a: 'b\n\n  c'", "a: \"b\\\n  c\\x41 \\\n d\"", "a: |2\n\n   b\n  c\n\n", "a: >+\n  b\n  c\n\n    d\n  e\n\n\nf: |-\n g\n", "- |1\n  x\n", "a: >\n\n b\n\n\n  c\n d\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rep := &diag.Report{}
		l := &loader{file: diag.NewFile("f", []byte(text)), rep: rep, format: specFile, ws: DefaultWorkspace()}
		root, _ := l.parse()
		if root == nil {
			return
		}
		var visit func(n *node)
		visit = func(n *node) {
			inside(t, l.span(n))
			for _, c := range n.content {
				visit(c)
			}
			if n.kind != scalarNode || n.refused() || strings.TrimSpace(n.value) == "" {
				return
			}
			if !l.scalarText(n).Mapped() {
				t.Errorf("%q (style %d) is not found at %d in %q", n.value, n.style, n.at, text)
			}
			value := l.scalarText(n)
			for i := range len(n.value) {
				if r := value.Range(i, i+1); r != value.Span && r.Text() != n.value[i:i+1] {
					t.Errorf("byte %d of %q is shown as %q", i, n.value, r.Text())
				}
			}
		}
		visit(root)
	})
}
