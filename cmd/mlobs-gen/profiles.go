package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

func (a *app) profiles() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the serving stacks that are known",
		Long: `List the profiles: what serving stacks expose, with panels and default alerts. Inside a workspace its own
are among them (` + "`profiles`" + ` of mlobs.yaml). A spec brings them in with ` + "`uses: [{profile: NAME}]`" + `.`,
		Args: unknownCommand,
		RunE: func(*cobra.Command, []string) error {
			library, err := a.library()
			if err != nil {
				return err
			}
			return a.table(profileTable(library.Profiles()))
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "show NAME",
		Short: "Show what a profile brings",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{message: fmt.Sprintf("`%s` takes the name of one profile", cmd.CommandPath()), help: "`mlobs-gen profiles` lists them"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.showProfile(args[0]) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return profileNames()
		},
	})
	return cmd
}

// profileTable lists profiles; where the workspace has its own it says which.
func profileTable(profiles []*spec.Profile) [][]string {
	rows := [][]string{{"PROFILE", "WHAT IT IS"}}
	own := slices.ContainsFunc(profiles, isOwn)
	if own {
		rows[0] = append(rows[0], "FROM")
	}
	for _, p := range profiles {
		row := []string{p.Name, p.Title}
		switch {
		case isOwn(p):
			row = append(row, diag.Visible(p.File.Path))
		case own:
			row = append(row, "mlobs-gen")
		}
		rows = append(rows, row)
	}
	return rows
}

// isOwn reports whether a profile is the workspace's, and none that comes with the program.
func isOwn(p *spec.Profile) bool { return !strings.HasPrefix(p.File.Path, "builtin/") }

// library returns the profiles that come with the program, and those of the workspace one stands in, if any.
// Mistakes in these are said, and what is right is there nevertheless.
func (a *app) library() (*spec.Library, error) {
	library, result, err := findLibrary()
	if err != nil {
		return nil, err
	}
	if result.Report.Failed() {
		a.exit = exitInput
	}
	if result.Broken {
		a.exit = exitBroken
	}
	return library, diag.Render(a.stderr, result.Report.All(), a.style(a.stderr))
}

func findLibrary() (*spec.Library, *compile.Result, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, nil, err
	}
	workspaces, err := source.Find(cwd, nil, nil)
	var none *source.UsageError
	if errors.As(err, &none) {
		result := &compile.Result{Report: &diag.Report{}}
		return spec.NewLibrary(result.Report), result, nil
	}
	if err != nil {
		return nil, nil, err
	}
	library, result := compile.Library(workspaces[0])
	return library, result, workspaces[0].Close()
}

func (a *app) showProfile(name string) error {
	library, err := a.library()
	if err != nil {
		return err
	}
	p := library.Profile(name)
	if p == nil {
		return noProfile(name, library)
	}
	return a.table(profileRows(p))
}

// noProfile says that there is no profile of that name.
func noProfile(name string, library *spec.Library) error {
	var names []string
	for _, p := range library.Profiles() {
		names = append(names, p.Name)
	}
	return &usageError{
		message: fmt.Sprintf("there is no profile `%s`", name),
		help:    diag.DidYouMean(name, names, "`mlobs-gen profiles` lists them"),
	}
}

// table writes rows to standard output, with their cells below each other.
func (a *app) table(rows [][]string) error {
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}
