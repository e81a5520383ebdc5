package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// encode writes v as JSON: two blanks of indentation, LF, a final newline, no HTML escapes.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return readable(buf.Bytes()), nil
}

// readable lays compact JSON out for review. Beside the indentation it writes characters that cannot be
// seen, or that turn the direction of what follows, as \uXXXX, and the \u003c, \u003e and \u0026 of nested
// encoders as what they are. The values stay the same.
//
// It is json.Indent for JSON that an encoder just wrote, without checking it again: that took half of
// the time of spelling a dashboard.
func readable(src []byte) []byte {
	dst := make([]byte, 0, 2*len(src))
	depth := 0
	for i := 0; i < len(src); {
		switch c := src[i]; c {
		case '"':
			var n int
			dst, n = appendString(dst, src[i:])
			i += n
		case '{', '[':
			dst = append(dst, c)
			i++
			if i < len(src) && src[i] != '}' && src[i] != ']' {
				depth++
				dst = appendNewline(dst, depth)
			} else if i < len(src) {
				dst = append(dst, src[i])
				i++
			}
		case '}', ']':
			depth--
			dst = append(appendNewline(dst, depth), c)
			i++
		case ',':
			dst = appendNewline(append(dst, c), depth)
			i++
		case ':':
			dst = append(dst, ':', ' ')
			i++
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

func appendNewline(dst []byte, depth int) []byte {
	const blanks = "\n                                                                "
	dst = append(dst, blanks[:min(1+2*depth, len(blanks))]...)
	for range 2*depth - len(blanks) + 1 {
		dst = append(dst, ' ')
	}
	return dst
}

// appendString appends the JSON string that src begins with, and returns its length in src.
func appendString(dst, src []byte) ([]byte, int) {
	from := 0 // what comes before is written
	for i := 1; i < len(src); {
		switch c := src[i]; {
		case c == '"':
			i++
			return append(dst, src[from:i]...), i
		case c == '\\':
			if plain := htmlEscape(src[i:]); plain != 0 {
				dst = append(append(dst, src[from:i]...), plain)
				i += 6
				from = i
				continue
			}
			i += 2
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(src[i:])
			if invisible(r) {
				dst = fmt.Appendf(append(dst, src[from:i]...), `\u%04x`, r)
				from = i + n
			}
			i += n
		}
	}
	return append(dst, src[from:]...), len(src)
}

// htmlEscape is the character that s begins with, escaped for HTML; 0 if it does not.
func htmlEscape(s []byte) byte {
	if len(s) < 6 || s[1] != 'u' {
		return 0
	}
	switch string(s[2:6]) {
	case "003c":
		return '<'
	case "003e":
		return '>'
	case "0026":
		return '&'
	}
	return 0
}

func invisible(r rune) bool {
	switch {
	case r == 0x00AD, r == 0x061C, r == 0x180E, r == 0xFEFF:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	}
	return false
}
