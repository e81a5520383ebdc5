package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Baseline is the findings that a team knows of and lives with for now: they are not reported again. Errors of
// the language are never among them.
type Baseline struct {
	known map[string]bool
}

// baselineVersion is that of the file's form.
const baselineVersion = 1

type baselineFile struct {
	Version  int             `json:"version"`
	Findings []baselineEntry `json:"findings"`
}

// baselineEntry is found by its fingerprint; the rest is for the people who read the file.
type baselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Object      string `json:"object,omitempty"`
	File        string `json:"file,omitempty"`
	Message     string `json:"message"`
}

// ReadBaseline reads what EncodeBaseline wrote. It fails if data is something else.
func ReadBaseline(data []byte) (*Baseline, error) {
	var file baselineFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("it is no baseline: %w", err)
	}
	if file.Version != baselineVersion {
		return nil, fmt.Errorf("it is a baseline of version %d, and this program knows %d", file.Version, baselineVersion)
	}
	b := &Baseline{known: map[string]bool{}}
	for _, f := range file.Findings {
		b.known[f.Fingerprint] = true
	}
	return b, nil
}

// New returns the findings that the baseline does not have, and how many it has that are not found any more.
func (b *Baseline) New(list []*diag.Diagnostic) (fresh []*diag.Diagnostic, mended int) {
	mended = len(b.known)
	for i, print := range Fingerprints(list) {
		if list[i].Rule != "" && b.known[print] {
			mended--
			continue
		}
		fresh = append(fresh, list[i])
	}
	return fresh, mended
}

// EncodeBaseline writes a list as a baseline: sorted, so that a diff shows what changed. Secrets and control
// characters do not get into it.
func EncodeBaseline(list []*diag.Diagnostic) ([]byte, error) {
	file := baselineFile{Version: baselineVersion, Findings: []baselineEntry{}}
	for i, print := range Fingerprints(list) {
		d := list[i]
		if d.Rule == "" {
			continue
		}
		file.Findings = append(file.Findings, baselineEntry{print, d.Rule, diag.Shown(d.Object), pathOf(d), diag.Shown(d.Message)})
	}
	slices.SortFunc(file.Findings, func(a, b baselineEntry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(file)
	return out.Bytes(), err
}
