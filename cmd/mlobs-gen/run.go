package main

import (
	"errors"
	"os"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// run finds what args name and compiles it.
func (a *app) run(args []string, in compile.Input) (result *compile.Result, err error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	in.Workspaces, err = source.Find(cwd, args, a.stdin)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, ws := range in.Workspaces {
			err = errors.Join(err, ws.Close())
		}
	}()
	progress := a.newProgress()
	in.Progress = progress.update
	in.Crash = os.Getenv("MLOBS_DEBUG") != ""
	result, err = compile.Run(a.ctx, in)
	return result, errors.Join(err, progress.clear())
}
