package spec

import "github.com/mlobs-gen/mlobs-gen/internal/diag"

// didYouMean asks whether the nearest of words was meant, or says otherwise what there is.
func didYouMean(word string, words []string, otherwise string) string {
	if s := suggest(word, words); s != "" {
		return "did you mean `" + s + "`?"
	}
	return otherwise
}

// suggest is diag.Suggest, which counts two letters in the wrong order (`titel`) as two mistakes: too many for
// short words, and the most frequent mistake in them.
func suggest(word string, words []string) string {
	for _, w := range words {
		if swapped(word, w) {
			return w
		}
	}
	return diag.Suggest(word, words)
}

// swapped: a is b with two neighbours in the wrong order.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
