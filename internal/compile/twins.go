package compile

import (
	"slices"
	"strings"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// twins finds models of one name. It keeps places instead of spans, so that no file stays in memory.
type twins struct {
	sync.Mutex
	places map[string][]place
}

// place is where a spec says its model's name: bytes of the file at path in the workspace.
type place struct {
	path       string
	start, end int
}

// add notes a model; false if there is one of that name already.
func (t *twins) add(name string, at place) bool {
	t.Lock()
	defer t.Unlock()
	t.places[name] = append(t.places[name], at)
	return len(t.places[name]) == 1
}

// reportTwins reports models of one name, in each spec but the first, and takes back what was put.
func (j *job) reportTwins() {
	for name, places := range j.twins.places {
		if len(places) == 1 {
			continue
		}
		if j.ws.sink != nil {
			j.ws.sink.Drop(name)
		}
		slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.path, b.path) })
		first := j.span(places[0])
		for _, p := range places[1:] {
			j.rep.Errorf(j.span(p), "another spec has the model `%s`", name).
				See(first, "the same name").
				WithHelp("give one of them another name: files, dashboards and rules are told apart by it")
		}
	}
}

// span reads a file again to show a place in it.
func (j *job) span(p place) diag.Span {
	file, err := j.ws.source.Read(p.path)
	if err != nil {
		file = diag.NewFile(j.ws.source.Show(p.path), nil) // it has changed since: name it at least
	}
	start := min(p.start, len(file.Data))
	return diag.Span{File: file, Start: start, End: max(start, min(p.end, len(file.Data)))}
}
