package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

func (a *app) profiles() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the serving stacks that are known",
		Long: `List the profiles: what serving stacks expose, with panels and default alerts. A spec brings them in with
` + "`uses: [{profile: NAME}]`.",
		Args: unknownCommand,
		RunE: func(*cobra.Command, []string) error {
			profiles, err := a.library()
			if err != nil {
				return err
			}
			rows := [][]string{{"PROFILE", "WHAT IT IS"}}
			for _, p := range profiles {
				rows = append(rows, []string{p.Name, p.Title})
			}
			return a.table(rows)
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
	})
	return cmd
}

// library returns the profiles that come with the program. A mistake in one is a defect of ours.
func (a *app) library() ([]*spec.Profile, error) {
	var rep diag.Report
	profiles := spec.NewLibrary(&rep).Profiles()
	if rep.Failed() {
		err := diag.Render(a.stderr, rep.All(), a.style(a.stderr))
		return nil, errors.Join(errors.New("a defect of mlobs-gen: its own profiles have mistakes"), err)
	}
	return profiles, nil
}

func (a *app) showProfile(name string) error {
	profiles, err := a.library()
	if err != nil {
		return err
	}
	var names []string
	for _, p := range profiles {
		if p.Name == name {
			return a.table(profileRows(p))
		}
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
