package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/checks"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/slo"
	"github.com/mlobs-gen/mlobs-gen/lint"
)

func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain NAME",
		Short: "Say what a rule of the linter, a check of the model or an SLO is",
		Long: `Show the page of a rule of the linter (why it matters, a bad and a good example, what to do), of a kind of
check (what it asks of a model, its methods with formula and source, what goes wrong, what to do when it fires), or of
service level objectives (` + "`slo`" + `: what they count, what is recorded, which alerts there are).`,
		Example: `  mlobs-gen explain rate-of-gauge
  mlobs-gen explain slo
  mlobs-gen explain drift | less`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{message: "`explain` takes one name", help: "`mlobs-gen rules` lists the rules; checks are " + strings.Join(checks.Names(), ", ")}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var list []cobra.Completion
			for _, t := range topics() {
				list = append(list, cobra.CompletionWithDesc(t.name, t.doc))
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := strings.Trim(args[0], "[]")
			var names []string
			for _, t := range topics() {
				if t.name != name {
					names = append(names, t.name)
					continue
				}
				page, err := t.page()
				if err != nil {
					return err
				}
				return a.print(a.stdout, "%s", page)
			}
			return &usageError{message: fmt.Sprintf("nothing is called `%s`", args[0]), help: diag.DidYouMean(name, names, "`mlobs-gen rules` lists the rules; checks are "+strings.Join(checks.Names(), ", "))}
		},
	}
}

// topic is something that can be explained.
type topic struct {
	name, doc string
	page      func() (string, error)
}

// topics are objectives, checks of the model, then rules of the linter.
func topics() (list []topic) {
	list = append(list, topic{slo.Name, slo.Title, func() (string, error) { return slo.Explain(), nil }})
	for _, k := range checks.Kinds {
		list = append(list, topic{string(k.Name), k.Title, func() (string, error) { return k.Markdown(1, ""), nil }})
	}
	for _, r := range lint.Rules() {
		list = append(list, topic{r.Name, r.Doc, func() (string, error) {
			page, err := lint.Explain(r)
			if err != nil {
				return "", err
			}
			return page.Markdown(1), nil
		}})
	}
	return list
}
