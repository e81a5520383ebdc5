package scenario

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const casesPath = "../../../docs/cases.md"

// casesPage is docs/cases.md.
type casesPage struct {
	tables                   strings.Builder
	run, avoided, not, waits int
}

// add writes the table of a file of cases.
func (p *casesPage) add(name string, cases []knownCase, file *answers) {
	fmt.Fprintf(&p.tables, "\n## %s\n\n| case | generated rules |\n|---|---|\n", strings.TrimSuffix(name, ".yaml"))
	for _, c := range cases {
		a := file.Cases[c.Name]
		var how string
		switch {
		case a.NotRun != "":
			p.not++
			how = "not run: " + a.NotRun
		case a.Waits != "":
			p.waits++
			how = "waits for " + a.Waits
		default:
			if p.run++; a.Instead != nil || c.Pitfall {
				p.avoided++
			}
			how = strings.Join(a.how(c), "; ")
		}
		fmt.Fprintf(&p.tables, "| %s | %s |\n", c.Name, strings.ReplaceAll(how, "|", `\|`))
	}
}

// how says what an answer shows.
func (a *answer) how(c knownCase) (list []string) {
	if a.Refused != "" {
		list = append(list, "such a spec does not compile")
	}
	if a.Query != "" {
		switch {
		case a.Instead != nil:
			list = append(list, "avoided: `"+a.Query+"` is right")
		case len(c.Expected) == 0:
			list = append(list, "`"+a.Query+"` is empty")
		default:
			tolerance := c.Tolerance
			if a.Tolerance != 0 {
				tolerance = a.Tolerance
			}
			list = append(list, fmt.Sprintf("`%s` is the same within %g", a.Query, tolerance))
		}
	}
	for _, name := range a.Fires {
		list = append(list, name+" fires")
	}
	for _, name := range a.Silent {
		list = append(list, name+" is silent")
	}
	if a.Why != "" {
		list = append(list, a.Why)
	}
	return list
}

// text is the whole page.
func (p *casesPage) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# What generated rules were held against

Checks and objectives have definitions that others wrote before us. For each there are scrape data and the value that
follows from the definition, computed without PromQL or by hand. Below is each of these cases by its name, and how a spec
answers it: the spec is compiled, the generated rule groups run over the data in Prometheus's own engine, and what they
recorded and which alerts fire is compared at the moment of the case. The specs are in %s.

Of %d cases %d are run, %d of them pitfalls that generated rules avoid; %d are not, for the reason that is given`,
		"`internal/enginetest/scenario/testdata/cases`", p.run+p.not+p.waits, p.run, p.avoided, p.not)
	if p.waits > 0 {
		fmt.Fprintf(&b, ", and %d wait for what is not built", p.waits)
	}
	b.WriteString(".\n\nThis page is made by `MLOBS_UPDATE=1 go test ./internal/enginetest/scenario -run TestCases`, where the cases are at hand.\n")
	return b.String() + p.tables.String()
}

// compare holds the page against the committed one, or writes it.
func (p *casesPage) compare(t *testing.T) {
	t.Helper()
	if os.Getenv("MLOBS_UPDATE") != "" {
		must(t, os.WriteFile(casesPath, []byte(p.text()), 0o644))
		return
	}
	data, err := os.ReadFile(casesPath)
	must(t, err)
	if string(data) != p.text() {
		t.Errorf("%s is stale: MLOBS_UPDATE=1 go test ./internal/enginetest/scenario -run TestCases", casesPath)
	}
}
