package main

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
)

// mended is a file with what surely was meant.
type mended struct {
	file  *diag.File
	data  []byte
	fixes int
}

// mend applies the fixes of findings, file by file.
func mend(list []*diag.Diagnostic) (files []mended) {
	fixes := map[*diag.File][]diag.Fix{}
	for _, d := range list {
		if d.Fix != nil {
			fixes[d.Fix.Span.File] = append(fixes[d.Fix.Span.File], *d.Fix)
		}
	}
	for file, of := range fixes {
		data, applied := diag.ApplyFixes(file, of)
		files = append(files, mended{file, data, len(applied)})
	}
	slices.SortFunc(files, func(a, b mended) int { return cmp.Compare(a.file.Path, b.file.Path) })
	return files
}

// showFixes prints what fixes would change.
func (a *app) showFixes(files []mended) error {
	for _, f := range files {
		text, err := output.Unified(f.file.Path, f.file.Data, f.data)
		if err != nil {
			return err
		}
		if err := a.print(a.stdout, "%s", paintDiff(text, a.style(a.stdout).Paint)); err != nil {
			return err
		}
	}
	return nil
}

// writeFixes changes the files, each whole or not at all.
func writeFixes(files []mended) (fixes int, err error) {
	for _, f := range files {
		if err := output.Replace(filepath.FromSlash(f.file.Path), f.data); err != nil {
			return fixes, err
		}
		fixes += f.fixes
	}
	return fixes, nil
}
