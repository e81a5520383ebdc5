package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/alerts"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/generators/kubernetes"
	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// targets are all there are, by name.
func targets() []*generators.Target {
	return []*generators.Target{
		alerts.Alertmanager(), dashboards.Target(), dashboards.Provider(),
		alerts.Unified(), alerts.Legacy(), kubernetes.Target(), alerts.Prometheus(),
	}
}

func (a *app) generate() *cobra.Command {
	var in compile.Input
	var check, diff, dryRun, verify bool
	failOn := severityFlag{diag.Error}
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "generate [PATH…]",
		Short: "Write dashboards, rules and alerts",
		Long: `Compile specs and write what watches their models.

Nothing is written unless everything compiled. Files that did not change are not touched. A file that
mlobs-gen did not write is never overwritten or removed; files of models that are gone are removed when
the whole workspace is compiled.

Three flags write nothing and show what would be written. --dry-run lists the files. --diff prints the
difference, complete, for people and for ` + "`git apply`" + `. --check lists the files with the beginning of each
difference, and exits 1 if there is any: for CI. Digests (.mlobs/) say what the other files say, and are
listed only.`,
		Example: `  mlobs-gen generate                     the workspace one stands in
  mlobs-gen generate models/cifar.yaml   one model
  mlobs-gen generate examples --out out  several workspaces, each below out
  mlobs-gen generate --check             in CI: exit 1 if the files are not what the specs say
  mlobs-gen generate --diff --grafana 12 what another version of Grafana would change`,
		RunE: func(_ *cobra.Command, args []string) error {
			in.Targets, in.Mode, in.FailOn, in.Explicit = targets(), compile.Write, failOn.Severity, cmd.Flags().Changed("fail-on")
			switch {
			case diff:
				in.Mode = compile.Diff
			case check, dryRun:
				in.Mode = compile.Compare
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
	cmd.PreRunE = func(*cobra.Command, []string) error { return exclusive(check, diff, dryRun) }
	flags := cmd.Flags()
	flags.StringVar(&in.Out, "out", "", "output folder, instead of what mlobs.yaml says")
	flags.BoolVar(&check, "check", false, "write nothing; show what differs, exit 1 if anything does")
	flags.BoolVar(&diff, "diff", false, "write nothing; show what would change as a unified diff")
	flags.BoolVar(&dryRun, "dry-run", false, "write nothing; list what would change")
	flags.BoolVar(&verify, "verify", false, "judge each generated file with the checkers of its format")
	flags.BoolVar(&in.KeepGoing, "keep-going", false, "write the models without errors, exit 1 if there were any")
	flags.Var(&failOn, "fail-on", "lowest severity of findings that keeps from writing: error, warning or info")
	flags.Var((*grafanaFlag)(&in.Grafana), "grafana", "version of Grafana, instead of what mlobs.yaml says")
	return cmd
}

// exclusive refuses more than one of the flags that write nothing.
func exclusive(check, diff, dryRun bool) error {
	var given []string
	for _, f := range []struct {
		name string
		set  bool
	}{{"--check", check}, {"--diff", diff}, {"--dry-run", dryRun}} {
		if f.set {
			given = append(given, f.name)
		}
	}
	if len(given) < 2 {
		return nil
	}
	return &usageError{
		message: given[0] + " and " + given[1] + " exclude each other",
		help:    "--dry-run lists what would change, --diff shows it, --check shows it and fails",
	}
}

// verifyFile judges a generated file with what knows its format.
func verifyFile(f generators.File, ws *plan.Workspace) error {
	var problems []string
	for _, p := range append(alerts.Check(f, ws), kubernetes.Check(f)...) {
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
