// Package soak runs a property over millions of mutated inputs, for tests. It finds less for each execution
// than the coverage-guided fuzzer of Go and makes ten times as many; a failure names what repeats it.
//
// What is mutated are texts of lines and words (YAML, PromQL): lines are dropped, doubled, swapped and moved
// between seeds, words and numbers exchanged for others that occur, characters changed.
package soak

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	executions = flag.Int64("soak", 0, "executions of each soak test; 0: a few thousand")
	startAt    = flag.Uint64("soak-seed", 1, "first seed of soak tests; a failure names the one that repeats it")
)

// fewExecutions are run where nobody asks for more.
const fewExecutions = 3000

// few is how many are run where nobody says how many: a third with -short.
func few() int64 {
	if testing.Short() {
		return fewExecutions / 3
	}
	return fewExecutions
}

// Run calls the property with mutations of the seeds: inputs of one or several texts. Each execution has a
// seed of its own, so that `-soak 1 -soak-seed N` repeats it. The test fails at the first property that
// fails or panics.
func Run(t *testing.T, seeds [][]string, property func(testing.TB, []string)) {
	t.Helper()
	words := vocabulary(seeds)
	each(t, func(tb testing.TB, seed uint64) string {
		input := mutate(rand.New(rand.NewPCG(seed, 0)), seeds, words)
		if problem := try(tb, func(tb testing.TB) { property(tb, input) }); problem != "" {
			return problem + "\ninput:\n" + strings.Join(input, "\n---\n")
		}
		return ""
	})
}

// Each calls the property with consecutive seeds, from which it makes its own input. All else is as with Run.
func Each(t *testing.T, property func(tb testing.TB, seed uint64)) {
	t.Helper()
	each(t, func(tb testing.TB, seed uint64) string {
		return try(tb, func(tb testing.TB) { property(tb, seed) })
	})
}

// each runs executions until one has a problem.
func each(t *testing.T, execute func(testing.TB, uint64) string) {
	t.Helper()
	total := *executions
	if total == 0 {
		total = few()
	}
	var next, done atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < total && !failed.Load(); i = next.Add(1) - 1 {
				seed := *startAt + uint64(i)
				if problem := execute(t, seed); problem != "" && failed.CompareAndSwap(false, true) {
					t.Errorf("%s\nrepeat with: -soak 1 -soak-seed %d", problem, seed)
				}
				if n := done.Add(1); n%500_000 == 0 {
					t.Logf("%d executions after %s", n, time.Since(began).Round(time.Second))
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d executions in %s", done.Load(), time.Since(began).Round(time.Millisecond))
}

// try runs the property once and returns what it complained about.
func try(t testing.TB, property func(testing.TB)) (problem string) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case complaint:
			problem = string(p)
		default:
			stack := make([]byte, 16<<10)
			problem = fmt.Sprintf("panic: %v\n%s", p, stack[:runtime.Stack(stack, false)])
		}
	}()
	property(&witness{TB: t})
	return ""
}

// complaint is what ends an execution that failed.
type complaint string

// witness is a testing.TB whose failures end one execution, not the test.
type witness struct{ testing.TB }

func (w *witness) Helper()                           {}
func (w *witness) Error(args ...any)                 { panic(complaint(fmt.Sprint(args...))) }
func (w *witness) Errorf(format string, args ...any) { panic(complaint(fmt.Sprintf(format, args...))) }
func (w *witness) Fatal(args ...any)                 { panic(complaint(fmt.Sprint(args...))) }
func (w *witness) Fatalf(format string, args ...any) { panic(complaint(fmt.Sprintf(format, args...))) }

var wordPattern = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*|[0-9]+(\.[0-9]+)?[a-z%]*|"[^"\n]*"|'[^'\n]*'|\[[^\[\]\n]*\]|\{[^{}\n]*\}`)

// odd are words that break things.
var odd = []string{
	"", "0", "-1", "1e309", "NaN", "+Inf", "null", "~", "true", "[]", "{}", "''", `""`, "*a", "&a b", "!!str x", "<<: x", "|", ">-", "- ", ": ", " #", "\t", "\\", "$", "${x}", "[[x]]", "{{x}}", "{{ $value }}", "ä", "\u202e", "\x00", "\xff", "🙂", "=~", "!=", "by ()", "offset -1d", "@ end()", "[5m:]", "[$__range]", "$window", "(", ")",
}

// vocabulary are the words of all seeds, and the odd ones.
func vocabulary(seeds [][]string) []string {
	known := map[string]bool{}
	var words []string
	add := func(w string) {
		if !known[w] {
			known[w] = true
			words = append(words, w)
		}
	}
	for _, seed := range seeds {
		for _, text := range seed {
			for _, w := range wordPattern.FindAllString(text, -1) {
				add(w)
			}
		}
	}
	for _, w := range odd {
		add(w)
	}
	return words
}

// mutate changes one text of a seed in a few places.
func mutate(r *rand.Rand, seeds [][]string, words []string) []string {
	input := append([]string(nil), seeds[r.IntN(len(seeds))]...)
	at := r.IntN(len(input))
	for range 1 + r.IntN(4) {
		other := seeds[r.IntN(len(seeds))]
		if r.IntN(3) == 0 {
			input[at] = lines(r, input[at], other[min(at, len(other)-1)])
		} else {
			input[at] = word(r, input[at], words)
		}
	}
	return input
}

// lines drops, doubles, swaps or takes over lines.
func lines(r *rand.Rand, text, other string) string {
	list := strings.SplitAfter(text, "\n")
	i, k := r.IntN(len(list)), r.IntN(len(list))
	switch r.IntN(4) {
	case 0:
		list = append(list[:i:i], list[i+1:]...)
	case 1:
		list = append(list[:i+1:i+1], list[i:]...)
	case 2:
		list[i], list[k] = list[k], list[i]
	default:
		more := strings.SplitAfter(other, "\n")
		from := r.IntN(len(more))
		to := min(len(more), from+1+r.IntN(4))
		list = append(list[:i:i], append(append([]string(nil), more[from:to]...), list[i:]...)...)
	}
	return strings.Join(list, "")
}

// word exchanges a word, or changes a character.
func word(r *rand.Rand, text string, words []string) string {
	if len(text) == 0 {
		return words[r.IntN(len(words))]
	}
	at := r.IntN(len(text))
	if r.IntN(4) == 0 {
		b := []byte(text)
		switch r.IntN(3) {
		case 0:
			b[at] = byte(r.IntN(256))
		case 1:
			b = append(b[:at], b[at+1:]...)
		default:
			b = append(b[:at:at], append([]byte{" \n\t:-,[]{}'\"#$"[r.IntN(14)]}, b[at:]...)...)
		}
		return string(b)
	}
	w := words[r.IntN(len(words))]
	if where := wordPattern.FindStringIndex(text[at:min(len(text), at+200)]); where != nil {
		return text[:at+where[0]] + w + text[at+where[1]:]
	}
	return text[:at] + w + text[at:]
}
