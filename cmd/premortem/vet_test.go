package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestVet runs go vet with this program as its tool in the module of testdata/vet.
func TestVet(t *testing.T) {
	archive, err := txtar.ParseFile("../../testdata/vet/goose.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	want := ""
	for _, f := range archive.Files {
		if f.Name == "want.txt" {
			want = string(f.Data)
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil { // the configuration is searched up to here
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tool := filepath.Join(t.TempDir(), "premortem") // TestMain goes by the name
	if err := os.Symlink(program, tool); err != nil {
		t.Skip(err)
	}
	vet := func(args ...string) string {
		cmd := exec.Command("go", append([]string{"vet", "-vettool=" + tool}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("go vet %s: no finding", args)
		}
		return string(out)
	}
	if got := vet("./..."); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := vet("-premortem.allow-gaps", "-premortem.severity=error", "./..."); strings.Contains(got, "not analysed") || strings.Contains(got, "lock-timeout-missing") {
		t.Errorf("errors alone:\n%s", got)
	}
}
