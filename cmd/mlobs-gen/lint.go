package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

func (a *app) lint() *cobra.Command {
	failOn := severityFlag{diag.Error}
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Say what is wrong with specs",
		Long: `Judge specs and write nothing: the language, and what is proved from the metrics that a spec declares.
Findings go to standard output, a summary to standard error.`,
		Example: `  mlobs-gen lint                       the workspace one stands in
  mlobs-gen lint models/cifar.yaml     one spec
  mlobs-gen lint - < models/cifar.yaml one spec from standard input, as editors do`,
		RunE: func(_ *cobra.Command, args []string) error {
			result, err := a.run(args, compile.Input{Mode: compile.Lint})
			if err != nil {
				return err
			}
			list := result.Report.All()
			if err := diag.Render(a.stdout, list, a.style(a.stdout)); err != nil {
				return err
			}
			if result.Report.Reaches(failOn.Severity) {
				a.exit = exitInput
			}
			if result.Broken {
				a.exit = exitBroken
			}
			summary := diag.Summary(list)
			if summary == "" {
				summary = "no findings"
			}
			if len(list) > 0 {
				if err := a.print(a.stderr, "\n"); err != nil {
					return err
				}
			}
			return a.print(a.stderr, "%s\n", fmt.Sprintf("%s: %s", plural(result.Models, "model"), summary))
		},
	}
	cmd.Flags().Var(&failOn, "fail-on", "lowest severity of findings that makes the exit code 1: error, warning or info")
	return cmd
}
