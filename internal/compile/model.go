package compile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/adopt"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/lint"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// compile compiles the models of a workspace in parallel, then what belongs to no model. Reports are
// merged in the order of the specs.
func (r *run) compile(ctx context.Context, ws *workspace) {
	reports := make([]diag.Report, len(ws.specs))
	twins := &twins{places: map[string][]place{}}
	var next, foreign atomic.Int64
	var progress sync.Mutex
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(ws.specs)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ws.specs) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				j := &job{run: r, ws: ws, spec: ws.specs[i], rep: &reports[i], twins: twins}
				r.guarded(j.rep, ws.source.Show(j.spec), j.model)
				if j.isForeign {
					foreign.Add(1)
				}
				progress.Lock()
				if r.done++; r.Progress != nil {
					r.Progress(r.done, r.total)
				}
				progress.Unlock()
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return
	}
	last := &job{run: r, ws: ws, rep: &diag.Report{}, twins: twins}
	r.guarded(last.rep, ws.source.Dir, last.workspaceFiles)
	last.reportTwins()
	if r.Mode != Plan {
		lint.RunWorkspace(ws.plan, r.Today, last.rep)
	}
	for i := range reports {
		r.merge(ws, &reports[i])
	}
	r.merge(ws, last.rep)
	r.result.Files += int(foreign.Load())
	r.result.Models += len(ws.specs) - int(foreign.Load())
}

func (r *run) merge(ws *workspace, rep *diag.Report) {
	ws.failed = ws.failed || rep.Failed()
	r.result.Failing = r.result.Failing || rep.Reaches(ws.failOn)
	rep.Fail(ws.failOn)
	r.result.Report.Merge(rep)
}

// job is the compilation of one model, or of what belongs to none.
type job struct {
	*run
	ws    *workspace
	spec  string // path in the workspace
	rep   *diag.Report
	twins *twins
	// isForeign: the file is no spec, but one that somebody else wrote.
	isForeign bool
}

// model compiles one spec: load, plan, generate, put. An error that it returns is a defect of ours.
func (j *job) model() error {
	file, err := j.ws.source.Read(j.spec)
	if err != nil {
		j.fail(j.rep, err)
		return nil
	}
	if kind := adopt.Recognise(file.Data); kind != adopt.Unknown {
		j.isForeign = true
		j.foreign(file)
		return nil
	}
	m := spec.Load(file, j.ws.spec, j.ws.library, j.rep)
	if m == nil { // all mistakes in one run: those in queries, too
		if part, complete := spec.Salvage(file, j.ws.spec, j.ws.library); part != nil {
			j.ws.planner.Check(part, complete, j.ws.spec, j.ws.plan, j.rep)
			if complete && j.Mode != Plan {
				lint.RunQueries(j.ws.planner.Partial(part, j.ws.spec, j.ws.planFor(j.spec, part.Owner.Value)), j.rep)
			}
		}
		return nil
	}
	first := j.twins.add(m.Name.Value, place{j.spec, m.Name.Span.Start, m.Name.Span.End})
	pws := j.ws.planFor(j.spec, m.Owner.Value)
	p := j.ws.planner.Build(m, j.ws.spec, pws, j.rep)
	switch {
	case p == nil && j.Mode == Plan:
		return nil
	case p == nil:
		lint.RunQueries(j.ws.planner.Partial(m, j.ws.spec, pws), j.rep)
		return nil
	}
	if j.Planned != nil {
		if err := j.Planned(p); err != nil {
			return err
		}
	}
	if j.Mode != Plan {
		lint.Run(p, j.Today, j.rep)
	}
	if j.ws.sink == nil || !first {
		return nil
	}
	var files []generators.File
	for _, t := range j.Targets {
		if t.Model == nil || !t.Wants(j.ws.plan) {
			continue
		}
		list, err := t.Model(p)
		var limit *generators.LimitError
		if errors.As(err, &limit) {
			j.rep.Errorf(m.Name.Span, "%s would be too large: %d bytes, and at most %d", limit.What, limit.Size, limit.Most).
				WithHelp("make two models of it, or leave panels and alerts out")
			return nil
		}
		if err != nil {
			return fmt.Errorf("target %s cannot spell model %s: %w", t.Name, p.Model, err)
		}
		files = append(files, list...)
	}
	return j.put(plan.NewDigest(p, paths(files)), files)
}

// workspaceFiles generates what belongs to no model. An error that it returns is a defect of ours.
func (j *job) workspaceFiles() error {
	if j.ws.sink == nil {
		return nil
	}
	var files []generators.File
	for _, t := range j.Targets {
		if t.Workspace == nil || !t.Wants(j.ws.plan) {
			continue
		}
		list, err := t.Workspace(j.ws.plan)
		if err != nil {
			return fmt.Errorf("target %s cannot spell the workspace: %w", t.Name, err)
		}
		files = append(files, list...)
	}
	if len(files) == 0 {
		return nil
	}
	return j.put(&plan.Digest{Model: plan.WorkspaceDigest, Files: slices.Sorted(slices.Values(paths(files)))}, files)
}

func paths(files []generators.File) []string {
	list := make([]string, 0, len(files))
	for _, f := range files {
		list = append(list, f.Path)
	}
	return list
}

// put verifies files and hands them to the sink.
func (j *job) put(digest *plan.Digest, files []generators.File) error {
	if j.Verify != nil {
		for _, f := range files {
			if err := j.Verify(f, j.ws.plan); err != nil {
				return fmt.Errorf("%s is not valid: %w", f.Path, err)
			}
		}
	}
	err := j.ws.sink.Put(digest, files)
	for _, e := range flatten(err) {
		var failure *output.Error
		if e != nil && !errors.As(e, &failure) {
			return err
		}
	}
	if err != nil {
		j.fail(j.rep, err)
	}
	return nil
}
