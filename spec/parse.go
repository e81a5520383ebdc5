package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// parse reads the file as one YAML document whose root is a map. It returns nil for both if that is
// reported; the root may be nil alone if what it holds had to be refused.
func (l *loader) parse() (*node, *yaml.Node) {
	if !l.readable() {
		return nil, nil
	}
	if l.directive() {
		return nil, nil
	}
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(l.file.Data))
	if err := decode(decoder, &document); errors.Is(err, io.EOF) {
		l.errorf(l.place(0, 0), "the file is empty").WithHelp("a spec begins with `version: mlobs/v1`")
		return nil, nil
	} else if err != nil {
		l.syntaxError(err)
		return nil, nil
	}
	t := &tree{loader: l}
	root := t.convert(document.Content[0], 0)
	if t.full || root == nil || !l.single(decoder, &second) {
		return nil, nil
	}
	if root.null() {
		l.errorf(l.place(0, 0), "the file is empty").WithHelp("a spec begins with `version: mlobs/v1`")
		return nil, nil
	}
	if root.kind != mappingNode {
		at := l.span(root)
		l.errorf(diag.Span{File: l.file, Start: at.Start, End: min(at.End, at.Start+1)}, "the file is %s, not a map of keys", root.what()).WithHelp("a spec begins with `version: mlobs/v1`")
		return nil, nil
	}
	return root, &document
}

// single checks that no second document follows.
func (l *loader) single(decoder *yaml.Decoder, second *yaml.Node) bool {
	err := decode(decoder, second)
	if errors.Is(err, io.EOF) {
		return true
	}
	if err != nil {
		l.syntaxError(err)
		return false
	}
	at := l.file.Offset(max(1, second.Line), 1)
	l.errorf(l.place(at, at+3), "a second document begins here").WithHelp("one spec is one file; remove the `---` or move what follows to a file of its own")
	return false
}

// directive reports a line like `%YAML 1.1` before the document.
func (l *loader) directive() bool {
	for n := 1; ; n++ {
		line, start := l.file.Line(n)
		if n == 1 {
			line, start = line[bomLength(line):], start+bomLength(line)
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) == 0 && start < len(l.file.Data) || len(trimmed) > 0 && trimmed[0] == '#' {
			continue
		}
		if len(line) == 0 || line[0] != '%' {
			return false
		}
		l.errorf(l.place(start, start+len(line)), "directives (%s) are not part of the language", code(string(line))).WithHelp("leave it out: specs are YAML 1.2")
		return true
	}
}

// decode is decoder.Decode; a panic inside yaml.v3 (it has had some) becomes an error.
func decode(decoder *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return decoder.Decode(into)
}

const bom = "\ufeff"

// bomLength is the length of the byte order mark that data begins with.
func bomLength(data []byte) int {
	if bytes.HasPrefix(data, []byte(bom)) {
		return len(bom)
	}
	return 0
}

// readable checks the bytes before YAML sees them: size, encoding, characters. It reports the first
// mistake only: what follows is mostly the same one.
func (l *loader) readable() bool {
	data := l.file.Data
	if len(data) > maxBytes {
		l.errorf(l.place(0, 0), "the file has %d bytes; at most %d are read", len(data), maxBytes)
		return false
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		l.errorf(l.place(0, 0), "the file is UTF-16").WithHelp("save it as UTF-8")
		return false
	}
	entries := 0
	for i := bomLength(data); i < len(data); {
		r, size := rune(data[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(data[i:])
		}
		if r == '\n' || r == ',' {
			entries++
		}
		switch {
		case r == utf8.RuneError && size == 1:
			l.errorf(l.place(i, i+1), "byte 0x%02X is not UTF-8", data[i]).WithHelp("save the file as UTF-8")
			return false
		case r == '\r' && (i+1 >= len(data) || data[i+1] != '\n'):
			l.errorf(l.place(i, i+1), "a carriage return without a line feed").WithHelp("end lines with LF, or with CR LF")
			return false
		case r == '\u2028' || r == '\u2029' || r == '\u0085':
			l.errorf(l.place(i, i+size), "the character U+%04X, which YAML takes for the end of a line", r).WithHelp("remove it; it comes with texts copied from web pages")
			return false
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7f && r < 0xa0, r == '\ufeff', r == '\ufffe', r == '\uffff':
			l.errorf(l.place(i, i+size), "the control character U+%04X", r).WithHelp("remove it")
			return false
		}
		i += size
	}
	// More than twice as many as values are allowed: not worth parsing.
	if entries > 2*maxNodes {
		l.errorf(l.place(0, 0), "more than %d values in one file", maxNodes)
		return false
	}
	return true
}

// place is a span of the file.
func (l *loader) place(start, end int) diag.Span {
	return diag.Span{File: l.file, Start: start, End: min(end, len(l.file.Data))}
}

// skipRunes returns the offset n characters after at, at the end of the line at the latest.
func skipRunes(data []byte, at, n int) int {
	for ; n > 0 && at < len(data) && data[at] != '\n'; n-- {
		_, size := utf8.DecodeRune(data[at:])
		at += size
	}
	return at
}
