package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/report"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// linting is what the flags of lint say.
type linting struct {
	in                      compile.Input
	failOn, show            severityFlag
	contracts               []string
	format                  string
	baseline, writeBaseline string
	changed                 string
	fix, diff               bool
}

func (a *app) lint() *cobra.Command {
	l := &linting{in: compile.Input{Mode: compile.Lint}, failOn: severityFlag{diag.Error}, show: severityFlag{diag.Warning}}
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Say what is wrong with specs, rules and dashboards",
		Long: `Judge specs, and the workspace's own profiles, and write nothing: the language, what is proved from the
metrics that a spec declares, and good practice. ` + "`mlobs-gen rules`" + ` lists what is looked for, ` + "`mlobs-gen explain RULE`" + `
says why and what to do.

A PATH may also be a rule file of Prometheus, a PrometheusRule, or the JSON of a dashboard, as people write them.
What their metrics are, --contract says: a spec, a profile, or what a /metrics page says.

Findings go to standard output, a summary to standard error.`,
		Example: `  mlobs-gen lint                       the workspace one stands in
  mlobs-gen lint models/cifar.yaml     one spec
  mlobs-gen lint - < models/cifar.yaml one spec from standard input, as editors do
  mlobs-gen lint rules/*.yml dashboards/*.json --contract vllm
  mlobs-gen lint --changed origin/main --format github
  mlobs-gen lint --baseline known.json`,
		PreRunE: func(_ *cobra.Command, args []string) error {
			if l.baseline != "" && l.writeBaseline != "" {
				return &usageError{message: "--baseline and --write-baseline exclude each other", help: "--write-baseline takes all that is found into the file, --baseline leaves out what is in it"}
			}
			if l.diff && !l.fix {
				return &usageError{message: "--diff goes with --fix", help: "`lint --fix --diff` shows what --fix would change"}
			}
			if l.fix && slices.Contains(args, "-") {
				return &usageError{message: "--fix changes files, and standard input is none", help: "name the file"}
			}
			return oneOf("--format", l.format, formats()...)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			l.in.FailOn, l.in.Explicit = l.failOn.Severity, cmd.Flags().Changed("fail-on")
			l.in.Today = time.Now().Format(time.DateOnly)
			return a.runLint(l, args)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&l.contracts, "contract", nil, "what the metrics of rules and dashboards made by hand are: a spec, a profile (by name, or a file), a folder of profiles, a dump of a /metrics page; can be given several times")
	flags.StringVar(&l.format, "format", textFormat, "how findings are written: "+strings.Join(formats(), ", "))
	flags.StringVar(&l.baseline, "baseline", "", "file of findings that are known: they are not reported")
	flags.StringVar(&l.writeBaseline, "write-baseline", "", "write all findings to this file, for --baseline, and report none of them")
	flags.StringVar(&l.changed, "changed", "", "report only what touches lines that differ from this revision of Git")
	flags.BoolVar(&l.fix, "fix", false, "mend what can be mended for sure, then report the rest")
	flags.BoolVar(&l.diff, "diff", false, "with --fix: change nothing, show what would change")
	flags.Var(&l.show, "show", "lowest severity of findings that are shown: error, warning or info")
	flags.Var(&l.failOn, "fail-on", "lowest severity of findings that makes the exit code 1: error, warning or info")
	flags.Var((*grafanaFlag)(&l.in.Grafana), "grafana", "version of Grafana, instead of what mlobs.yaml says")
	return cmd
}

// runLint lints, leaves out what is not asked for, and prints the rest.
func (a *app) runLint(l *linting, args []string) error {
	result, err := a.lintRun(args, l.contracts, l.in)
	if err != nil {
		return err
	}
	list, note := result.Report.All(), ""
	if l.fix {
		files := mend(list)
		if l.diff {
			return a.showFixes(files)
		}
		fixes, err := writeFixes(files)
		if err != nil {
			return err
		}
		if fixes > 0 {
			if result, err = a.lintRun(args, l.contracts, l.in); err != nil {
				return err
			}
			list, note = result.Report.All(), fmt.Sprintf("; %d fixed", fixes)
		}
	}
	if l.changed != "" {
		if list, err = a.onlyChanged(list, l.changed); err != nil {
			return err
		}
	}
	switch {
	case l.writeBaseline != "":
		var count int
		if list, count, err = writeBaseline(list, l.writeBaseline); err != nil {
			return err
		}
		note = fmt.Sprintf("; %s in %s", plural(count, "finding"), l.writeBaseline)
	case l.baseline != "":
		if list, note, err = withoutKnown(list, l.baseline); err != nil {
			return err
		}
	}
	return a.reportFindings(result, list, l, note)
}

// lintRun is run with contracts, by name.
func (a *app) lintRun(args, contracts []string, in compile.Input) (result *compile.Result, err error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, c := range in.Contracts {
			err = errors.Join(err, c.Close())
		}
	}()
	for _, name := range contracts {
		c, err := source.FindContract(cwd, name)
		if err != nil {
			return nil, err
		}
		in.Contracts = append(in.Contracts, c)
	}
	return a.run(args, in)
}

// onlyChanged are the findings that touch lines which differ from a revision, and those that stand in no file.
func (a *app) onlyChanged(list []*diag.Diagnostic, revision string) (kept []*diag.Diagnostic, err error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	changes, err := source.Changed(a.ctx, cwd, revision)
	if err != nil {
		return nil, err
	}
	touches := func(s diag.Span) bool {
		return changes.Touches(s.File.Path, s.Position().Line, s.File.Position(s.End).Line)
	}
	for _, d := range list {
		related := slices.ContainsFunc(d.Related, func(r diag.Related) bool { return touches(r.Span) })
		if d.Span.IsZero() || touches(d.Span) || related {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// writeBaseline writes what is known from now on, and returns what cannot be: errors of the language.
func writeBaseline(list []*diag.Diagnostic, path string) (left []*diag.Diagnostic, count int, err error) {
	data, err := report.EncodeBaseline(list)
	if err != nil {
		return nil, 0, err
	}
	for _, d := range list {
		if d.Rule == "" {
			left = append(left, d)
		}
	}
	return left, len(list) - len(left), output.Replace(path, data)
}

// withoutKnown leaves out what a baseline has.
func withoutKnown(list []*diag.Diagnostic, path string) (fresh []*diag.Diagnostic, note string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", &source.ReadError{Path: path, Err: err}
	}
	baseline, err := report.ReadBaseline(data)
	if err != nil {
		return nil, "", &source.ReadError{Path: path, Err: err}
	}
	fresh, mended := baseline.New(list)
	if known := len(list) - len(fresh); known > 0 {
		note = fmt.Sprintf("; %d known", known)
	}
	if mended > 0 {
		note += fmt.Sprintf("; %d of the baseline not found any more (--write-baseline %s)", mended, path)
	}
	return fresh, note, nil
}

// reportFindings prints findings, from a severity on or from that on which the run fails by.
func (a *app) reportFindings(result *compile.Result, list []*diag.Diagnostic, l *linting, note string) error {
	var shown, hidden []*diag.Diagnostic
	for _, d := range list {
		if d.Fails || d.Severity >= min(l.show.Severity, result.FailOn) {
			shown = append(shown, d)
		} else {
			hidden = append(hidden, d)
		}
		if d.Fails {
			a.exit = exitInput
		}
	}
	if err := a.writeFindings(shown, l.format); err != nil {
		return err
	}
	if result.Broken {
		a.exit = exitBroken
	}
	summary := diag.Summary(shown)
	if summary == "" {
		summary = "no findings"
	}
	if len(hidden) > 0 {
		summary += "; " + diag.Summary(hidden) + " not shown (--show info)"
	}
	if len(shown) > 0 && l.format == textFormat {
		if err := a.print(a.stderr, "\n"); err != nil {
			return err
		}
	}
	return a.print(a.stderr, "%s: %s\n", judged(result), summary+note)
}

// judged says what was looked at: "3 models, 1 profile".
func judged(result *compile.Result) string {
	var parts []string
	if result.Models > 0 || result.Profiles+result.Files == 0 {
		parts = append(parts, plural(result.Models, "model"))
	}
	if result.Profiles > 0 {
		parts = append(parts, plural(result.Profiles, "profile"))
	}
	if result.Files > 0 {
		parts = append(parts, plural(result.Files, "file"))
	}
	return strings.Join(parts, ", ")
}
