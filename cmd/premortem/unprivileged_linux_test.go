package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// unprivileged runs a command without root's power to open every file, so
// that files which cannot be read can be tested as root too.
func unprivileged() {
	const (
		dropBounding  = 24 // PR_CAPBSET_DROP
		dacOverride   = 1  // CAP_DAC_OVERRIDE
		dacReadSearch = 2  // CAP_DAC_READ_SEARCH
	)
	runtime.LockOSThread() // the bounding set is the thread's
	if os.Geteuid() == 0 {
		for _, capability := range []uintptr{dacOverride, dacReadSearch} {
			if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, dropBounding, capability, 0); errno != 0 {
				fail(fmt.Errorf("prctl: %w", errno))
			}
		}
	}
	path, err := exec.LookPath(os.Args[1])
	if err != nil {
		fail(err)
	}
	fail(syscall.Exec(path, os.Args[1:], os.Environ()))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "unprivileged:", err)
	os.Exit(99)
}
