package spec

import (
	"regexp"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// What Kubernetes allows as the name of a namespace, and as the name and the value of a label.
var (
	namespacePattern = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	kubeLabelPattern = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
	kubeValuePattern = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
	portPattern      = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$`)
	letterPattern    = regexp.MustCompile(`[a-z]`)

	namespaceText = text{match: namespacePattern.String()}
	kubeLabelText = text{match: kubeLabelPattern.String()}
	kubeValueText = text{match: kubeValuePattern.String()}
	portText      = text{match: portPattern.String(), also: letterPattern.String()}
)

func (l *loader) kubernetes(k *Kubernetes) fields {
	return fields{
		{"namespace", 0, l.namespace(&k.Namespace).like("monitoring").otherwise("that of whoever applies them"), "the namespace of the resources"},
		{"labels", 0, l.kubernetesLabels(&k.Labels).like("{release: prometheus-stack}"), "labels on every resource: by them the Prometheus operator finds it, as by `release: prometheus-stack`"},
	}
}

func (l *loader) namespace(into *diag.Located[string]) value {
	return parsed(l, into, aName, "a namespace", func(text string) (string, string, string) {
		if !namespacePattern.MatchString(text) {
			return "", code(text) + " is not the name of a namespace", "at most 63 lower-case letters, digits and `-`"
		}
		return text, "", ""
	}).fits(&namespaceText)
}

// kubernetesLabels are fixed labels of resources of Kubernetes: other names and values than Prometheus's.
func (l *loader) kubernetesLabels(into *[]LabelPair) value {
	return value{shape: aMap, keys: &value{shape: aText, text: &kubeLabelText}, of: &value{shape: aText, text: &kubeValueText}, read: func(k, n *node) {
		for _, e := range l.entries(k, n) {
			if !kubeLabelPattern.MatchString(e.key.value) {
				l.errorf(l.span(e.key), "%s is not the name of a label in Kubernetes", code(e.key.value)).WithHelp("write it like `release` or `app.kubernetes.io/name`")
				continue
			}
			var v diag.Located[string]
			if l.kubernetesValue(&v).read(e.key, e.value); v.Given() {
				*into = append(*into, LabelPair{Name: diag.At(e.key.value, l.span(e.key)), Value: v})
			}
		}
	}}
}

func (l *loader) kubernetesValue(into *diag.Located[string]) value {
	return parsed(l, into, aText, "a text", func(text string) (string, string, string) {
		if !kubeValuePattern.MatchString(text) {
			return "", code(text) + " is not the value of a label in Kubernetes", "at most 63 letters, digits, `-`, `_` and `.`, with a letter or a digit at both ends"
		}
		return text, "", ""
	}).fits(&kubeValueText)
}

// servicePort is the name of a port of a service: a ServiceMonitor knows no numbers.
func (l *loader) servicePort(into *diag.Located[string]) value {
	return parsed(l, into, aName, "the name of a port", func(text string) (string, string, string) {
		if !portPattern.MatchString(text) || !letterPattern.MatchString(text) {
			return "", code(text) + " is not the name of a service's port", "at most 15 lower-case letters, digits and `-`, as in `port: http`; a ServiceMonitor knows no numbers"
		}
		return text, "", ""
	}).fits(&portText)
}
