package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// targets are all there are, by name.
func targets() []*generators.Target {
	return []*generators.Target{dashboards.Target(), alerts.Legacy(), alerts.Prometheus()}
}

func (a *app) generate() *cobra.Command {
	var in compile.Input
	var check, dryRun, verify bool
	failOn := severityFlag{diag.Error}
	cmd := &cobra.Command{
		Use:   "generate [PATH…]",
		Short: "Write dashboards, rules and alerts",
		Long: `Compile specs and write what watches their models.

Nothing is written unless everything compiled. Files that did not change are not touched. A file that
mlobs-gen did not write is never overwritten or removed; files of models that are gone are removed when
the whole workspace is compiled.`,
		Example: `  mlobs-gen generate                     the workspace one stands in
  mlobs-gen generate models/cifar.yaml   one model
  mlobs-gen generate examples --out out  several workspaces, each below out
  mlobs-gen generate --check             in CI: exit 1 if the files are not what the specs say`,
		RunE: func(_ *cobra.Command, args []string) error {
			in.Targets, in.Mode, in.FailOn = targets(), compile.Write, failOn.Severity
			if check || dryRun {
				in.Mode = compile.Compare
			}
			if check && dryRun {
				return &usageError{message: "--check and --dry-run exclude each other", help: "--check shows what differs and fails, --dry-run lists what would be written"}
			}
			if verify {
				in.Verify = verifyFile
			}
			for _, arg := range args {
				if arg == "-" {
					return &usageError{message: "`generate` reads no standard input", help: "what is generated needs a spec that stays; `mlobs-gen lint -` judges one from standard input"}
				}
			}
			result, err := a.run(args, in)
			if err != nil {
				return err
			}
			return a.reportGenerated(result, in, check)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in.Out, "out", "", "output folder, instead of what mlobs.yaml says")
	flags.BoolVar(&check, "check", false, "write nothing; show what differs, exit 1 if anything does")
	flags.BoolVar(&dryRun, "dry-run", false, "write nothing; list what would be written")
	flags.BoolVar(&verify, "verify", false, "judge each generated file with the checkers of its format")
	flags.BoolVar(&in.KeepGoing, "keep-going", false, "write the models without errors, exit 1 if there were any")
	flags.Var(&failOn, "fail-on", "lowest severity of findings that keeps from writing: error, warning or info")
	return cmd
}

// verifyFile judges a generated file with what knows its format.
func verifyFile(f generators.File, ws *plan.Workspace) error {
	var problems []string
	for _, p := range alerts.Check(f, ws) {
		problems = append(problems, p.String())
	}
	if strings.HasPrefix(f.Path, "dashboards/") {
		for _, p := range dashboards.Check(f.Data) {
			problems = append(problems, p.String())
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(problems, "; "))
}

// reportGenerated says what generate found and did.
func (a *app) reportGenerated(result *compile.Result, in compile.Input, check bool) error {
	var shown []*diag.Diagnostic
	hidden := 0
	for _, d := range result.Report.All() {
		if d.Severity >= in.FailOn {
			shown = append(shown, d)
		} else {
			hidden++
		}
	}
	if err := diag.Render(a.stderr, shown, a.style(a.stderr)); err != nil {
		return err
	}
	if in.Mode == compile.Compare {
		if err := a.printChanges(result, check); err != nil {
			return err
		}
	}
	t := a.tally(result, in.Mode)
	if check && t.differ > 0 {
		a.exit = exitInput
	}
	if len(shown) > 0 {
		a.exit = exitInput
		if err := a.print(a.stderr, "\n"); err != nil {
			return err
		}
	}
	if result.Broken {
		a.exit = exitBroken
	}
	summary := t.text
	if s := diag.Summary(shown); s != "" {
		summary += "; " + s
	}
	if hidden > 0 {
		summary += fmt.Sprintf("; %s that `mlobs-gen lint` shows", plural(hidden, "finding"))
	}
	if check && t.differ > 0 {
		summary += "; `mlobs-gen generate` writes them"
	}
	return a.print(a.stderr, "%s\n", summary)
}

// printChanges lists what would be created, changed or removed; with diffs, what would change.
func (a *app) printChanges(result *compile.Result, diffs bool) error {
	paint := a.style(a.stdout).Paint
	for _, out := range result.Outputs {
		for _, c := range out.Changes {
			if c.Kind == output.Unchanged {
				continue
			}
			if err := a.print(a.stdout, "%-8s %s\n", c.Kind, diag.Visible(path.Join(out.Folder, c.Path))); err != nil {
				return err
			}
			if !diffs || c.Diff == "" || strings.HasPrefix(c.Path, plan.DigestFolder+"/") {
				continue // a digest changes with its files and says the same in other words
			}
			if err := a.print(a.stdout, "%s", paintDiff(c.Diff, paint)); err != nil {
				return err
			}
		}
	}
	return nil
}

// tally is what happened to the files of all outputs.
type tally struct {
	text   string
	differ int
}

// tally counts files: "3 models, 12 files: 2 written, 10 unchanged".
func (a *app) tally(result *compile.Result, mode compile.Mode) tally {
	var counts [output.Removed + 1]int
	for _, out := range result.Outputs {
		for _, c := range out.Changes {
			counts[c.Kind]++
		}
	}
	t := tally{differ: counts[output.Created] + counts[output.Changed] + counts[output.Removed]}
	t.text = plural(result.Models, "model")
	if len(result.Outputs) == 0 {
		t.text += ": nothing written"
		return t
	}
	written := counts[output.Created] + counts[output.Changed]
	words := [...]string{"written", "removed"}
	if mode == compile.Compare {
		words = [...]string{"to write", "to remove"}
	}
	var parts []string
	for i, n := range []int{written, counts[output.Removed]} {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[i]))
		}
	}
	if n := counts[output.Unchanged]; n > 0 || len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", n))
	}
	t.text += fmt.Sprintf(", %s: %s", plural(t.differ+counts[output.Unchanged], "file"), strings.Join(parts, ", "))
	return t
}

func plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}
