// Package alerts spells what fires and who is told: Prometheus rule files, Grafana's legacy and unified
// alerts, the routes of Alertmanager. It judges such files. It stands near the end of the flow: source → spec → planner → generators/alerts → output.
//
// Like every generator it decides nothing. Names, queries, limits and labels are in the plan; here they
// get the syntax of a target, and what strangers wrote is escaped where it leaves. An error is a defect
// of this program.
//
// The Check functions say what a real server refuses or silently reads differently than it was meant.
// They judge bytes, not plans, so that they judge our output as well as anyone's.
package alerts

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/generators/dashboards"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// MaxPromQL is the most PromQL in one file, in bytes, all expressions together: the Prometheus parser is
// quadratic in places.
const MaxPromQL = 256 << 10

const (
	prometheusFolder = "prometheus"
	rulesSuffix      = ".rules.yaml"
	legacyFolder     = "grafana-legacy"
	notifiersFile    = "notifiers.yaml"
	unifiedFolder    = "grafana-alerting"
	contactsFile     = "_contact-points.yaml" // no model can have that name
	policiesFile     = "_policies.yaml"
	routesFile       = "alertmanager/routes.yaml"
)

// Prometheus returns the target that writes `prometheus/<model>.rules.yaml`: recording rules, then the
// alerts that read them, if Prometheus evaluates alerts.
func Prometheus() *generators.Target {
	return &generators.Target{
		Name:  "prometheus",
		Doc:   "Prometheus recording and alerting rules, one file per model",
		Wants: func(ws *plan.Workspace) bool { return ws.EmitPrometheus },
		Model: ruleFile,
	}
}

// Legacy returns the target for Grafana up to 10: `grafana-legacy/<model>.json`, a dashboard with one
// graph panel per alert, and `grafana-legacy/notifiers.yaml` with the channels they notify.
func Legacy() *generators.Target {
	return &generators.Target{
		Name:      "grafana-legacy",
		Doc:       "Grafana legacy alerts: a dashboard per model whose panels carry them, and the notification channels",
		Wants:     func(ws *plan.Workspace) bool { return ws.LegacyAlerts },
		Model:     legacyFile,
		Workspace: notifierFile,
	}
}

// Unified returns the target for Grafana from 9.1 on: `grafana-alerting/<model>.yaml` with the rules of one
// model, and for all of them `_contact-points.yaml` and `_policies.yaml`.
func Unified() *generators.Target {
	return &generators.Target{
		Name:      "grafana",
		Doc:       "Grafana unified alerting: a file of rules per model, contact points and policies",
		Wants:     func(ws *plan.Workspace) bool { return ws.UnifiedAlerts },
		Model:     unifiedFile,
		Workspace: notificationFiles,
	}
}

// Alertmanager returns the target that writes `alertmanager/routes.yaml`: who is told of Prometheus's
// alerts.
func Alertmanager() *generators.Target {
	return &generators.Target{
		Name:      "alertmanager",
		Doc:       "a part of Alertmanager's configuration: routes and receivers",
		Wants:     func(ws *plan.Workspace) bool { return ws.EmitAlertmanager },
		Workspace: alertmanagerFile,
	}
}

// Problem is something in a file that a server refuses, or reads differently than it was meant.
type Problem = dashboards.Problem

func problem(path, format string, args ...any) Problem {
	return Problem{Path: path, Message: fmt.Sprintf(format, args...)}
}

// Check judges a file that a target of this package wrote for ws. It knows what the file is from its
// path, whatever folders (environments) stand above or between; of other files it says nothing.
func Check(f generators.File, ws *plan.Workspace) []Problem {
	folders := strings.Split(path.Dir(f.Path), "/")
	base := path.Base(f.Path)
	switch legacy, unified := slices.Contains(folders, legacyFolder), slices.Contains(folders, unifiedFolder); {
	case slices.Contains(folders, prometheusFolder) && strings.HasSuffix(f.Path, rulesSuffix):
		return CheckRules(f.Data)
	case legacy && base == notifiersFile:
		return CheckNotifiers(f.Data, ServerOf(ws))
	case legacy && path.Ext(f.Path) == ".json":
		return CheckLegacy(f.Data, ServerOf(ws))
	case unified && base == contactsFile:
		return CheckContactPoints(f.Data)
	case unified && base == policiesFile:
		return CheckPolicies(f.Data, ServerOf(ws))
	case unified && path.Ext(base) == ".yaml":
		return CheckUnified(f.Data, ServerOf(ws))
	case strings.HasSuffix(f.Path, routesFile):
		return CheckAlertmanager(f.Data)
	}
	return nil
}
