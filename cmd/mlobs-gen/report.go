package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// reportGenerated says what generate found and did.
func (a *app) reportGenerated(result *compile.Result, in compile.Input, check bool) error {
	var shown []*diag.Diagnostic
	hidden := 0
	for _, d := range result.Report.All() {
		if d.Severity >= result.FailOn {
			shown = append(shown, d)
		} else {
			hidden++
		}
	}
	if err := diag.Render(a.stderr, shown, a.style(a.stderr)); err != nil {
		return err
	}
	if in.Mode != compile.Write {
		if err := a.printChanges(result, in.Mode == compile.Diff, check); err != nil {
			return err
		}
	}
	t := a.tally(result, in.Mode)
	if check && t.differ > 0 {
		a.exit = exitInput
	}
	if result.Failing {
		a.exit = exitInput
	}
	if len(shown) > 0 {
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
		summary += fmt.Sprintf("; %s that `mlobs-gen lint --show info` shows", plural(hidden, "finding"))
	}
	if check && t.differ > 0 {
		summary += "; `mlobs-gen generate` writes them"
	}
	return a.print(a.stderr, "%s\n", summary)
}

// printChanges lists what would be created, changed or removed. With excerpts, what would change stands
// below; with diffs, nothing else is printed. Digests are only listed: they change with the other files of
// their model and say the same in other words.
func (a *app) printChanges(result *compile.Result, diffs, excerpts bool) error {
	paint := a.style(a.stdout).Paint
	for _, out := range result.Outputs {
		for _, c := range out.Changes {
			if c.Kind == output.Unchanged {
				continue
			}
			text := ""
			if !diffs {
				text = fmt.Sprintf("%-8s %s\n", c.Kind, diag.Visible(path.Join(out.Folder, c.Path)))
			}
			if (diffs || excerpts) && !strings.HasPrefix(c.Path, plan.DigestFolder+"/") {
				text += paintDiff(c.Diff, paint)
			}
			if err := a.print(a.stdout, "%s", text); err != nil {
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
	if mode != compile.Write {
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
