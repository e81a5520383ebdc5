package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/spec"
)

func (a *app) schema() *cobra.Command {
	names := spec.Schemas()
	return &cobra.Command{
		Use:   "schema [" + strings.Join(names, "|") + "]",
		Short: "Print the JSON Schema of a kind of file, for editors",
		Long: `Print the JSON Schema (2020-12) of specs (unless said otherwise), of profiles, or of mlobs.yaml. With it an editor
completes keys, shows what they mean and underlines mistakes. Editors with the YAML language server find the
schema by the first line of a file:

    # yaml-language-server: $schema=` + spec.SchemaAddress("spec"),
		ValidArgs: names,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{message: fmt.Sprintf("`%s` prints one schema, not %d", cmd.CommandPath(), len(args))}
			}
			if len(args) == 1 {
				return oneOf("`"+cmd.CommandPath()+"`", args[0], names...)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := names[0]
			if len(args) == 1 {
				name = args[0]
			}
			schema, err := spec.Schema(name)
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(schema)
			return err
		},
	}
}
