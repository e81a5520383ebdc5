//go:build unix

package compile_test

import (
	"syscall"
	"time"
)

// processTime is the processor time this process has used; zero if the system does not tell.
func processTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
