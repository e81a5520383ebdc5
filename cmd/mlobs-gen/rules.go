package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

func (a *app) rules() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List what the linter looks for",
		Long:  "List the rules of the linter: name, severity, and what each finds. `mlobs-gen explain RULE` says more.",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			width := 0
			for _, name := range lint.Names() {
				width = max(width, len(name))
			}
			var b strings.Builder
			for i, group := range lint.Groups() {
				if i > 0 {
					b.WriteString("\n")
				}
				fmt.Fprintf(&b, "%s\n", group)
				for _, r := range lint.Rules() {
					if r.Group == group {
						fmt.Fprintf(&b, "  %-*s  %-7s  %s\n", width, r.Name, r.Severity, r.Doc)
					}
				}
			}
			return a.print(a.stdout, "%s", b.String())
		},
	}
}

func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Say why a rule is one, and what to do",
		Long:  "Show the page of a rule of the linter: why it matters, a bad and a good example, what to do.",
		Example: `  mlobs-gen explain rate-of-gauge
  mlobs-gen explain rate-of-gauge | less`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{message: "`explain` takes the name of one rule", help: "`mlobs-gen rules` lists them"}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var list []cobra.Completion
			for _, r := range lint.Rules() {
				list = append(list, cobra.CompletionWithDesc(r.Name, r.Doc))
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			rule := lint.Lookup(strings.Trim(args[0], "[]"))
			if rule == nil {
				return &usageError{message: fmt.Sprintf("there is no rule `%s`", args[0]), help: diag.DidYouMean(args[0], lint.Names(), "`mlobs-gen rules` lists them")}
			}
			page, err := lint.Explain(rule)
			if err != nil {
				return err
			}
			return a.print(a.stdout, "%s", page.Markdown(1))
		},
	}
}
