package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

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
