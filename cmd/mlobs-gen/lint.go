package main

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

func (a *app) lint() *cobra.Command {
	failOn, show := severityFlag{diag.Error}, severityFlag{diag.Warning}
	in := compile.Input{Mode: compile.Lint}
	var contracts []string
	format := textFormat
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Say what is wrong with specs",
		Long: `Judge specs, and the workspace's own profiles, and write nothing: the language, what is proved from the
metrics that a spec declares, and good practice. ` + "`mlobs-gen rules`" + ` lists what is looked for, ` + "`mlobs-gen explain RULE`" + `
says why and what to do. Findings go to standard output, a summary to standard error.`,
		Example: `  mlobs-gen lint                       the workspace one stands in
  mlobs-gen lint models/cifar.yaml     one spec
  mlobs-gen lint - < models/cifar.yaml one spec from standard input, as editors do`,
		RunE: func(_ *cobra.Command, args []string) error {
			in.FailOn, in.Explicit = failOn.Severity, cmd.Flags().Changed("fail-on")
			in.Today = time.Now().Format(time.DateOnly)
			result, err := a.lintRun(args, contracts, in)
			if err != nil {
				return err
			}
			return a.reportFindings(result, show.Severity, format)
		},
	}
	cmd.Flags().StringArrayVar(&contracts, "contract", nil, "what the metrics of rules and dashboards made by hand are: a spec, a profile (by name, or a file), a folder of profiles; can be given several times")
	cmd.Flags().StringVar(&format, "format", textFormat, "how findings are written: "+strings.Join(formats(), ", "))
	cmd.PreRunE = func(*cobra.Command, []string) error { return oneOf("--format", format, formats()...) }
	cmd.Flags().Var(&show, "show", "lowest severity of findings that are shown: error, warning or info")
	cmd.Flags().Var(&failOn, "fail-on", "lowest severity of findings that makes the exit code 1: error, warning or info")
	cmd.Flags().Var((*grafanaFlag)(&in.Grafana), "grafana", "version of Grafana, instead of what mlobs.yaml says")
	return cmd
}

// lintRun is run with contracts, by name.
func (a *app) lintRun(args, contracts []string, in compile.Input) (result *compile.Result, err error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for _, name := range contracts {
		c, err := source.FindContract(cwd, name)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, c.Close()) }()
		in.Contracts = append(in.Contracts, c)
	}
	return a.run(args, in)
}

// reportFindings prints what a run of lint found, from a severity on or from that on which the run fails by.
func (a *app) reportFindings(result *compile.Result, from diag.Severity, format string) error {
	var shown, hidden []*diag.Diagnostic
	for _, d := range result.Report.All() {
		if d.Severity >= min(from, result.FailOn) {
			shown = append(shown, d)
		} else {
			hidden = append(hidden, d)
		}
	}
	if err := a.writeFindings(shown, format); err != nil {
		return err
	}
	if result.Failing {
		a.exit = exitInput
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
	if len(shown) > 0 && format == textFormat {
		if err := a.print(a.stderr, "\n"); err != nil {
			return err
		}
	}
	return a.print(a.stderr, "%s: %s\n", judged(result), summary)
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
