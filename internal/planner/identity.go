package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// slug makes a readable identifier of [a-z0-9-] from any text: accents are dropped, everything else
// becomes a single hyphen. A text without a single such character gives a hash, so that a title in
// another script has a stable slug too.
func slug(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		r = unicode.ToLower(r)
		switch {
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // the accent of the letter before
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.TrimSuffix(b.String(), "-"); s != "" {
		return s
	}
	sum := sha256.Sum256([]byte(text))
	return "x" + hex.EncodeToString(sum[:6])
}

// maxUID is the longest uid that Grafana accepts.
const maxUID = 40

// uid is the slug if it fits, else its beginning and a hash of the whole key.
func uid(key string) string {
	s := slug(key)
	if len(s) <= maxUID {
		return s
	}
	sum := sha256.Sum256([]byte(key))
	return s[:27] + "-" + hex.EncodeToString(sum[:6])
}

// suffixedUID is the uid of something that belongs to a model. Slugs have no underscore, so that no
// model's own uid is ever the same.
func suffixedUID(model, suffix string) string {
	if s := slug(model) + suffix; len(s) <= maxUID {
		return s
	}
	return uid(model + suffix)
}

// refID names the i-th query of a panel: A, B, …, Z, AA, …
func refID(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
