//go:build !linux

package main

import (
	"fmt"
	"os"
)

// unprivileged is for scripts that run on Linux only.
func unprivileged() {
	fmt.Fprintln(os.Stderr, "unprivileged: not on this system")
	os.Exit(99)
}
