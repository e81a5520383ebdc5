package alerts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// requiredSettings are the kinds of channels of Grafana 7.1 with the settings that they cannot do without
// (pkg/services/alerting/notifiers).
var requiredSettings = map[string][]string{
	"LINE":                    {"token"},
	"dingding":                {"url"},
	"discord":                 {"url"},
	"email":                   {"addresses"},
	"googlechat":              {"url"},
	"hipchat":                 {"url"},
	"kafka":                   {"kafkaRestProxy", "kafkaTopic"},
	"opsgenie":                {"apiKey"},
	"pagerduty":               {"integrationKey"},
	"prometheus-alertmanager": {"url"},
	"pushover":                {"userKey", "apiToken"},
	"sensu":                   {"url"},
	"slack":                   {"url"},
	"teams":                   {"url"},
	"telegram":                {"bottoken", "chatid"},
	"threema":                 {"gateway_id", "recipient_id", "api_secret"},
	"victorops":               {"url"},
	"webhook":                 {"url"},
}

// slackRecipient is what Grafana 7.1 accepts (notifiers/slack.go).
var slackRecipient = regexp.MustCompile(`^((@[a-z0-9][a-zA-Z0-9._-]*)|(#[^ .A-Z]{1,79})|([a-zA-Z0-9]+))$`)

// readNotifier is an entry as Grafana reads it.
type readNotifier struct {
	Name                  string         `yaml:"name"`
	Type                  string         `yaml:"type"`
	UID                   string         `yaml:"uid"`
	OrgID                 int            `yaml:"org_id"`
	OrgName               string         `yaml:"org_name"`
	IsDefault             bool           `yaml:"is_default"`
	SendReminder          bool           `yaml:"send_reminder"`
	DisableResolveMessage bool           `yaml:"disable_resolve_message"`
	Frequency             string         `yaml:"frequency"`
	Settings              map[string]any `yaml:"settings"`
	SecureSettings        map[string]any `yaml:"secure_settings"`
}

// CheckNotifiers judges a file for provisioning/notifiers: what keeps Grafana from starting, and keys and
// values that it silently leaves out.
func CheckNotifiers(data []byte, on Server) []Problem {
	var file struct {
		Notifiers []readNotifier   `yaml:"notifiers"`
		Delete    []map[string]any `yaml:"delete_notifiers"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return []Problem{problem("", "%v", err)}
	}
	if documents(data) > 1 {
		return []Problem{problem("", "several YAML documents in one file: only the first is read")}
	}
	var problems []Problem
	names, uids := map[string]int{}, map[string]int{}
	for i, n := range file.Notifiers {
		path := fmt.Sprintf("notifiers[%d]", i)
		for _, id := range []struct {
			key, value string
			limit      int
			seen       map[string]int
		}{{"name", n.Name, 190, names}, {"uid", n.UID, 40, uids}} {
			first, dup := id.seen[id.value]
			switch {
			case id.value == "":
				problems = append(problems, problem(path+"."+id.key, "a channel without a %s keeps Grafana from starting", id.key))
			case dup:
				problems = append(problems, problem(path+"."+id.key, "`%s` is taken by notifiers[%d]", id.value, first))
			case utf8.RuneCountInString(id.value) > id.limit:
				problems = append(problems, problem(path+"."+id.key, "longer than the %d characters that Grafana stores", id.limit))
			}
			id.seen[id.value] = i
		}
		problems = append(problems, checkNotifier(n, path, on)...)
	}
	return problems
}

func checkNotifier(n readNotifier, path string, on Server) (problems []Problem) {
	add := func(key, format string, args ...any) {
		problems = append(problems, problem(path+"."+key, format, args...))
	}
	if len(n.SecureSettings) > 0 && !on.version().AtLeast(7, 2) {
		add("secure_settings", "not read before Grafana 7.2: put them under `settings`")
	}
	if d, err := time.ParseDuration(n.Frequency); n.SendReminder && (err != nil || d <= 0) {
		add("frequency", "reminders need a frequency such as `4h`")
	}
	required, known := requiredSettings[n.Type]
	if !known {
		add("type", "`%s` is no kind of channel", n.Type)
	}
	for _, key := range required {
		value := n.Settings[key]
		if value == nil || value == "" {
			value = n.SecureSettings[key] // where it is not read we said so
		}
		if value == nil || value == "" {
			add("settings."+key, "`%s` needs it", n.Type)
		}
	}
	for _, m := range []struct {
		key    string
		values map[string]any
	}{{"settings", n.Settings}, {"secure_settings", n.SecureSettings}} {
		for _, key := range sortedKeys(m.values) {
			if text, ok := m.values[key].(string); ok && lostDollar(text) {
				add(m.key+"."+key, "a `$` that begins no variable is lost: write `$$`")
			}
		}
	}
	if n.Type == "slack" {
		checkSlack(n.Settings, add)
	}
	return problems
}

func checkSlack(settings map[string]any, add func(key, format string, args ...any)) {
	recipient, _ := settings["recipient"].(string)
	recipient = strings.TrimSpace(recipient)
	if recipient != "" && !strings.Contains(recipient, "$") && !slackRecipient.MatchString(recipient) {
		add("settings.recipient", "`%s` is refused: a channel is `#name` in lower case, a user `@name`, an ID letters and digits", recipient)
	}
	mention, _ := settings["mentionChannel"].(string)
	if !slices.Contains([]string{"", "here", "channel"}, mention) {
		add("settings.mentionChannel", "`%s` is refused: write `here` or `channel`", mention)
	}
}

// expansion is what Grafana replaces in a provisioning file, `$$` first.
var expansion = regexp.MustCompile(`\$\$|\$__(?:file|env)\{[^}]+\}|\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*`)

// lostDollar reports whether text has a `$` that os.Expand removes without putting anything in its place.
func lostDollar(text string) bool { return strings.Contains(expansion.ReplaceAllString(text, ""), "$") }
