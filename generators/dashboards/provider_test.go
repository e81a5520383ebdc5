package dashboards

import (
	"bytes"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// What Grafana reads (pkg/services/provisioning/dashboards/types.go, 7.1 and 12); it ignores other keys
// silently, the test does not.
type providers struct {
	APIVersion int `yaml:"apiVersion"`
	Providers  []struct {
		Name                  string
		OrgID                 int `yaml:"orgId"`
		Folder                string
		Type                  string
		DisableDeletion       bool  `yaml:"disableDeletion"`
		AllowUIUpdates        *bool `yaml:"allowUiUpdates"`
		UpdateIntervalSeconds int   `yaml:"updateIntervalSeconds"`
		Options               struct {
			Path                      string
			FoldersFromFilesStructure bool `yaml:"foldersFromFilesStructure"`
		}
	}
}

func TestProvider(t *testing.T) {
	for _, test := range []struct {
		name string
		ws   plan.Workspace
		want string // name(folder): path, * where folders come from the files
	}{
		{"dashboards", plan.Workspace{EmitDashboards: true, Grafana: plan.Grafana{FoldersByOwner: true}}, "mlobs-gen(): ${MLOBS_GENERATED}/dashboards*"},
		{"one folder", plan.Workspace{EmitDashboards: true}, "mlobs-gen(): ${MLOBS_GENERATED}/dashboards"},
		{"legacy alerts", plan.Workspace{LegacyAlerts: true}, "mlobs-gen alerts(Model alerts): ${MLOBS_GENERATED}/grafana-legacy"},
		{"both", plan.Workspace{EmitDashboards: true, LegacyAlerts: true, Grafana: plan.Grafana{FoldersByOwner: true}},
			"mlobs-gen(): ${MLOBS_GENERATED}/dashboards*; mlobs-gen alerts(Model alerts): ${MLOBS_GENERATED}/grafana-legacy"},
		{"neither", plan.Workspace{EmitPrometheus: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := Provider()
			if wants := target.Wants(&test.ws); wants != (test.want != "") {
				t.Fatalf("wanted: %t", wants)
			}
			if test.want == "" {
				return
			}
			files, err := target.Workspace(&test.ws)
			if err != nil {
				t.Fatal(err)
			}
			if len(files) != 1 || files[0].Path != ProviderFile || !bytes.HasSuffix(files[0].Data, []byte("\n")) {
				t.Fatalf("got %v", files)
			}
			var got providers
			dec := yaml.NewDecoder(bytes.NewReader(files[0].Data))
			dec.KnownFields(true)
			if err := dec.Decode(&got); err != nil {
				t.Fatal(err)
			}
			var list []string
			for _, p := range got.Providers {
				if p.OrgID != 1 || p.Type != "file" || p.DisableDeletion || p.AllowUIUpdates == nil || *p.AllowUIUpdates || p.UpdateIntervalSeconds < 10 {
					t.Errorf("got %+v", p)
				}
				text := p.Name + "(" + p.Folder + "): " + p.Options.Path
				if p.Options.FoldersFromFilesStructure {
					text += "*"
				}
				list = append(list, text)
			}
			if s := strings.Join(list, "; "); got.APIVersion != 1 || s != test.want {
				t.Errorf("got %d, %s", got.APIVersion, s)
			}
		})
	}
}
