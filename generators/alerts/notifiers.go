package alerts

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// notifierFile spells the channels that legacy alerts notify, for Grafana's folder provisioning/notifiers.
// It returns no file if there are no contacts.
func notifierFile(ws *plan.Workspace) ([]generators.File, error) {
	if len(ws.Contacts) == 0 {
		return nil, nil
	}
	var file struct {
		Notifiers []notifier `yaml:"notifiers"`
	}
	for _, c := range ws.Contacts {
		n, err := newNotifier(c, ws.Grafana.Version)
		if err != nil {
			return nil, fmt.Errorf("contact %q: %w", c.Name, err)
		}
		file.Notifiers = append(file.Notifiers, n)
	}
	data, err := generators.EncodeYAML("the file of the notification channels", file)
	if err != nil {
		return nil, fmt.Errorf("notifiers: %w", err)
	}
	return []generators.File{{Path: legacyFolder + "/" + notifiersFile, Data: data}}, nil
}

// notifier is one entry of a notifiers file (pkg/services/provisioning/notifiers/types.go of 7.1 and 7.2).
type notifier struct {
	Name                  *yaml.Node     `yaml:"name"`
	Type                  string         `yaml:"type"`
	UID                   *yaml.Node     `yaml:"uid"`
	OrgID                 int            `yaml:"org_id"`
	IsDefault             bool           `yaml:"is_default"`
	SendReminder          bool           `yaml:"send_reminder"`
	DisableResolveMessage bool           `yaml:"disable_resolve_message"`
	Settings              map[string]any `yaml:"settings"`
	SecureSettings        map[string]any `yaml:"secure_settings,omitempty"`
}

// channelSetting is a setting of a contact in Grafana's words. Secure ones are stored encrypted from
// Grafana 7.2 on; before, they are plain settings. Some are templates in contact points, never in channels.
type channelSetting struct {
	name             string
	secure, template bool
}

// channelKind is a kind of contact: what its settings are called, and what is always set.
type channelKind struct {
	settings map[string]channelSetting
	fixed    map[string]any
}

// channelKinds has the kinds of LANGUAGE ("The workspace", contacts) with the settings that specs know. An
// incident of PagerDuty is closed when the alert ends, as Alertmanager does; Grafana's default for files is
// the opposite.
var channelKinds = map[string]channelKind{
	"email": {settings: map[string]channelSetting{"to": {name: "addresses"}}},
	"pagerduty": {
		settings: map[string]channelSetting{"integration_key": {name: "integrationKey", secure: true}},
		fixed:    map[string]any{"autoResolve": true},
	},
	"slack":   {settings: map[string]channelSetting{"channel": {name: "recipient", template: true}, "url": {name: "url", secure: true}}},
	"webhook": {settings: map[string]channelSetting{"url": {name: "url"}}},
}

func newNotifier(c plan.Contact, v plan.Version) (notifier, error) {
	kind, ok := channelKinds[c.Kind]
	if !ok {
		return notifier{}, fmt.Errorf("unknown kind %q", c.Kind)
	}
	n := notifier{
		Name:     generators.Scalar(provisioned(c.Name)),
		Type:     c.Kind,
		UID:      generators.Scalar(provisioned(c.UID)),
		OrgID:    1,
		Settings: map[string]any{},
	}
	for name, value := range kind.fixed {
		n.Settings[name] = value
	}
	for _, s := range c.Settings {
		setting, ok := kind.settings[s.Name]
		if !ok {
			return notifier{}, fmt.Errorf("unknown setting %q", s.Name)
		}
		value, err := settingValue(s)
		if err != nil {
			return notifier{}, fmt.Errorf("setting %q: %w", s.Name, err)
		}
		if setting.secure && v.AtLeast(7, 2) {
			if n.SecureSettings == nil {
				n.SecureSettings = map[string]any{}
			}
			n.SecureSettings[setting.name] = generators.Scalar(value)
		} else {
			n.Settings[setting.name] = generators.Scalar(value)
		}
	}
	return n, nil
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// settingValue spells a value, or where Grafana finds it. `$NAME` is expanded once; `${NAME}` twice, so
// that a `$` in the secret itself would be taken for a variable.
func settingValue(s plan.Setting) (string, error) {
	switch {
	case s.Env != "":
		if !variableName.MatchString(s.Env) {
			return "", fmt.Errorf("%q is no name of an environment variable", s.Env)
		}
		return "$" + s.Env, nil
	case s.Path != "":
		if strings.ContainsAny(s.Path, "$}") {
			return "", fmt.Errorf("the path %q has a character that ends or expands it", s.Path)
		}
		return "$__file{" + s.Path + "}", nil
	}
	return provisioned(s.Value), nil
}

// provisioned escapes a text in a provisioning file: Grafana replaces `$NAME` and `${NAME}` in it by
// variables of its environment, and `$$` by `$` (pkg/services/provisioning/values).
func provisioned(s string) string { return strings.ReplaceAll(s, "$", "$$") }
