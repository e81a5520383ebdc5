//go:build unix && !solaris && !illumos && !aix

package output

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a folder until it is closed. It is the folder itself that is locked, so that no file is
// left behind. Some network file systems lock files only.
func tryLock(dir *os.File) lockState {
	for {
		err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return lockHeld
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return lockBusy
		default:
			return lockMissing
		}
	}
}
