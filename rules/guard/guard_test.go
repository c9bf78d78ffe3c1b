package guard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/rules/guard"
)

func migrations() fstest.MapFS {
	return fstest.MapFS{
		"1_users.up.sql": {Data: []byte("CREATE TABLE users (id bigint PRIMARY KEY, email text);")},
		"2_email.up.sql": {Data: []byte("SET LOCAL lock_timeout = '2s';\nCREATE INDEX users_email ON users (email);\n")},
		"3_name.up.sql":  {Data: []byte("SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD COLUMN name text;")},
		"4_old.up.sql":   {Data: []byte("SET LOCAL lock_timeout = '2s'; ALTER TABLE users RENAME COLUMN name TO label;")},
		"5_bad.up.sql":   {Data: []byte("ALTER TABLE users FROB;")},
	}
}

func ExampleCheck() {
	// Version 1 is applied, 2 is pending.
	err := guard.Check(migrations(), "golang-migrate", []string{"2_email.up.sql"}, guard.Options{Lint: lint.Config{Server: 17}})
	fmt.Println(err)
	// Output:
	// premortem refuses the pending migration 2_email.up.sql: nothing of it has run
	//
	// error[create-index-not-concurrently]: CREATE INDEX takes a SHARE lock on public.users, which blocks writes until the index is built; reads go on
	//   --> 2_email.up.sql:2:1
	//    |
	//  2 | CREATE INDEX users_email ON users (email);
	//    | ^^^^^^^^^^^^
	//    |
	//    = locks: SHARE on public.users (index build): blocks writes; reads go on
	//    = fix: build the index CONCURRENTLY, outside a transaction block
	//
	//      - SET LOCAL lock_timeout = '2s';
	//      - CREATE INDEX users_email ON users (email);
	//      + CREATE INDEX CONCURRENTLY users_email ON users (email);
	//
	// .: golang-migrate (--runner golang-migrate)
	// premortem explain RULE says what PostgreSQL does and when to ignore a rule
	// 1 migration, 2 statements analysed, 1 error (PostgreSQL 17)
}

func TestCheck(t *testing.T) {
	configured, err := guard.Configured(".premortem.yml", []byte("fail_on: never\nrules: {ignore: [outage]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	reports := 0
	configured.Report = func(r *lint.Result) { reports += r.Migrations }
	for _, c := range []struct {
		name    string
		pending []string
		options guard.Options
		want    string // begins the error
	}{
		{"nothing is pending", nil, guard.Options{}, ""},
		{"the whole history: no table has traffic", []string{"1_users.up.sql", "2_email.up.sql", "3_name.up.sql"}, guard.Options{}, ""},
		{"an unsafe one among safe ones", []string{"2_email.up.sql", "3_name.up.sql"}, guard.Options{}, "premortem refuses 2 pending migrations, from 2_email.up.sql on"},
		{"a safe one", []string{"3_name.up.sql"}, guard.Options{}, ""},
		{"an error", []string{"4_old.up.sql"}, guard.Options{}, "premortem refuses the pending migration 4_old.up.sql"},
		{"text that is not analysed", []string{"5_bad.up.sql"}, guard.Options{}, "premortem refuses the pending migration 5_bad.up.sql"},
		{"allowed", []string{"5_bad.up.sql"}, guard.Options{AllowGaps: true}, ""},
		{"a configuration that never fails", []string{"4_old.up.sql"}, configured, ""},
		{"a severity that is none", []string{"3_name.up.sql"}, guard.Options{FailOn: "info"}, `unknown severity "info"`},
		{"a file that is missing", []string{"9.up.sql"}, guard.Options{}, "premortem cannot judge the pending migrations: 9.up.sql: no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := guard.Check(migrations(), "golang-migrate", c.pending, c.options)
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			var refusal *guard.Refusal
			if refused := strings.HasPrefix(c.want, "premortem refuses"); refused != errors.As(err, &refusal) {
				t.Errorf("%T", err)
			}
		})
	}
	if reports != 1 {
		t.Errorf("%d migrations reported", reports)
	}
	if _, err := guard.Configured("x.yml", []byte("rules: {ignore: [nope]}")); err == nil || !strings.HasPrefix(err.Error(), "x.yml:1:") {
		t.Error(err)
	}
}
