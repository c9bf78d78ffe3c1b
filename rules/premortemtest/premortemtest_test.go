package premortemtest_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/premortem-lint/premortem/rules/premortemtest"
)

// outcome is a testing.TB that keeps what a test says.
type outcome struct {
	testing.TB
	failed bool
	text   strings.Builder
}

type ended struct{}

func (o *outcome) Helper() {}
func (o *outcome) Logf(format string, args ...any) {
	fmt.Fprintf(&o.text, format, args...)
}
func (o *outcome) Errorf(format string, args ...any) {
	o.failed = true
	fmt.Fprintf(&o.text, format, args...)
}
func (o *outcome) Fatal(args ...any) {
	o.failed = true
	fmt.Fprint(&o.text, args...)
	panic(ended{})
}

func check(fsys fs.FS, opts ...premortemtest.Option) *outcome {
	o := &outcome{}
	func() {
		defer func() {
			if r := recover(); r != nil && r != (ended{}) {
				panic(r)
			}
		}()
		premortemtest.Check(o, fsys, opts...)
	}()
	return o
}

func TestCheck(t *testing.T) {
	const header = "-- +goose Up\nSET LOCAL lock_timeout = '2s';\n"
	fsys := fstest.MapFS{
		"sql/00001_users.sql": {Data: []byte(header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		"sql/00002_email.sql": {Data: []byte(header + "CREATE INDEX users_email ON users (email);\n")},
		"sql/00003_name.sql":  {Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\n")},
	}
	config := filepath.Join(t.TempDir(), "premortem.yml")
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(name string, o *outcome, failed bool, parts ...string) {
		t.Helper()
		if o.failed != failed {
			t.Errorf("%s: failed is %v", name, o.failed)
		}
		for _, part := range parts {
			if !strings.Contains(o.text.String(), part) {
				t.Errorf("%s: no %q in\n%s", name, part, &o.text)
			}
		}
	}
	expect("all", check(fsys), true, "not safe to deploy\n\nerror[create-index-not-concurrently]: CREATE INDEX", "--> sql/00002_email.sql:3:1", "-- +goose NO TRANSACTION")
	expect("after a version", check(fsys, premortemtest.After("2")), false, "1 migration, 2 statements analysed, no findings")
	expect("after the last version", check(fsys, premortemtest.After("3")), true, "none comes after version 3")
	expect("no migrations", check(fstest.MapFS{}), true, "no migrations found")
	expect("another runner", check(fsys, premortemtest.Runner("dbmate")), true, "dbmate refuses a file without -- migrate:up")

	write("pg_version: 17\nrules: {severity: {outage: warning}}\noverrides: [{paths: [\"sql/*\"], rules: {ignore: [data-loss]}}]\n")
	expect("a configuration", check(fsys, premortemtest.Config(config)), false, "warning[create-index-not-concurrently]", "PostgreSQL 17")
	write("fail_on: warning\nrules: {severity: {outage: warning}}\n")
	expect("a configuration that fails on warnings", check(fsys, premortemtest.Config(config)), true, "warning[create-index-not-concurrently]")
	write("fail_on: warnings\n")
	expect("a configuration that is none", check(fsys, premortemtest.Config(config)), true, config+":1:10")
	expect("a configuration that is missing", check(fsys, premortemtest.Config(config+"x")), true, "no such file")

	fsys["sql/00004_bad.sql"] = &fstest.MapFile{Data: []byte(header + "FROB;\n")}
	expect("text that is not analysed", check(fsys, premortemtest.After("3")), true, "syntax error")
}

// TestFindsConfiguration: the nearest file above the test's folder.
func TestFindsConfiguration(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".premortem.yml"), []byte("pg_version: 16\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	o := check(fstest.MapFS{"1_a.up.sql": {Data: []byte("SELECT 1;")}})
	if o.failed || !strings.Contains(o.text.String(), "PostgreSQL 16") {
		t.Errorf("%s", &o.text)
	}
}
