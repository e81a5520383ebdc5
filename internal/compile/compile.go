// Package compile is the order of the steps, from what source found to what output holds. It decides
// nothing else: what a spec means is spec's and planner's, how it is spelled the targets'.
//
// Models are compiled in parallel and nothing of them is kept but what the sink has staged and a digest
// on disk. What is reported, and what is written, depends on neither order nor number of processors.
package compile

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/promql"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// Mode says what happens to what was compiled.
type Mode int

// The modes.
const (
	// Lint plans and judges the models and generates nothing.
	Lint Mode = iota
	// Plan plans the models, for Input.Planned, and neither judges nor generates anything.
	Plan
	// Compare finds out what would change in the output folder.
	Compare
	// Diff is Compare with the text of all that would change.
	Diff
	// Write changes it, if everything compiled.
	Write
)

// writes reports whether files are generated, if only to compare them.
func (m Mode) writes() bool { return m >= Compare }

// Input is what a run is about.
type Input struct {
	Workspaces []*source.Workspace
	// Targets are all there are; each decides by its workspace whether it is wanted.
	Targets []*generators.Target
	Mode    Mode
	// Grafana is the version that all workspaces are compiled for, see spec.CheckGrafanaVersion; empty: the
	// one that each names.
	Grafana string
	// Out is the output folder, relative to the working directory; empty: what each workspace says. Each
	// workspace has its folder below it, see source.Workspace.Within.
	Out string
	// FailOn is the severity from which on a finding keeps the run from writing anything; Error where neither it
	// nor `lint: fail_on` of a workspace says otherwise. Explicit: FailOn holds, whatever a workspace says.
	FailOn   diag.Severity
	Explicit bool
	// Contracts say what the metrics of files are that somebody else wrote, beside those of each workspace.
	Contracts []*source.Contract
	// Today is the day by which silences of the linter end, as 2006-01-02; empty: they do not end.
	Today string
	// KeepGoing writes the models without errors nevertheless.
	KeepGoing bool
	// Verify judges each generated file; nil: nobody does. An error is a defect of this program.
	Verify func(generators.File, *plan.Workspace) error
	// Planned is called with the plan of each model that has one, by several goroutines at once and in any order; may be
	// nil. An error is a defect of this program. Whoever keeps a plan keeps all that is known of its model.
	Planned func(*plan.Plan) error
	// Progress is called after each model, never twice at once; may be nil.
	Progress func(done, total int)
	// Crash lets a panic end the program, with its trace, instead of making it a diagnostic.
	Crash bool
}

// Result is what a run did.
type Result struct {
	// Report is everything that was found, by place.
	Report *diag.Report
	// Failing says that there are errors, or findings that are as grave as what a run must not have.
	Failing bool
	// FailOn is the lowest severity that one of the workspaces does not forgive.
	FailOn diag.Severity
	// Broken says that something could not be read or written: the input was not judged as a whole.
	Broken bool
	// Models is how many specs were compiled, sound or not.
	Models int
	// Profiles is how many profiles the workspaces have.
	Profiles int
	// Files is how many files that somebody else wrote were judged.
	Files int
	// Outputs are the output folders, in the order of the workspaces; none if nothing was generated or
	// written.
	Outputs []Output
}

// Output is what happened, or would happen, to one output folder.
type Output struct {
	// Folder as the user knows it.
	Folder string
	// Changes by path, unchanged files and digests included.
	Changes []output.Change
}

// Run compiles. It fails with a *source.UsageError if what was asked for makes no sense, with ctx's error
// if it was interrupted; then nothing is written. Mistakes of the input are in the Result.
func Run(ctx context.Context, in Input) (result *Result, err error) {
	r := &run{Input: in, result: &Result{Report: &diag.Report{}, FailOn: in.FailOn}}
	defer func() { err = errors.Join(err, r.close()) }()
	library := spec.NewLibrary(r.result.Report)
	for _, c := range in.Contracts {
		r.guarded(r.result.Report, c.Name, func() error { r.contracts = append(r.contracts, r.readContract(c, library)...); return nil })
	}
	for _, src := range in.Workspaces {
		r.guarded(r.result.Report, src.Dir, func() error { r.prepare(src, library); return nil })
	}
	if err := r.openSinks(); err != nil {
		return nil, err
	}
	for _, ws := range r.workspaces {
		r.compile(ctx, ws)
	}
	r.result.Failing = r.result.Failing || r.result.Report.Failed()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.settle()
	r.result.Broken = r.broken.Load()
	return r.result, nil
}

// run is the state of Run.
type run struct {
	Input
	result      *Result
	workspaces  []*workspace
	contracts   []*promql.Schema // of Contracts
	done, total int              // models, for Progress
	broken      atomic.Bool
}

// fail reports an error of reading or writing, or a mistake that only the reader sees. It is safe for
// concurrent use.
func (r *run) fail(rep *diag.Report, err error) {
	for _, err := range flatten(err) {
		var large *source.TooLargeError
		var out *output.Error
		switch {
		case errors.As(err, &large):
			rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: err.Error()}).WithHelp("a spec has some kilobytes; split it, or is this another file?")
			continue
		case errors.As(err, &out):
			rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: err.Error(), Help: out.Help})
		default:
			rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: err.Error()})
		}
		r.broken.Store(true)
	}
}

// flatten returns the errors that errors.Join has joined.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, flatten(e)...)
	}
	return list
}

// settle ends the sinks: commits them if all is sound, or as much as may be.
func (r *run) settle() {
	if !r.Mode.writes() || r.result.Failing && !r.KeepGoing {
		return
	}
	for _, ws := range r.workspaces {
		if ws.sink == nil {
			continue
		}
		// A model that did not compile has not vanished, and may have any name.
		whole := ws.source.Whole && !ws.failed
		changes, err := ws.sink.Changes(whole)
		if r.Mode == Write {
			changes, err = ws.sink.Commit(whole)
		}
		if err != nil {
			r.fail(r.result.Report, err)
			continue
		}
		r.result.Outputs = append(r.result.Outputs, Output{Folder: ws.out.Name, Changes: changes})
	}
}

// guarded does a step and turns a defect of ours, be it an error or a panic, into a diagnostic. Name is
// what it was about.
func (r *run) guarded(rep *diag.Report, name string, step func() error) {
	if !r.Crash {
		defer func() {
			if p := recover(); p != nil {
				reportDefect(rep, name, fmt.Errorf("panic: %v", p))
			}
		}()
	}
	if err := step(); err != nil {
		reportDefect(rep, name, err)
	}
}

func reportDefect(rep *diag.Report, name string, err error) {
	rep.Add(&diag.Diagnostic{Severity: diag.Error, Path: name, Message: "a defect of mlobs-gen: " + err.Error()}).
		WithHelp("please report it, with the file")
}

func (r *run) close() error {
	var errs []error
	for _, ws := range r.workspaces {
		if ws.sink != nil {
			errs = append(errs, ws.sink.Close())
		}
	}
	return errors.Join(errs...)
}
