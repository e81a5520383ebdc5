package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// root is the tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mlobs-gen",
		Short: "Compile specs of ML models to dashboards, rules and alerts",
		Long: `mlobs-gen compiles one YAML spec per ML model to everything that watches the model: Grafana
dashboards, Prometheus recording and alerting rules, Grafana alerts. It needs no network and no server.

A PATH is a spec, a workspace folder (it holds mlobs.yaml), or a folder that holds several workspaces.
Without a PATH it is the workspace one stands in.

Exit codes: 0 clean; 1 errors in the input, findings at or above --fail-on, or drift under --check;
2 wrong usage; 3 something could not be read or written.`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              unknownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.color, "color", "auto", "colours: auto, always or never; auto heeds NO_COLOR")
	noColor := flags.Bool("no-color", false, "the same as --color never")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if *noColor {
			a.color = "never"
		}
		return oneOf("--color", a.color, "auto", "always", "never")
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.completion(), a.cost(), a.explain(), a.generate(), a.init(), a.lint(), a.profiles(), a.rules(), a.schema(), a.version())
	return root
}

// unknownCommand is what arguments of a command that takes only commands are.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	slices.Sort(names)
	return &usageError{
		message: fmt.Sprintf("`%s` has no command `%s`", cmd.CommandPath(), args[0]),
		help:    diag.DidYouMean(args[0], names, "its commands are "+strings.Join(names, ", ")),
	}
}

// flagError is an error of the flags as a usage error, with what was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var usage *usageError
	if errors.As(err, &usage) {
		return usage
	}
	help := fmt.Sprintf("`%s --help` lists the flags", cmd.CommandPath())
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if name := diag.Suggest(unknown.GetSpecifiedName(), names); name != "" {
			help = "did you mean `--" + name + "`?"
		}
	}
	return &usageError{message: err.Error(), help: help}
}

// noArguments refuses arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{message: fmt.Sprintf("`%s` takes no arguments, not `%s`", cmd.CommandPath(), args[0])}
}
