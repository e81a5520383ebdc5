package spec

import (
	"regexp"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// contacts is a map of name and kind; the kind is a map of its settings.
func (l *loader) contacts(into *[]Contact) value {
	one := value{shape: aSection, what: "a contact", table: func() fields { return l.contact(&Contact{}) }, least: 1, most: 1}
	return value{shape: aMap, keys: &value{shape: aName, text: &contactText}, of: &one, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			c := Contact{Name: diag.At(e.key.value, l.span(e.key))}
			if !slugPattern.MatchString(e.key.value) || len(e.key.value) > 40 {
				l.errorf(l.span(e.key), "%s cannot be the name of a contact", code(e.key.value)).WithHelp("at most 40 lower-case letters, digits and `-`")
				continue
			}
			g, ok := l.walk("contact "+code(e.key.value), e.key, e.value, l.contact(&c))
			switch {
			case !ok:
			case len(g.keys) > 1:
				l.errorf(l.span(g.keys[1]), "a contact is one of `slack`, `email`, `webhook`, `pagerduty`; this is another one").WithHelp("make it a contact of its own").See(l.span(g.keys[0]), "the first")
			case len(g.keys) == 0 && len(e.value.content) == 0:
				l.errorf(l.span(e.value), "contact %s has no address", code(e.key.value)).WithHelp("one of `slack`, `email`, `webhook`, `pagerduty`")
			default:
				*into = append(*into, c)
			}
		}
	}}
}

func (l *loader) contact(c *Contact) fields {
	kind := func(name string, table func(c *Contact) fields) value {
		v := l.section("`"+name+"`", func() fields { return table(c) })
		read := v.read
		v.read = func(k, n *node) {
			c.Kind = diag.At(name, l.span(k))
			read(k, n)
		}
		return v
	}
	return fields{
		{"slack", 0, kind("slack", func(c *Contact) fields {
			return fields{
				{"channel", 0, l.plainSetting(c, "channel", slackChannel).like(`"#ml-oncall"`).otherwise("the webhook's"), "the channel, `\"#name\"`"},
				{"url", required, l.secret(c, "url").like("{env: WEBHOOK_URL}"), "the incoming webhook: `{env: NAME}` or `{file: PATH}`"},
			}
		}), "a channel of Slack"},
		{"email", 0, kind("email", func(c *Contact) fields {
			return fields{
				{"to", required, l.plainSetting(c, "to", emailAddress).like("wine-ml@example.org"), "the address"},
			}
		}), "an e-mail address"},
		{"webhook", 0, kind("webhook", func(c *Contact) fields {
			return fields{
				{"url", required, l.secret(c, "url").like("{env: WEBHOOK_URL}"), "the address: `{env: NAME}` or `{file: PATH}`"},
			}
		}), "any program that takes notifications"},
		{"pagerduty", 0, kind("pagerduty", func(c *Contact) fields {
			return fields{
				{"integration_key", required, l.secret(c, "integration_key").like("{file: /run/secrets/pagerduty}"), "the key: `{env: NAME}` or `{file: PATH}`"},
			}
		}), "a service of PagerDuty"},
	}
}

// settingKind is what the text of a setting must be.
type settingKind struct {
	pattern  *regexp.Regexp
	is, help string
}

var (
	emailAddress = &settingKind{regexp.MustCompile(`^[^\s@,;<>"]+@[^\s@,;<>"]+$`), "one e-mail address", "write one address; several are several contacts"}
	// What Grafana, up to 10, takes for a recipient.
	slackChannel = &settingKind{regexp.MustCompile(`^(@[a-z0-9][a-zA-Z0-9._-]*|#[^ .A-Z]{1,79}|[a-zA-Z0-9]+)$`), "a channel of Slack", "write `\"#name\"` in lower case, or a user: `\"@name\"`"}
	envPattern   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// plainSetting is a setting that may be read by everybody.
func (l *loader) plainSetting(c *Contact, name string, kind *settingKind) value {
	var v diag.Located[string]
	line := l.line(&v)
	fits := line.text
	if kind != nil {
		fits = &text{match: kind.pattern.String()}
	}
	return value{shape: aText, text: fits, read: func(k, n *node) {
		if line.read(k, n); !v.Given() {
			return
		}
		switch {
		case secretForm.MatchString(v.Value):
			l.errorf(l.span(k), "`%s` holds what looks like a secret", name).WithHelp("a secret never stands in a file for Git: `{env: NAME}` says where it is")
		case kind != nil && !kind.pattern.MatchString(v.Value):
			l.errorf(v.Span, "%s is not %s", code(v.Value), kind.is).WithHelp("%s", kind.help)
		default:
			c.Settings = append(c.Settings, Setting{Name: diag.At(name, l.span(k)), Value: v})
		}
	}}
}

// secret is a setting that must not stand in the file, only where it is found. It is never shown.
func (l *loader) secret(c *Contact, name string) value {
	s := Setting{}
	table := func() fields {
		return fields{
			{"env", 0, l.envName(&s.Env).like("SLACK_URL"), "the environment variable that holds it"},
			{"file", 0, l.secretPath(&s.Path).like("/run/secrets/slack"), "the file that holds it"},
		}
	}
	return value{shape: aSection, what: "the place of a secret", table: table, least: 1, most: 1, read: func(k, n *node) {
		if n.kind == scalarNode && !n.null() && !n.refused() {
			l.errorf(l.span(k), "a secret stands behind `%s`", name).WithHelp("take it out, and have it changed if it was ever committed; write where it is found: `%s: {env: NAME}` or `%s: {file: PATH}`", name, name)
			return
		}
		g, ok := l.walk("`"+name+"`", k, n, table())
		if !ok {
			return
		}
		switch {
		case len(g.keys) == 0 && len(n.content) == 0:
			l.errorf(l.span(n), "`%s` does not say where the secret is found", name).WithHelp("write `%s: {env: NAME}` or `%s: {file: PATH}`", name, name)
		case len(g.keys) == 2:
			l.errorf(l.span(g.keys[1]), "`%s` beside `%s`", g.keys[1].value, g.keys[0].value).WithHelp("keep one of them")
		case s.Env.Given() || s.Path.Given():
			s.Name = diag.At(name, l.span(k))
			c.Settings = append(c.Settings, s)
		}
	}}
}

// envName is the name of an environment variable.
func (l *loader) envName(into *diag.Located[string]) value {
	return l.secretPlace(into, aName, "the name of an environment variable", "write its name: `{env: SLACK_URL}`", func(text string) bool {
		return envPattern.MatchString(text) && len(text) <= 100
	}).fits(&envText)
}

// secretPath is the path of a file that holds a secret, without what Grafana would expand or end it by.
func (l *loader) secretPath(into *diag.Located[string]) value {
	return l.secretPlace(into, aPath, "the path of a file", "write `{file: /run/secrets/slack-url}`, without `$` and `}`", func(text string) bool {
		return strings.TrimSpace(text) != "" && len(text) <= 500 && !strings.Contains(text, "://") && !strings.ContainsAny(text, "\n\t$}")
	}).fits(&secretPathText)
}

// secretPlace says where a secret is. What is no such place may be the secret itself: the key is marked, not the value.
func (l *loader) secretPlace(into *diag.Located[string], s shape, what, help string, good func(string) bool) value {
	return value{shape: s, read: func(k, n *node) {
		text, ok := l.scalar(k, n, what)
		if ok && !good(text) {
			l.errorf(l.span(k), "what stands behind `%s` is not %s", k.value, what).WithHelp("%s", help)
		} else if ok {
			*into = diag.At(text, l.span(n))
		}
	}}
}

// routes is a list; the first that fits an alert says who is notified.
func (l *loader) routes(into *[]Route) value {
	var list []*Route
	v := sections(l, "a route", &list, func(r *Route) fields {
		return fields{
			{"severity", 0, l.severity(&r.Severity).like("page").otherwise("all"), "only alerts of this severity"},
			{"owner", 0, l.slug(&r.Owner).like("wine-ml").otherwise("all"), "only alerts of this owner"},
			{"to", required, l.line(&r.To).like("wine-ml"), "the contact"},
		}
	}, func(r *Route, n *node, _ given) { r.Span = l.span(n) })
	return also(v, func() {
		for _, r := range list {
			*into = append(*into, *r)
		}
	})
}
