package exposition

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"unicode/utf8"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// format is one of the two that are read.
type format int

const (
	text format = iota
	openMetrics
)

// mark is the byte order mark that some editors write; Prometheus would refuse it, but it says nothing
// against the page.
var mark = []byte("\ufeff")

var (
	// onlyOpenMetrics are lines that only that format has; they are comments or errors in the other.
	onlyOpenMetrics = regexp.MustCompile(`^# (?:EOF|TYPE [^ ]+ (?:unknown|info|stateset|gaugehistogram))\s*$`)
	// json: a sample may begin with a brace as well, `{"a.b"} 1`, but never with a pair.
	json       = regexp.MustCompile(`^(?:\x{feff})?\s*(?:\[|\{\s*(?:\}|"[^"\\]*"\s*:))`)
	nameChars  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	statusLine = regexp.MustCompile(`^HTTP/[0-9.]+ [0-9]{3}`)
)

// impostor is something that people save instead of the page.
type impostor struct {
	is            func(data []byte) bool
	message, help string
}

var impostors = []impostor{
	{func(data []byte) bool { return len(data) > MaxPage }, "the page is larger than 64 MiB, the most that is read", "give the page of one server; a federation or a dump of a whole Prometheus is none"},
	{func(data []byte) bool { return len(bytes.TrimSpace(bytes.TrimPrefix(data, mark))) == 0 }, "the page is empty", "does the server answer at this address? Try it with `curl`"},
	{func(data []byte) bool { return bytes.HasPrefix(data, []byte("\x1f\x8b")) }, "the page is compressed", "unpack it with `gunzip`, or save it with `curl --compressed`"},
	{func(data []byte) bool {
		return bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
	}, "the page is in UTF-16", "save it as UTF-8; `curl -o FILE` writes what the server sends"},
	{isProtobuf, "the page is in the protobuf format", "ask the server for text, as `curl` without a header `Accept` does"},
	{func(data []byte) bool { return bytes.IndexByte(data, 0) >= 0 }, "the page has bytes of value 0: it is binary", "give what the server answers at `/metrics`, as text"},
	{func(data []byte) bool { return startsWith(data, "<") }, "this is an HTML or XML page, not metrics", "is it the address of `/metrics`? A login page or a proxy may have answered instead"},
	{json.Match, "this is JSON, not metrics in the text format", "save what the server answers at `/metrics`; answers of Prometheus's API and files of other tools are not read"},
	{func(data []byte) bool { return statusLine.Match(bytes.TrimSpace(data)) }, "the page begins with the headers of HTTP", "save it without them: `curl` without `-i`"},
}

func startsWith(data []byte, text string) bool {
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(data, mark)), []byte(text))
}

// isProtobuf reports whether the text begins as the protobuf format does: the length of a message, the tag of
// its name, the length of that, the name.
func isProtobuf(data []byte) bool {
	message, n := binary.Uvarint(data)
	if n <= 0 || len(data) < n+2 || data[n] != 0x0a {
		return false
	}
	name := data[n+2:]
	length := int(data[n+1])
	return length > 0 && uint64(length) < message && length < len(name) && nameChars.Match(name[:length]) && (bytes.IndexByte(data, 0) >= 0 || !utf8.Valid(data))
}

// recognise tells the format of a page, or reports what the file is instead.
func recognise(file *diag.File, rep *diag.Report) (format, bool) {
	data := file.Data
	for _, i := range impostors {
		if i.is(data) {
			rep.Add(&diag.Diagnostic{Severity: diag.Error, Message: i.message, Help: i.help, Path: file.Path})
			return text, false
		}
	}
	if at := notUTF8(data); at >= 0 {
		rep.Errorf(diag.Span{File: file, Start: at, End: at + 1}, "the page is not UTF-8 here").WithHelp("Prometheus refuses the whole page; which label or help text of the server is it?")
		return text, false
	}
	if at := bytes.Index(data, []byte("\r\n")); at >= 0 {
		rep.Errorf(diag.Span{File: file, Start: at, End: at + 1}, "the lines end in `\\r\\n`, which Prometheus refuses").WithHelp("save the page as the server sends it, with `curl -o FILE`")
		return text, false
	}
	for line := range bytes.Lines(data) {
		if line[0] == '#' && onlyOpenMetrics.Match(line) {
			return openMetrics, true
		}
	}
	return text, true
}

// notUTF8 is the offset of the first byte that is not UTF-8; -1: there is none.
func notUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}
