//go:build !unix

package compile_test

import "time"

// cpuTime: no system call that all other systems share.
func cpuTime() time.Duration { return 0 }
