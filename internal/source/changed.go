package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Changes are the lines that differ from a revision of Git.
type Changes struct {
	cwd   string
	lines map[string][]lineRange // by absolute path
}

// lineRange is the lines from first to last, both from 1 and in it.
type lineRange struct{ first, last int }

// everyLine is all of a file that the revision does not have.
var everyLine = lineRange{1, 1 << 30}

// Changed finds what differs from a revision in the repository that the absolute folder cwd lies in, files that
// Git does not know yet included. It fails with a *UsageError if there is no such revision, or no repository.
func Changed(ctx context.Context, cwd, revision string) (*Changes, error) {
	if strings.HasPrefix(revision, "-") {
		return nil, &UsageError{Message: fmt.Sprintf("`%s` is no revision of Git", revision), Help: "name a branch, a tag or a commit"}
	}
	top, err := git(ctx, cwd, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	root := strings.TrimRight(string(top), "\r\n")
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, &ReadError{Path: root, Err: err}
	}
	c := &Changes{cwd: cwd, lines: map[string][]lineRange{}}
	diff, err := git(ctx, root, "-c", "core.quotePath=true", "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", "--end-of-options", revision, "--")
	if err != nil {
		return nil, err
	}
	if err := c.parse(root, diff); err != nil {
		return nil, err
	}
	others, err := git(ctx, root, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	for name := range bytes.SplitSeq(others, []byte{0}) {
		if len(name) > 0 {
			path := filepath.Join(root, filepath.FromSlash(string(name)))
			c.lines[path] = []lineRange{everyLine}
		}
	}
	return c, nil
}

// git runs Git and returns what it prints. What Git complains of is an error of usage.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &exit):
		line, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return nil, &UsageError{Message: "Git cannot say what changed: " + line, Help: "name a revision that the repository has; a shallow clone has few (`git fetch --unshallow`)"}
	}
	return nil, &ReadError{Path: "what changed", Err: err}
}

var hunk = regexp.MustCompile(`^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@`)

// parse reads a diff without lines of context. A place where lines were only removed counts as the line before
// it: what stands around them changed its meaning.
func (c *Changes) parse(root string, diff []byte) error {
	path := ""
	header := false
	for line := range bytes.Lines(diff) {
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case strings.HasPrefix(text, "diff --git "):
			path, header = "", true
		case header && strings.HasPrefix(text, "+++ "):
			name := strings.TrimSuffix(strings.TrimPrefix(text, "+++ "), "\t")
			if strings.HasPrefix(name, `"`) {
				unquoted, err := strconv.Unquote(name)
				if err != nil {
					return &ReadError{Path: name, Err: err}
				}
				name = unquoted
			}
			if name, ok := strings.CutPrefix(name, "b/"); ok {
				path = filepath.Join(root, filepath.FromSlash(name))
			}
		case strings.HasPrefix(text, "@@ ") && path != "":
			header = false
			m := hunk.FindStringSubmatch(text)
			if m == nil {
				continue
			}
			first, err := strconv.Atoi(m[1])
			if err != nil {
				return &ReadError{Path: path, Err: err}
			}
			count := 1
			if m[2] != "" {
				if count, err = strconv.Atoi(m[2]); err != nil {
					return &ReadError{Path: path, Err: err}
				}
			}
			c.lines[path] = append(c.lines[path], lineRange{first, first + max(count, 1) - 1})
		}
	}
	return nil
}

// Touches reports whether one of the lines from first to last of a file changed. The file is named as in
// messages.
func (c *Changes) Touches(shown string, first, last int) bool {
	path := filepath.FromSlash(shown)
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.cwd, path)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for _, r := range c.lines[path] {
		if r.first <= last && first <= r.last {
			return true
		}
	}
	return false
}
