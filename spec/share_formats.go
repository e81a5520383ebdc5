package spec

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

const (
	expectedShare = "a share, a number from 0 to 1"
	expectedEnd   = "nothing more"
)

// shareAt reads the text of a share.
func shareAt(key, text string, line int) (fileShare, *misread) {
	share, wrong := readShare(text)
	if wrong != "" {
		return fileShare{}, &misread{line: line, expected: expectedShare}
	}
	return fileShare{key, share, line}, nil
}

// yamlShares reads a map of class and share, as specs are read.
func yamlShares(data []byte) (list []fileShare, wrong *misread) {
	quiet := &loader{file: diag.NewFile("", data), rep: new(diag.Report), format: specFile, ws: new(Workspace)}
	root, _ := quiet.parse()
	if all := quiet.rep.All(); len(all) > 0 { // its messages quote
		return nil, &misread{line: all[0].Span.Position().Line, expected: "a map of class and share in YAML"}
	}
	if root == nil {
		return nil, &misread{expected: "cannot be read: it is no YAML"}
	}
	for i := 0; i+1 < len(root.content); i += 2 {
		key, val := root.content[i], root.content[i+1]
		line := quiet.file.Position(key.start).Line
		if key.kind != scalarNode || key.null() {
			return nil, &misread{line: line, expected: "the name of a class"}
		}
		if val.kind != scalarNode {
			return nil, &misread{line: line, expected: expectedShare}
		}
		s, wrong := shareAt(key.value, val.value, line)
		if wrong != nil {
			return nil, wrong
		}
		list = append(list, s)
	}
	return list, nil
}

// csvShares reads two columns; a first line whose second column is no number is a header.
func csvShares(data []byte) (list []fileShare, wrong *misread) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for first := true; ; first = false {
		record, err := r.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return list, nil
		case errors.As(err, &broken):
			return nil, &misread{line: broken.Line, expected: "class and share with a comma between them, quotes in pairs"}
		case err != nil:
			return nil, &misread{expected: "cannot be read: it is no CSV"}
		}
		line, _ := r.FieldPos(0)
		if len(record) != 2 {
			return nil, &misread{line: line, expected: "two columns, class and share, with a comma between them"}
		}
		s, wrong := shareAt(record[0], record[1], line)
		switch {
		case wrong != nil && first && !negative(record[1]):
			continue
		case wrong != nil:
			return nil, wrong
		}
		list = append(list, s)
	}
}

// negative: it is a number, if not a share.
func negative(text string) bool {
	_, wrong := readShare(strings.Replace(strings.TrimSpace(text), "-", "", 1))
	return wrong == ""
}

// jsonFile reads JSON token by token, and knows the line.
type jsonFile struct {
	*json.Decoder
	data []byte
	// lines counts line breaks before at.
	lines, at int
}

// jsonShares reads an object of class and share, or a list of objects with both.
func jsonShares(data []byte) (list []fileShare, wrong *misread) {
	f := &jsonFile{Decoder: json.NewDecoder(bytes.NewReader(data)), data: data}
	f.UseNumber()
	open, err := f.Token()
	switch {
	case err == nil && open == json.Delim('{'):
		list, wrong = f.object()
	case err == nil && open == json.Delim('['):
		list, wrong = f.items()
	default:
		wrong = f.expected("an object of class and share, or a list")
	}
	if wrong != nil {
		return nil, wrong
	}
	if _, err := f.Token(); !errors.Is(err, io.EOF) {
		return nil, f.expected(expectedEnd)
	}
	return list, nil
}

// line is where the token that was read last ends.
func (f *jsonFile) line() int {
	to := min(int(f.InputOffset()), len(f.data))
	f.lines += bytes.Count(f.data[f.at:to], []byte("\n"))
	f.at = to
	return f.lines + 1
}

func (f *jsonFile) expected(what string) *misread { return &misread{line: f.line(), expected: what} }

// object is `{class: share, …}`, behind its brace.
func (f *jsonFile) object() (list []fileShare, wrong *misread) {
	for {
		t, err := f.Token()
		key, isKey := t.(string)
		switch {
		case err == nil && t == json.Delim('}'):
			return list, nil
		case err != nil || !isKey:
			return nil, f.expected("the name of a class in quotes, or the end of the object")
		}
		s, wrong := f.share(key)
		if wrong != nil {
			return nil, wrong
		}
		list = append(list, s)
	}
}

// share is the number behind a key.
func (f *jsonFile) share(key string) (fileShare, *misread) {
	t, err := f.Token()
	number, is := t.(json.Number)
	if err != nil || !is {
		return fileShare{}, f.expected(expectedShare)
	}
	return shareAt(key, number.String(), f.line())
}

// items is `[{"class": …, "share": …}, …]`, behind its bracket.
func (f *jsonFile) items() (list []fileShare, wrong *misread) {
	for {
		t, err := f.Token()
		switch {
		case err == nil && t == json.Delim(']'):
			return list, nil
		case err != nil || t != json.Delim('{'):
			return nil, f.expected("an object with `class` or `bucket`, and `share`")
		}
		s, wrong := f.item()
		if wrong != nil {
			return nil, wrong
		}
		list = append(list, s)
	}
}

// item is an object with a class, or bucket, and a share.
func (f *jsonFile) item() (s fileShare, wrong *misread) {
	named, given := false, false
	for {
		t, err := f.Token()
		switch key, _ := t.(string); {
		case err == nil && t == json.Delim('}') && named && given:
			return s, nil
		case err == nil && (key == "class" || key == "bucket") && !named:
			named = true
			value, err := f.Token()
			switch v := value.(type) {
			case string:
				s.key = v
			case json.Number:
				s.key = v.String()
			default:
				err = errors.Join(err, errors.New("no name"))
			}
			if err != nil {
				return s, f.expected("the name of a class, or the upper bound of a bucket")
			}
		case err == nil && key == "share" && !given:
			given = true
			read, wrong := f.share(s.key)
			if wrong != nil {
				return s, wrong
			}
			s.share, s.line = read.share, read.line
		default:
			return s, f.expected("an object with `class` or `bucket`, and `share`, each once")
		}
	}
}
