package alerts

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
)

// encodeYAML writes v the way people do: two blanks, keys of maps sorted. It fails if the file becomes
// larger than a file may be.
func encodeYAML(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(generated)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	if err := generators.CheckSize("the file of the rules", b.Bytes()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// old matches what YAML 1.1, which Grafana reads, takes for a truth value or a number. The encoder knows
// those of YAML 1.2.
var old = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|[-+.0-9_:]+|[-+]?0[box][0-9a-f_]+)$`)

// text is a string that is read as what it is; nil if it is empty.
func text(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	return scalar(s)
}

// scalar is a string that is read as what it is, a literal block if it has several lines. A block that
// begins with white space is written wrongly by the encoder (yaml.v3 drops its first line).
func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	switch {
	case !strings.Contains(s, "\n"):
		if old.MatchString(s) {
			n.Style = yaml.DoubleQuotedStyle
		}
	case strings.TrimLeft(s, " \t\n") != s:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// texts is a mapping of strings by name; nil if there is none.
func texts(m map[string]string) *yaml.Node {
	if len(m) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		n.Content = append(n.Content, scalar(key), scalar(m[key]))
	}
	return n
}

// mapping takes keys and nodes in turn and leaves out those without a node.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		if value := pairs[i+1].(*yaml.Node); value != nil {
			n.Content = append(n.Content, text(pairs[i].(string)), value)
		}
	}
	return n
}
