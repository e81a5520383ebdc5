package diag

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Suggest returns the candidate that word was probably meant to be, or "" if none is near enough.
// Among equally near ones the first in alphabetical order wins, so that messages are stable.
func Suggest(word string, candidates []string) string {
	if len(word) > 200 {
		return ""
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if len(c) > 200 || c == word {
			continue
		}
		if d := levenshtein.Distance(strings.ToLower(word), strings.ToLower(c), nil); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// DidYouMean is Suggest as a sentence for Help: "did you mean `x`?", or otherwise if nothing is near.
func DidYouMean(word string, candidates []string, otherwise string) string {
	if s := Suggest(word, candidates); s != "" {
		return "did you mean `" + s + "`?"
	}
	return otherwise
}
