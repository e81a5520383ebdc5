package adopt

import (
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// yamlFile finds where nodes of YAML stand. Other people's files have anchors, aliases, tags and merge keys.
type yamlFile struct {
	file *diag.File
	rep  *diag.Report
}

// resolve returns what an alias stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// pair is a key of a map with its value, aliases resolved.
type pair struct{ key, value *yaml.Node }

// entries lists the entries of a map, those of merge keys behind its own.
func (y *yamlFile) entries(n *yaml.Node) []pair { return mapEntries(n, 0) }

func mapEntries(n *yaml.Node, depth int) (list []pair) {
	if n.Kind != yaml.MappingNode || depth > 2 {
		return nil
	}
	var merged []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), resolve(n.Content[i+1])
		switch {
		case key.ShortTag() != "!!merge":
			list = append(list, pair{key, value})
		case value.Kind == yaml.SequenceNode:
			for _, v := range value.Content {
				merged = append(merged, mapEntries(resolve(v), depth+1)...)
			}
		default:
			merged = append(merged, mapEntries(value, depth+1)...)
		}
	}
	return append(list, merged...)
}

// valueOf returns the value of a key in a map; nil if it is no map, or the key is missing or null.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	for _, e := range mapEntries(n, 0) {
		if e.key.Value == key && e.key.Kind == yaml.ScalarNode {
			if isNull(e.value) {
				return nil
			}
			return e.value
		}
	}
	return nil
}

// at is the offset of a node, behind its anchor and tag.
func (y *yamlFile) at(n *yaml.Node) int {
	data := y.file.Data
	at := y.file.Offset(n.Line, n.Column)
	for n.Kind == yaml.ScalarNode && at < len(data) && (data[at] == '&' && n.Anchor != "" || data[at] == '!' && n.Style&yaml.TaggedStyle != 0) {
		end := at
		for end < len(data) && data[end] > ' ' {
			end++
		}
		for end < len(data) && strings.IndexByte(" \t\r\n", data[end]) >= 0 {
			end++
		}
		at = end
	}
	return at
}

func style(n *yaml.Node) yaml.Style { return n.Style &^ (yaml.TaggedStyle | yaml.FlowStyle) }

// span is where a scalar stands, of a map or list where it begins.
func (y *yamlFile) span(n *yaml.Node) diag.Span {
	if n.Kind != yaml.ScalarNode {
		return y.head(n)
	}
	start, end := diag.ScalarExtent(y.file.Data, y.at(n), style(n), n.Value)
	return diag.Span{File: y.file, Start: start, End: end}
}

// head is the first key of a map, or the first character of a list.
func (y *yamlFile) head(n *yaml.Node) diag.Span {
	if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0 && n.Content[0].Kind == yaml.ScalarNode {
		return y.span(n.Content[0])
	}
	at := y.at(n)
	return diag.Span{File: y.file, Start: at, End: min(at+1, len(y.file.Data))}
}

// text is a scalar with the places of its bytes.
func (y *yamlFile) text(n *yaml.Node) diag.Text {
	return diag.ScalarText(y.file, y.at(n), style(n), n.Value)
}

// list returns the items of a list; none after reporting that it is no list.
func (y *yamlFile) list(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		y.rep.Errorf(y.span(n), "%s is no list", what).WithHelp("begin each of its items with `- `")
		return nil
	}
	return n.Content
}

// scalar returns the value of a key that takes a text; nil if it is missing, or after reporting that it is none.
func (y *yamlFile) scalar(n *yaml.Node, key string) *yaml.Node {
	v := valueOf(n, key)
	if v != nil && v.Kind != yaml.ScalarNode {
		y.rep.Errorf(y.head(v), "`%s` takes a text", key).WithHelp("a text that begins with a bracket or brace needs quotes")
		return nil
	}
	return v
}

// string reads a text; not Given if the key is missing.
func (y *yamlFile) string(n *yaml.Node, key string) diag.Located[string] {
	v := y.scalar(n, key)
	if v == nil {
		return diag.Located[string]{}
	}
	return diag.At(v.Value, y.span(v))
}

// duration reads a duration as Prometheus writes it; not Given if the key is missing.
func (y *yamlFile) duration(n *yaml.Node, key string) diag.Located[time.Duration] {
	v := y.scalar(n, key)
	if v == nil {
		return diag.Located[time.Duration]{}
	}
	d, err := model.ParseDuration(v.Value)
	if err != nil {
		y.rep.Errorf(y.span(v), "`%s` is no duration", clip(v.Value)).WithHelp("write a number with its unit, as in `5m` or `1h30m`")
		return diag.Located[time.Duration]{}
	}
	return diag.At(time.Duration(d), y.span(v))
}

// clip makes a text of a stranger's short enough for a message, on one line.
func clip(s string) string {
	s = strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
