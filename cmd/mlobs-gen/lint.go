package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

func (a *app) lint() *cobra.Command {
	failOn := severityFlag{diag.Error}
	in := compile.Input{Mode: compile.Lint}
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Say what is wrong with specs",
		Long: `Judge specs, and the workspace's own profiles, and write nothing: the language, and what is proved from the
metrics that a spec declares.
Findings go to standard output, a summary to standard error.`,
		Example: `  mlobs-gen lint                       the workspace one stands in
  mlobs-gen lint models/cifar.yaml     one spec
  mlobs-gen lint - < models/cifar.yaml one spec from standard input, as editors do`,
		RunE: func(_ *cobra.Command, args []string) error {
			result, err := a.run(args, in)
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
			return a.print(a.stderr, "%s: %s\n", judged(result), summary)
		},
	}
	cmd.Flags().Var(&failOn, "fail-on", "lowest severity of findings that makes the exit code 1: error, warning or info")
	cmd.Flags().Var((*grafanaFlag)(&in.Grafana), "grafana", "version of Grafana, instead of what mlobs.yaml says")
	return cmd
}

// judged says what was looked at: "3 models, 1 profile".
func judged(result *compile.Result) string {
	var parts []string
	if result.Models > 0 || result.Profiles == 0 {
		parts = append(parts, plural(result.Models, "model"))
	}
	if result.Profiles > 0 {
		parts = append(parts, plural(result.Profiles, "profile"))
	}
	return strings.Join(parts, ", ")
}
