package plan

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Digest is what outlives a plan: a few kilobytes that say what a model's files are and what is in
// them. Fleet pages, checks across models, pruning and semantic diffs read digests, never plans.
type Digest struct {
	Model string `json:"model"`
	Title string `json:"title,omitempty"`
	Owner string `json:"owner,omitempty"`
	// Files are the model's files, sorted, relative to the output folder.
	Files []string `json:"files"`
	// Dashboards are the uids of its dashboards.
	Dashboards []string      `json:"dashboards,omitempty"`
	Panels     []DigestPanel `json:"panels,omitempty"`
	Records    []string      `json:"records,omitempty"`
	Alerts     []DigestAlert `json:"alerts,omitempty"`
}

// DigestPanel is a panel in a Digest.
type DigestPanel struct {
	Key   string `json:"key"`
	ID    int32  `json:"id"`
	Title string `json:"title"`
}

// DigestAlert is an alert in a Digest.
type DigestAlert struct {
	Name     string   `json:"name"`
	Key      string   `json:"key"`
	Member   string   `json:"member,omitempty"`
	Severity Severity `json:"severity"`
	Op       Op       `json:"op,omitempty"`
	// Limits are decimals as text, so that nothing is rounded.
	Limits []string `json:"limits,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	For    string   `json:"for,omitempty"`
	Notify []string `json:"notify,omitempty"`
}

// NewDigest sums up p, whose files are the given paths.
func NewDigest(p *Plan, files []string) *Digest {
	d := &Digest{Model: p.Model, Title: p.Title, Owner: p.Owner, Files: slices.Sorted(slices.Values(files))}
	for _, board := range []*Dashboard{p.Dashboard, p.Legacy} {
		if board == nil {
			continue
		}
		d.Dashboards = append(d.Dashboards, board.UID)
	}
	if p.Dashboard != nil {
		for _, panel := range p.Dashboard.Panels {
			d.Panels = append(d.Panels, DigestPanel{panel.Key, panel.ID, panel.Title})
		}
		slices.SortFunc(d.Panels, func(a, b DigestPanel) int { return cmp.Compare(a.Key, b.Key) })
	}
	for _, r := range p.Records {
		if !slices.Contains(d.Records, r.Name) {
			d.Records = append(d.Records, r.Name)
		}
	}
	slices.Sort(d.Records)
	for _, a := range p.Alerts {
		entry := DigestAlert{Name: a.Name, Key: a.Key, Member: a.Member, Severity: a.Severity, Op: a.Op, Unit: a.UnitName, Notify: a.Notify}
		for _, l := range a.Limits {
			entry.Limits = append(entry.Limits, l.String())
		}
		if a.For > 0 {
			entry.For = a.For.String()
		}
		d.Alerts = append(d.Alerts, entry)
	}
	slices.SortFunc(d.Alerts, func(a, b DigestAlert) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Member, b.Member))
	})
	return d
}

// Path is where the digest of a model lies in the output folder.
func (d *Digest) Path() string { return DigestFolder + "/" + d.Model + ".json" }

// DigestFolder holds the digests. WorkspaceDigest is the digest of the files that belong to no model;
// no model can have that name.
const (
	DigestFolder    = ".mlobs"
	WorkspaceDigest = "_workspace"
)

// Encode writes d as indented JSON with a final newline.
func (d *Digest) Encode() ([]byte, error) {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}
