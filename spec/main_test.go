package spec

import (
	"runtime/debug"
	"testing"
)

// TestMain collects garbage as seldom as the command does: tests make much of it and keep little, and to collect it took a third of their time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}
