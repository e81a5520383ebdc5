// Command mlobs-gen compiles one YAML spec per ML model to Grafana dashboards, Prometheus rules and
// Grafana alerts. It is the outermost shell of the flow: flags in, rendering and exit code out; the steps
// are in internal/compile.
//
// Standard output carries what was asked for: the findings of lint, the diff of generate --check, lists.
// Standard error carries what is said about the run: the diagnostics of generate, summaries, progress.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
	"github.com/mlobs-gen/mlobs-gen/internal/output"
	"github.com/mlobs-gen/mlobs-gen/internal/source"
)

// Exit codes.
const (
	exitClean  = 0
	exitInput  = 1 // errors in the input, findings at or above --fail-on, or drift under --check
	exitUsage  = 2
	exitBroken = 3 // something could not be read or written, or the run was interrupted
)

func main() {
	if os.Getenv("GOGC") == "" {
		// Compiling makes much garbage and keeps little. Collecting at five times what is kept, not at twice,
		// saves a third of the CPU time and costs 60 MB (1,000 models: 9.8 s and 40 MB, 6.5 s and 100 MB).
		debug.SetGCPercent(400)
	}
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Main runs the command with its arguments (without the program's name) and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app := &app{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	root := app.root()
	if err := completeFlags(root); err != nil {
		return app.code(err)
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return app.code(root.Execute())
}

// app is what the commands share.
type app struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	// color is --color: auto, always or never.
	color string
	// exit is what a command that did its work has found.
	exit int
}

// usageError says that the command was called the wrong way.
type usageError struct{ message, help string }

func (e *usageError) Error() string { return e.message }

// code says of an error that ended a command what it was, and returns the exit code.
func (a *app) code(err error) int {
	var usage *usageError
	var arguments *source.UsageError
	var unwritten *output.Error
	switch {
	case err == nil:
		return a.exit
	case errors.As(err, &usage):
		return a.complain(exitUsage, usage.message, usage.help)
	case errors.As(err, &arguments):
		return a.complain(exitUsage, arguments.Message, arguments.Help)
	case errors.As(err, &unwritten):
		return a.complain(exitBroken, unwritten.Error(), unwritten.Help)
	case errors.Is(err, context.Canceled):
		return a.complain(exitBroken, "interrupted; nothing was written", "")
	}
	return a.complain(exitBroken, err.Error(), "")
}

func (a *app) complain(code int, message, help string) int {
	text := "mlobs-gen: " + diag.Visible(message) + "\n"
	if help != "" {
		text += "help: " + diag.Visible(help) + "\n"
	}
	if _, err := io.WriteString(a.stderr, text); err != nil {
		return exitBroken // and nobody left to tell
	}
	return code
}

// print writes to one of the streams. A stream that is gone ends the command with exitBroken.
func (a *app) print(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(w, format, args...)
	return err
}
