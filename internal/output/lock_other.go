//go:build !unix || solaris || illumos || aix

package output

import "os"

// tryLock: there is no lock on folders here.
func tryLock(*os.File) lockState { return lockMissing }
