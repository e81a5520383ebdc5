package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlobs-gen/mlobs-gen/internal/compile"
	"github.com/mlobs-gen/mlobs-gen/internal/cost"
	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// costFormats are what --format of cost takes.
var costFormats = []string{textFormat, jsonFormat}

const jsonFormat = "json"

// costing is what the flags of cost say.
type costing struct {
	options   cost.Options
	format    string
	top       int
	contracts []string
	targets   int
	scrape    string
}

func (a *app) cost() *cobra.Command {
	c := &costing{}
	var cmd *cobra.Command
	cmd = &cobra.Command{
		Use:   "cost [PATH…]",
		Short: "Say what specs cost before they are deployed",
		Long: `Count what specs make, from what they declare: series, samples per second, memory of Prometheus's head and
bytes per day on disk, by metric and rule; how many samples rules read; what a deploy adds for a while. All numbers
are upper bounds. Where nobody declared a bound there is none, and the output names the label.

With --contract nothing is compiled: it counts targets that have the metrics of a profile, or that answer like a page
of /metrics.

docs/cost.md says how it counts, and where the figures come from.`,
		Example: `  mlobs-gen cost                          the workspace one stands in
  mlobs-gen cost models/cifar.yaml --top 0    one spec, all rows
  mlobs-gen cost --format json | jq '.totals.all.series'
  mlobs-gen cost --contract fastapi --targets 20`,
		PreRunE: func(*cobra.Command, []string) error { return c.check(cmd.Flags().Changed) },
		RunE: func(_ *cobra.Command, args []string) error {
			if len(c.contracts) > 0 {
				return a.costOfContracts(c, args)
			}
			return a.costOfSpecs(c, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&c.format, "format", textFormat, "how it is written: "+strings.Join(costFormats, ", "))
	flags.IntVar(&c.top, "top", 20, "rows of each table; 0: all")
	flags.BoolVar(&c.options.Created, "created", false, "the clients send `_created` beside counters, histograms and summaries, as Python's does")
	flags.StringArrayVar(&c.contracts, "contract", nil, "count this instead of specs: a profile (by name, or a file), a folder of profiles, a dump of a /metrics page; can be given several times")
	flags.IntVar(&c.targets, "targets", 1, "with --contract: how many targets have its metrics")
	flags.StringVar(&c.scrape, "scrape-interval", "15s", "with --contract: the time between two scrapes")
	return cmd
}

// check refuses what makes no sense together.
func (c *costing) check(given func(flag string) bool) error {
	switch {
	case c.top < 0:
		return &usageError{message: fmt.Sprintf("--top takes a number of rows, not `%d`", c.top), help: "0 shows all"}
	case c.targets < 1:
		return &usageError{message: fmt.Sprintf("--targets takes a number from 1 on, not `%d`", c.targets)}
	}
	for _, flag := range []string{"targets", "scrape-interval"} {
		if given(flag) && len(c.contracts) == 0 {
			return &usageError{message: "--" + flag + " is for --contract", help: "a spec says it itself: `replicas`, `scrape`"}
		}
	}
	return oneOf("--format", c.format, costFormats...)
}

// costOfSpecs plans specs and counts each. Those with mistakes are left out.
func (a *app) costOfSpecs(c *costing, args []string) error {
	var models []*cost.Model
	var mu sync.Mutex
	result, err := a.run(args, compile.Input{Mode: compile.Plan, FailOn: diag.Error, Planned: func(p *plan.Plan) error {
		m, err := cost.Of(p, c.options)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		models = append(models, m)
		return nil
	}})
	if err != nil {
		return err
	}
	slices.SortFunc(models, func(a, b *cost.Model) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Model, b.Model)) })
	return a.reportCost(c, models, result)
}

// costOfContracts counts targets that have the metrics of contracts.
func (a *app) costOfContracts(c *costing, args []string) (err error) {
	if len(args) > 0 {
		return &usageError{message: fmt.Sprintf("--contract counts what a contract declares, and `%s` is a path of specs", args[0]), help: "leave one of them out"}
	}
	scrape, err := metric.Duration(c.scrape)
	if err == nil && scrape < time.Second {
		err = errors.New("at least one second")
	}
	if err != nil {
		return &usageError{message: "--scrape-interval: " + err.Error()}
	}
	cwd, err := os.Getwd()
	if err != nil {
		return err
	}
	var sources []*source.Contract
	for _, name := range c.contracts {
		found, findErr := source.FindContract(cwd, name)
		if findErr != nil {
			return findErr
		}
		defer func() { err = errors.Join(err, found.Close()) }()
		sources = append(sources, found)
	}
	contracts, result := compile.Contracts(sources)
	var models []*cost.Model
	for _, of := range contracts {
		m, err := c.ofContract(of, cost.Targets{N: c.targets, Scrape: scrape})
		if err != nil {
			return err
		}
		models = append(models, m)
	}
	return a.reportCost(c, models, result)
}

func (c *costing) ofContract(of compile.Contract, targets cost.Targets) (*cost.Model, error) {
	if of.Page != nil {
		return cost.OfPage(of.Name, of.Page, targets)
	}
	return cost.OfMetrics(of.Name, of.Metrics, targets, c.options)
}

// reportCost prints what models cost, and the mistakes of those that could not be counted.
func (a *app) reportCost(c *costing, models []*cost.Model, result *compile.Result) error {
	var errs []*diag.Diagnostic
	for _, d := range result.Report.All() {
		if d.Severity >= diag.Error {
			errs = append(errs, d)
		}
	}
	if err := diag.Render(a.stderr, errs, a.style(a.stderr)); err != nil {
		return err
	}
	switch {
	case result.Broken:
		a.exit = exitBroken
	case len(errs) > 0:
		a.exit = exitInput
	}
	if c.format == jsonFormat {
		return cost.WriteJSON(a.stdout, models)
	}
	if len(models) == 0 {
		return nil
	}
	return cost.WriteText(a.stdout, models, c.top)
}
