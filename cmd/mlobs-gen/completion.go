package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// completion is in the place of cobra's own command, which says the same in three pages.
func (a *app) completion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that completes commands and flags in a shell",
		Long: `Print a script for a shell. It completes commands, flags, the values of flags, and names of profiles, and
asks this program for them: after an upgrade it need not be printed again.`,
		Example: `  source <(mlobs-gen completion bash)                                        bash, this session; needs bash-completion
  mlobs-gen completion bash > /etc/bash_completion.d/mlobs-gen               bash, for all
  mlobs-gen completion zsh > "${fpath[1]}/_mlobs-gen"                        zsh
  mlobs-gen completion fish > ~/.config/fish/completions/mlobs-gen.fish      fish
  mlobs-gen completion powershell | Out-String | Invoke-Expression           PowerShell, in the profile`,
		ValidArgs: shells,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{message: fmt.Sprintf("`%s` takes the name of one shell", cmd.CommandPath()), help: "`mlobs-gen completion bash`, or zsh, fish, powershell"}
			}
			return oneOf("completion", args[0], shells...)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch root := cmd.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.stdout, true)
			case "zsh":
				return root.GenZshCompletion(a.stdout)
			case "fish":
				return root.GenFishCompletion(a.stdout, true)
			default:
				return root.GenPowerShellCompletionWithDesc(a.stdout)
			}
		},
	}
}

// completeFlags says what the flags of a command take, wherever it has them.
func completeFlags(cmd *cobra.Command) error {
	complete := map[string]cobra.CompletionFunc{
		"color":   cobra.FixedCompletions([]cobra.Completion{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp),
		"fail-on": cobra.FixedCompletions([]cobra.Completion{"error", "warning", "info"}, cobra.ShellCompDirectiveNoFileComp),
		"grafana": cobra.FixedCompletions(grafanaVersions(), cobra.ShellCompDirectiveNoFileComp),
		"out":     cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		"profile": func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return profileNames()
		},
		"format": func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if cmd.Name() == "cost" {
				return costFormats, cobra.ShellCompDirectiveNoFileComp
			}
			return formats(), cobra.ShellCompDirectiveNoFileComp
		},
		"model": cobra.NoFileCompletions,
		"owner": cobra.NoFileCompletions,
	}
	for name, values := range complete {
		if cmd.Flags().Lookup(name) == nil && cmd.PersistentFlags().Lookup(name) == nil {
			continue
		}
		if err := cmd.RegisterFlagCompletionFunc(name, values); err != nil {
			return err
		}
	}
	for _, c := range cmd.Commands() {
		if err := completeFlags(c); err != nil {
			return err
		}
	}
	return nil
}

// profileNames completes names of profiles. Mistakes of the workspace are no matter for a shell.
func profileNames() ([]cobra.Completion, cobra.ShellCompDirective) {
	library, _, err := findLibrary()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []cobra.Completion
	for _, p := range library.Profiles() {
		names = append(names, cobra.CompletionWithDesc(p.Name, p.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
