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
	run := func(args ...string) (string, error) {
		cmd := exec.Command("go", append([]string{"vet", "-vettool=" + tool}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	vet := func(args ...string) string {
		out, err := run(args...)
		if err == nil {
			t.Errorf("go vet %s: no finding", args)
		}
		return out
	}
	if got := vet("./..."); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	errors := []string{"-premortem.allow-gaps", "-premortem.severity=error", "-premortem.at-call", "./..."}
	switch got := vet(errors...); {
	case strings.Contains(got, "not analysed") || strings.Contains(got, "lock-timeout-missing"):
		t.Errorf("errors alone:\n%s", got)
	case !strings.Contains(got, "migrations/00002_email.go:19:13: sql/email.sql:1:19: SET NOT NULL takes"):
		t.Errorf("at the call:\n%s", got)
	}

	// go vet does not keep that a package was clean: other files count than those
	// that it compares.
	configure := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, ".premortem.yml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	configure("rules: {ignore: [outage]}")
	if got, err := run(errors...); err != nil {
		t.Fatalf("all are ignored:\n%s", got)
	}
	configure("pg_version: 18")
	if got := vet(errors...); !strings.Contains(got, "create-index-not-concurrently") {
		t.Errorf("the configuration has changed:\n%s", got)
	}
	configure("rules: {ignore: [data-loss]}")
	if got, err := run("-fix", "./..."); err != nil {
		t.Fatalf("-fix:\n%s", got)
	}
	fixed, err := os.ReadFile(filepath.Join(dir, "migrations", "00003_index.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(fixed), `"CREATE INDEX CONCURRENTLY users_email ON users (email)",`) {
		t.Errorf("-fix leaves\n%s", fixed)
	}

	configure("rules: {ignore: [data-lo]}")
	if got := vet("./..."); !strings.Contains(got, "data-lo") {
		t.Errorf("a mistake in the configuration:\n%s", got)
	}
}
