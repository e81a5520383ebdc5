package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

func (a *app) init() *cobra.Command {
	var model, owner, profile string
	cmd := &cobra.Command{
		Use:   "init [DIR|FILE]",
		Short: "Write a spec to begin with",
		Long: `Write a spec with comments, to be changed to what a model has. For a folder (the one you stand in, if none is
named) also mlobs.yaml, which makes it a workspace; for a file, which ends in .yaml, the spec alone. Nothing is
asked, and nothing overwritten.`,
		Example: `  mlobs-gen init                             mlobs.yaml and models/my-model.yaml
  mlobs-gen init shop --model prices         shop/mlobs.yaml and shop/models/prices.yaml
  mlobs-gen init models/fraud.yaml           one more model in a workspace
  mlobs-gen init --profile fastapi           with what a serving stack brings`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{message: fmt.Sprintf("`%s` takes one folder or file, not %d", cmd.CommandPath(), len(args)), help: "call it once for each"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			target := "."
			if len(args) > 0 {
				target = args[0]
			}
			return a.start(target, model, owner, profile)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&model, "model", "", "name of the model (default the file's name, or my-model)")
	flags.StringVar(&owner, "owner", "my-team", "who owns it")
	flags.StringVar(&profile, "profile", "", "the serving stack it runs on, a `name` that mlobs-gen profiles lists (default none)")
	return cmd
}

// start writes a spec as the file that target names, or a workspace with a spec into the folder.
func (a *app) start(target, model, owner, profile string) error {
	if target == "-" {
		return &usageError{message: "`init` writes files, and `-` is none", help: "name a folder, or a file that ends in .yaml"}
	}
	if filepath.Base(target) == source.ConfigName {
		target = filepath.Dir(target)
	}
	ext := filepath.Ext(target)
	isFile := ext == ".yaml" || ext == ".yml"
	switch {
	case model != "":
	case isFile:
		model = strings.TrimSuffix(filepath.Base(target), ext)
	default:
		model = "my-model"
	}
	data, err := newSpec(model, owner, profile)
	if err != nil {
		return err
	}
	if isFile {
		return a.writeNew(target, filepath.Dir(target), generators.File{Path: filepath.Base(target), Data: data})
	}
	if err := outsideWorkspace(target); err != nil {
		return err
	}
	return a.writeNew(target, target, generators.File{Path: source.ConfigName, Data: starterWorkspace}, generators.File{Path: "models/" + model + ".yaml", Data: data})
}

// writeNew writes files into a folder, the spec last, and says how to go on.
func (a *app) writeNew(target, dir string, files ...generators.File) error {
	shown := filepath.ToSlash(filepath.Clean(dir))
	if err := output.WriteNew(output.Folder{Path: dir, Name: shown}, files); err != nil {
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, diag.Visible(path.Join(shown, f.Path)))
	}
	argument := ""
	if target != "." {
		argument = " " + diag.Visible(filepath.ToSlash(target))
	}
	return a.print(a.stderr, "%s written\nnext: change %s to what your model has; `mlobs-gen lint%s` judges it, `mlobs-gen generate%[3]s` writes what follows\n",
		strings.Join(names, " and "), names[len(names)-1], argument)
}

// outsideWorkspace refuses a folder that is a workspace already, or lies in one: a workspace in another
// would take its specs away from it.
func outsideWorkspace(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	workspaces, err := source.Find(abs, nil, nil)
	if err != nil {
		return nil // there is none; or the folder cannot be read, and writing it says why
	}
	config := filepath.Join(workspaces[0].Root, source.ConfigName)
	if cwd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(cwd, config); err == nil {
			config = rel
		}
	}
	return errors.Join(&usageError{
		message: "there is a workspace already: " + filepath.ToSlash(config),
		help:    "`mlobs-gen init FILE` adds a spec to it, such as `mlobs-gen init " + filepath.ToSlash(filepath.Join(filepath.Dir(config), "models", "NAME.yaml")) + "`",
	}, workspaces[0].Close())
}
