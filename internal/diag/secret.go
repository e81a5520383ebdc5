package diag

import (
	"regexp"
	"strings"
	"sync"
)

// secretForms are the patterns of secrets. They are compiled when the first line is shown: most runs
// show none, and compiling takes longer than all else that the program does before it works.
var secretForms = sync.OnceValue(func() secrets {
	return secrets{
		forms: regexp.MustCompile(strings.Join([]string{
			`hooks\.slack\.com/(?:services|workflows|triggers)/\S+`,
			`discord(?:app)?\.com/api/webhooks/\S+`,
			`\S*webhook\.office\.com/\S+`,
			`api\.telegram\.org/bot\S+`,
			`://[^/\s:@"']*:[^/\s@"']+@`, // a password inside a URL
			`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
			`\bAIza[\w-]{30,}`,
			`\bgh[pousr]_[0-9A-Za-z]{20,}`, `\bgithub_pat_\w{20,}`, `\bglpat-[\w-]{15,}`,
			`\bgl(?:sa|c)_[0-9A-Za-z+/]{20,}\S*`,
			`\bxox[a-z]-[\w-]{10,}`,
			`\bsk-(?:[a-z]+-)?[0-9A-Za-z]{20,}`, `\bhf_[0-9A-Za-z]{30,}`,
			`\beyJ[\w-]{10,}\.[\w.-]*`, // a JSON Web Token
			`-----BEGIN [A-Z ]*PRIVATE KEY`,
		}, "|")),
		keys: regexp.MustCompile(`(?i)\b[\w-]*(?:passwo?r?d|passphrase|secret|credentials?|webhook[_-]?url|(?:api|access|private|routing|integration|service)[_-]?key)["']?` +
			`\s*[:=]\s*["']?([^\s"'{\[|>$&*!#~,}\]][^\s,}\]]*)`),
		tokens: regexp.MustCompile(`(?i)\b(?:[\w-]*token["']?\s*[:=]\s*["']?|(?:bearer|basic)\s+)([\w.~+/=-]{12,})`),
	}
})

// secrets are three ways to know a secret. Words alone prove nothing: models that speak have metrics
// named `prompt_tokens_total`. So a value must follow, and after common words one that a machine made.
type secrets struct {
	forms  *regexp.Regexp // secrets by their form, wherever they stand
	keys   *regexp.Regexp // names that stand before secrets only; {env: NAME} and {file: PATH} are none
	tokens *regexp.Regexp // names that often mean something else
}

// holdsSecret reports whether a line looks like it holds a secret: a password, a key, a token, the URL of
// a webhook, or a long text that looks random.
func holdsSecret(line string) bool {
	s := secretForms()
	if s.forms.MatchString(line) {
		return true
	}
	for _, m := range s.keys.FindAllStringSubmatch(line, -1) {
		if v := strings.TrimRight(m[1], `"'`); v != "true" && v != "false" && v != "null" {
			return true
		}
	}
	for _, m := range s.tokens.FindAllStringSubmatch(line, -1) {
		if madeByMachine(m[1]) {
			return true
		}
	}
	return randomAt(line) != nil
}

// hideSecrets replaces secrets that are known by their form; for messages, which may quote values.
func hideSecrets(text string) string {
	s := secretForms()
	text = s.forms.ReplaceAllString(text, "(secret)")
	text = s.tokens.ReplaceAllStringFunc(text, func(found string) string {
		if madeByMachine(s.tokens.FindStringSubmatch(found)[1]) {
			return "(secret)"
		}
		return found
	})
	for at := randomAt(text); at != nil; at = randomAt(text) {
		text = text[:at[0]] + "(secret)" + text[at[1]:]
	}
	return text
}

// madeByMachine: letters and several digits, which neither words nor numbers have.
func madeByMachine(value string) bool {
	letters, digits := 0, 0
	for i := range len(value) {
		switch c := value[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			letters++
		}
	}
	return letters > 2 && digits > 2
}

// randomAt returns the place of a long run of letters and digits as a machine makes them, nil if there
// is none: forty or more of the alphabets of base64 in which upper case, lower case and digits alternate.
// Names of metrics, hexadecimal numbers, words and paths have one case, or few changes.
func randomAt(text string) []int {
	start := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isBase64(text[i]) {
			continue
		}
		if i-start >= 40 && looksRandom(text[start:i]) {
			return []int{start, i}
		}
		start = i + 1
	}
	return nil
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("+/_-=", c) >= 0
}

func looksRandom(text string) bool {
	count := map[byte]int{}
	changes, last := 0, byte(0)
	for i := range len(text) {
		now := byte('-')
		switch c := text[i]; {
		case 'a' <= c && c <= 'z':
			now = 'a'
		case 'A' <= c && c <= 'Z':
			now = 'A'
		case '0' <= c && c <= '9':
			now = '0'
		}
		count[now]++
		if now != last {
			changes++
		}
		last = now
	}
	return count['a'] > 3 && count['A'] > 3 && count['0'] > 2 && changes*3 > len(text)
}
