package rules_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// notCompared are parts of a schema that a down may leave otherwise without a
// finding: the order of columns, and the labels of an enum type.
var notCompared = regexp.MustCompile(`: number \d+,|labels \{[^}]*\}`)

// TestReversals applies each up migration of the cases and then its down, and
// compares the schemas before and after: they differ where the rule says so.
func TestReversals(t *testing.T) {
	pool := pgtest.NewPool(t)
	const rule = "down-does-not-restore-schema"
	differ, equal := 0, 0
	cases := allCases(t)
	for _, name := range []string{rule + "/goose.txtar", rule + "/golang-migrate.txtar"} {
		c := cases[name]
		result, err := c.Lint(rules.All())
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, d := range result.Diagnostics {
			if d.Rule == rule {
				found[d.Migration.Version] = d.Message
			}
		}
		for _, major := range pgtest.Maintained {
			conn, done := pool.Connect(t, major)
			apply := func(m *migration.Migration) bool {
				for _, s := range m.Statements {
					if err := send(t.Context(), conn, s.Text()); err != nil {
						if !strings.Contains(err.Error(), "42P01") { // what the case does not create
							t.Errorf("%s on %d: %v", m.File.Name, major, err)
						}
						return false
					}
				}
				return true
			}
			all := result.Histories[0].Migrations
			for _, up := range all {
				if up.Direction == migration.Down {
					break
				}
				i := slices.IndexFunc(all, func(m *migration.Migration) bool {
					return m.Version == up.Version && m.Direction == migration.Down
				})
				before := schemaOf(t, conn)
				if i >= 0 {
					must(t, send(t.Context(), conn, "BEGIN"))
					applied := apply(up) && apply(all[i])
					if applied {
						d := cmp.Diff(reversible(before), reversible(schemaOf(t, conn)))
						switch message := found[up.Version]; {
						case strings.Contains(up.File.Name, "_otherwise"): // the same by another name, or no way back
						case d != "" && message == "":
							t.Errorf("%s on %d: the schema differs, and nothing says so:\n%s", up.File.Name, major, d)
						case d == "" && message != "":
							t.Errorf("%s on %d: the schema is the same, but: %s", up.File.Name, major, message)
						case d == "":
							equal++
						default:
							differ++
						}
					}
					must(t, send(t.Context(), conn, "ROLLBACK"))
					if !applied {
						continue
					}
				}
				apply(up)
			}
			done()
		}
	}
	t.Logf("%d reversals leave another schema, and %d the same, as the findings say", differ, equal)
	if differ < 25 || equal < 10 {
		t.Error("those are too few")
	}
}

func reversible(schema []string) []string {
	var lines []string
	for _, line := range schema {
		lines = append(lines, notCompared.ReplaceAllString(line, ""))
	}
	slices.Sort(lines)
	return lines
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
