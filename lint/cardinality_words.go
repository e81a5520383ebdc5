package lint

import (
	"regexp"
	"slices"
	"strings"
)

// belongs is a kind of values that no label should have, and where they belong instead.
type belongs struct {
	// words of a label's name by which it is known; one of them is enough.
	words []string
	// what the values are, where they belong.
	what, where string
	// events: the words name what happens, of which there are kinds as well. Only alone, or with an `id` behind it, such
	// a word means the single one (request_id, not request_protocol).
	events bool
}

const (
	intoLogs   = "what happens once belongs into traces and logs"
	intoTraces = "requests belong into traces and logs; an exemplar links a histogram to them"
)

// strangers are the values that people put into labels and miss them in logs and traces. The first that fits counts.
var strangers = []belongs{
	{[]string{"email", "mail"}, "addresses of people", "people belong into logs, which can forget them", false},
	{[]string{"ip", "ipaddress", "addr", "mac"}, "addresses of the network", "addresses belong into logs", false},
	{[]string{"prompt", "completion", "answer", "question", "utterance"}, "free text", "texts belong into logs, with the request's id; count their kinds or lengths", false},
	{[]string{"error", "exception", "message", "msg", "stacktrace", "traceback", "stack", "reason", "detail", "details", "description", "comment"}, "free text", "texts belong into logs; a label takes the class of an error (`timeout`, `out_of_memory`)", false},
	{[]string{"text", "body", "content", "input", "payload", "query", "sql", "statement", "agent", "useragent", "referer", "referrer", "title"}, "free text", "texts belong into logs; count their kinds", false},
	{[]string{"url", "uri", "href", "link", "path", "filepath", "filename", "file", "endpoint", "route"}, "addresses", "a label takes the template of the route (`/users/{id}`), not the address", false},
	{[]string{"timestamp", "ts", "datetime", "date", "time", "epoch", "unixtime", "created", "updated"}, "points in time", "a time is the value of a metric with `unit: timestamp`", false},
	{[]string{"trace", "span", "traceparent", "request", "correlation", "transaction", "invocation"}, "identifiers of requests", intoTraces, true},
	{[]string{"session", "conversation", "thread", "cookie"}, "identifiers of sessions", "sessions belong into traces and logs", true},
	{[]string{"uuid", "guid", "ulid", "nonce"}, "identifiers", intoLogs, false},
	{[]string{"user", "customer", "account", "member", "subscriber", "visitor", "patient", "person", "client", "username", "login", "phone", "device", "order", "item", "product", "document", "doc"}, "people or things, one by one", "they belong into logs; a label takes the group that they are in (`plan`, `tier`, `category`)", false},
	{[]string{"embedding", "vector", "hash", "sha", "sha1", "sha256", "md5", "digest", "checksum", "fingerprint", "signature", "token", "apikey"}, "what differs for each input", "hashes and vectors belong into logs or a feature store", false},
	{[]string{"latitude", "longitude", "lat", "lon", "score", "confidence", "probability", "value", "amount", "price", "latency", "duration", "temperature"}, "numbers", "a number is the value of a metric: a histogram shows how it is distributed", false},
	{[]string{"id", "ids", "uid", "key", "number", "no", "seq", "sequence", "index", "offset"}, "identifiers", intoLogs, false},
}

// kinds of things are few, whatever the things are: error_type, user_tier.
var kinds = []string{"bucket", "category", "class", "code", "group", "kind", "level", "state", "status", "tier", "type"}

// identifying words stand behind what they tell apart.
var identifying = []string{"id", "ids", "uuid", "guid"}

// stranger returns what the name of a label says that its values are, and where such values belong; false: nothing
// that is known.
func stranger(label string) (belongs, bool) {
	list := words(label)
	if len(list) == 0 { // `_` is the name of a label, too
		return belongs{}, false
	}
	last := list[len(list)-1]
	if slices.Contains(kinds, last) {
		return belongs{}, false
	}
	for _, b := range strangers {
		named := slices.ContainsFunc(list, func(w string) bool { return slices.Contains(b.words, w) })
		if named && (!b.events || len(list) == 1 || slices.Contains(identifying, last)) {
			return b, true
		}
	}
	return belongs{}, false
}

// surelyUnbounded: a label of that name has no bound, whoever uses it: request_id, trace_id, email, timestamp.
func surelyUnbounded(label string) (belongs, bool) {
	b, ok := stranger(label)
	list := words(label)
	id := ok && slices.Contains(identifying, list[len(list)-1])
	alone := ok && len(list) == 1 && slices.Contains([]string{"email", "timestamp", "ts", "datetime", "epoch", "unixtime", "traceparent"}, list[0])
	person := slices.ContainsFunc(list, func(w string) bool { return slices.Contains([]string{"user", "customer", "patient", "visitor"}, w) })
	return b, alone || b.events && id || person && (id || slices.Contains(list, "email"))
}

// mayBeUnbounded: a label of that name often holds what has no bound: texts and addresses.
func mayBeUnbounded(label string) (belongs, bool) {
	b, ok := stranger(label)
	often := []string{"prompt", "utterance", "error_message", "exception_message", "message", "msg", "stacktrace", "traceback", "url", "uri", "user_agent", "useragent", "client_ip", "remote_addr", "username", "user_name"}
	return b, ok && slices.Contains(often, strings.Join(words(label), "_"))
}

// shapes of values that name one thing, or a moment.
var shapes = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`), "a UUID"},
	{regexp.MustCompile(`^[^\s@/]+@[^\s@/]+\.[A-Za-z]{2,}$`), "an e-mail address"},
	{regexp.MustCompile(`^[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]`), "a point in time"},
	{regexp.MustCompile(`^1[0-9]{9}(?:[0-9]{3})?$`), "a Unix time"},
	{regexp.MustCompile(`^(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]+)?$`), "an address of the network"},
	{regexp.MustCompile(`^https?://`), "a URL"},
}

// versions are labels whose values may look like anything, since each deploy gives them one.
var versions = []string{"version", "revision", "commit", "build", "release", "image", "tag", "sha", "digest"}

// shapeOf returns what a declared value looks like; empty: a plain word.
func shapeOf(label, value string) string {
	if isVersion(label) {
		return ""
	}
	for _, s := range shapes {
		if s.pattern.MatchString(strings.TrimSpace(value)) {
			return s.what
		}
	}
	return ""
}

func isVersion(label string) bool {
	return slices.ContainsFunc(words(label), func(w string) bool { return slices.Contains(versions, w) })
}
