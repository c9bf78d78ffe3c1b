package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// TestRollback undoes each statement of every script, and then the whole
// script; doing it all again must end as without.
func TestRollback(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/scripts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range archive.Files {
		t.Run(script.Name, func(t *testing.T) {
			m := parsed(t, string(script.Data))
			want := described(replayed(t, string(script.Data)))
			c := catalog.New()
			c.Enter(m)
			run := func(check func(*migration.Statement)) {
				for _, s := range m.Statements {
					if check != nil {
						check(s)
					}
					c.Apply(s)
				}
			}

			c.Begin()
			run(func(s *migration.Statement) {
				before := described(c)
				tables := c.Tables()
				c.Savepoint("a")
				c.Apply(s)
				c.RollbackTo("a")
				if d := cmp.Diff(before, described(c)); d != "" {
					t.Fatalf("%s: after ROLLBACK TO (-before +after):\n%s", s.Text(), d)
				}
				for _, table := range tables {
					if c.Table(table.Name) != table {
						t.Fatalf("%s: ROLLBACK TO gave %s another value", s.Text(), table.Name)
					}
				}
				c.Release("a")
			})
			if d := cmp.Diff(want, described(c)); d != "" {
				t.Errorf("in a transaction (-autocommit +transaction):\n%s", d)
			}
			c.Rollback()
			if left := described(c); len(left) > 0 {
				t.Fatalf("after ROLLBACK: %q", left)
			}
			run(nil)
			if d := cmp.Diff(want, described(c)); d != "" {
				t.Errorf("after ROLLBACK, again (-want +got):\n%s", d)
			}
		})
	}
}

// TestImmutable keeps every table that the catalog hands out, and looks at it
// again at the end.
func TestImmutable(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/scripts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range archive.Files {
		type kept struct {
			table *catalog.Table
			text  string
		}
		var all []kept
		m := parsed(t, string(script.Data))
		c := catalog.New()
		c.Enter(m)
		for _, s := range m.Statements {
			c.Apply(s)
			for _, table := range c.Tables() {
				all = append(all, kept{table, fingerprint(table)})
			}
		}
		for _, k := range all {
			if d := cmp.Diff(k.text, fingerprint(k.table)); d != "" {
				t.Errorf("%s: %s changed after it was handed out:\n%s", script.Name, k.table.Name, d)
			}
		}
	}
}
