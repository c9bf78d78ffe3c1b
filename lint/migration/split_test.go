package migration

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// split runs a runner's Split and writes the result as text: each section with
// its scope and messages, then each problem with the text it points at.
func split(t *testing.T, r *Runner, base, source string) (sections, problems []string) {
	t.Helper()
	f := &File{Name: base, Source: []byte(source)}
	name, ok := r.ParseName(base)
	if !ok {
		t.Fatalf("%s does not read %s", r.Name, base)
	}
	ss, ps := r.Split(f, name)
	for _, s := range ss {
		line := s.Direction.String() + ", " + s.Scope.String()
		for _, m := range s.Messages {
			if m.Pos < s.Pos || m.End > s.End {
				t.Errorf("message %v is outside its section %v", m, s.Range)
			}
			line += " | " + strings.ReplaceAll(strings.TrimSpace(source[m.Pos:m.End]), "\n", "\\n")
		}
		sections = append(sections, line)
	}
	for _, p := range append(ps, foreignDirectives(f, r)...) {
		verb := "overlooks"
		if p.Refused {
			verb = "refuses"
		}
		problems = append(problems, verb+" `"+source[p.Pos:p.End]+"`: "+p.Message)
	}
	return sections, problems
}

type splitCase struct {
	name, source string
	base         string // default: 1_x.sql
	sections     []string
	// problems are the beginnings of the lines that split writes.
	problems []string
}

func testSplit(t *testing.T, r *Runner, cases []splitCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.base == "" {
				c.base = "1_x.sql"
			}
			sections, problems := split(t, r, c.base, c.source)
			if d := cmp.Diff(c.sections, sections); d != "" {
				t.Errorf("sections (-want +got):\n%s", d)
			}
			for i, p := range problems {
				if i < len(c.problems) && strings.HasPrefix(p, c.problems[i]) {
					problems[i] = c.problems[i]
				}
			}
			if d := cmp.Diff(c.problems, problems); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
		})
	}
}

func TestGooseSplit(t *testing.T) {
	const tx, noTx = "one transaction for the migration", "no transaction"
	testSplit(t, Goose, []splitCase{
		{
			name:     "up and down",
			source:   "-- head\n-- +goose Up\n-- about\nSELECT 1;\nSELECT\n  2; -- two\n\n-- +goose Down\nSELECT 3; SELECT 4;\n",
			sections: []string{"up, " + tx + " | SELECT 1; | SELECT\\n  2; -- two", "down, " + tx + " | SELECT 3; SELECT 4;"},
		},
		{
			name:     "empty sections",
			source:   "-- +goose Up\n-- +goose Down\n",
			sections: []string{"up, " + tx, "down, " + tx},
		},
		{
			name:     "directives in any case, without blank, anywhere",
			source:   "--+goose up\nSELECT 1;\n-- +goose no transaction  \nSELECT 2;",
			sections: []string{"up, " + noTx + " | SELECT 1; | SELECT 2;"},
		},
		{
			name:     "block",
			source:   "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n\n-- c\nSELECT 2;\n-- +goose StatementEnd\nSELECT 3;\n",
			sections: []string{"up, " + tx + " | SELECT 1;\\n\\n-- c\\nSELECT 2; | SELECT 3;"},
		},
		{
			name:     "semicolon before a block comment",
			source:   "-- +goose Up\nSELECT 1; /* c */\nSELECT 2;\n",
			sections: []string{"up, " + tx + " | SELECT 1; /* c */\\nSELECT 2;"},
		},
		{
			name:     "carriage returns",
			source:   "-- +goose Up\r\nSELECT 1;\r\n\r\n-- +goose Down\r\nSELECT 2;\r\n",
			sections: []string{"up, " + tx + " | SELECT 1;", "down, " + tx + " | SELECT 2;"},
		},
		{
			name:     "byte order mark",
			source:   "\ufeff-- +goose Up\nSELECT 1;\n",
			sections: []string{"up, " + tx + " | SELECT 1;"},
			problems: []string{"refuses `\ufeff`: goose does not know a byte order mark"},
		},
		{
			name:     "blank before a directive",
			source:   " -- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n",
			sections: []string{"up, " + noTx + " | SELECT 1;"},
			problems: []string{"refuses `-- +goose NO TRANSACTION`: goose refuses a directive with blanks before it"},
		},
		{
			name:     "unknown directive",
			source:   "-- +goose NO TRANSACTIONS\n-- +goose Up\nSELECT 1;\n",
			sections: []string{"up, " + tx + " | SELECT 1;"},
			problems: []string{"refuses `-- +goose NO TRANSACTIONS`: goose refuses the unknown directive \"NO TRANSACTIONS\""},
		},
		{
			name:     "directives out of order",
			source:   "-- +goose Down\nSELECT 1;\n-- +goose Up\n-- +goose Down\n-- +goose StatementEnd\n",
			sections: []string{"up, " + tx, "down, " + tx + " | SELECT 1;"},
			problems: []string{
				"refuses `-- +goose Down`: goose refuses -- +goose Down without an Up",
				"refuses `-- +goose Up`: goose refuses a second -- +goose Up",
				"refuses `-- +goose Down`: goose refuses a second -- +goose Down",
				"refuses `-- +goose StatementEnd`: goose refuses StatementEnd without",
			},
		},
		{
			name:     "missing semicolon, in both directions",
			source:   "-- +goose Up\nSELECT 1\n-- +goose Down\nSELECT 2\n",
			sections: []string{"up, " + tx + " | SELECT 1", "down, " + tx + " | SELECT 2"},
			problems: []string{
				"refuses `SELECT 1`: goose refuses the statement, because none of its lines ends in ;",
				"refuses `SELECT 2`: goose refuses the statement, because none of its lines ends in ;",
			},
		},
		{
			name:     "comment below blanks",
			source:   "-- +goose Up\nSELECT 1;\n  \n-- end\n",
			sections: []string{"up, " + tx + " | SELECT 1; | -- end"},
			problems: []string{"refuses `-- end`: goose takes this comment for a statement"},
		},
		{
			name:     "no directive",
			source:   "SELECT 1;\nSELECT 2;\n",
			sections: []string{"up, " + tx + " | SELECT 1; | SELECT 2;"},
			problems: []string{"refuses `SELECT 1;`: goose refuses SQL before -- +goose Up"},
		},
		{
			name:     "empty file",
			sections: []string{"up, " + tx},
			problems: []string{"refuses ``: goose refuses a file without -- +goose Up"},
		},
		{
			name:     "block without end",
			source:   "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose Down\nSELECT 2;\n",
			sections: []string{"up, " + tx + " | SELECT 1;", "down, " + tx + " | SELECT 2;"},
			problems: []string{"refuses `-- +goose StatementBegin`: goose refuses a StatementBegin without StatementEnd"},
		},
		{
			name:     "empty block drops a line",
			source:   "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\n-- c\nSELECT 1;\nSELECT 2;\n",
			sections: []string{"up, " + tx + " | SELECT 2;"},
			problems: []string{"overlooks `SELECT 1;`: goose drops this line"},
		},
		{
			name:     "no transaction, written in Down",
			source:   "-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose NO TRANSACTION\nSELECT 2;\n",
			sections: []string{"up, " + noTx + " | SELECT 1;", "down, " + noTx + " | SELECT 2;"},
			problems: []string{"overlooks `-- +goose NO TRANSACTION`: NO TRANSACTION counts for the whole file"},
		},
		{
			name:     "no transaction, written in both",
			source:   "-- +goose Up\n-- +goose NO TRANSACTION\n-- +goose Down\n-- +goose NO TRANSACTION\n",
			sections: []string{"up, " + noTx, "down, " + noTx},
		},
		{
			name:     "lines that look like directives",
			source:   "-- +goose Up\n-- +Goose NO TRANSACTION\n-- + goose Down\n-- goose NO TRANSACTION\nSELECT 1; -- +goose NO TRANSACTION\n/* +goose Down */ SELECT 2;\n",
			sections: []string{"up, " + tx + " | SELECT 1; -- +goose NO TRANSACTION | /* +goose Down */ SELECT 2;"},
			problems: []string{
				"overlooks `-- +Goose NO TRANSACTION`: the line has no effect",
				"overlooks `-- + goose Down`: the line has no effect",
				"overlooks `-- goose NO TRANSACTION`: the line has no effect",
				"overlooks `+goose NO TRANSACTION`: the directive has no effect",
				"overlooks `+goose Down */ SELECT 2;`: the directive has no effect",
			},
		},
		{
			name:     "prose about goose is no directive",
			source:   "-- goose up runs this before the others\n-- +goose Up\nSELECT 'goose';\n-- choose goose\n",
			sections: []string{"up, " + tx + " | SELECT 'goose';"},
		},
		{
			name:     "statement cut apart",
			source:   "-- +goose Up\nDO $$ BEGIN\n  PERFORM 1;\n  PERFORM 2;\nEND $$;\nSELECT 'a;b';\nSELECT 'a;\nb';\n",
			sections: []string{"up, " + tx + " | DO $$ BEGIN\\n  PERFORM 1; | PERFORM 2; | END $$; | SELECT 'a;b'; | SELECT 'a; | b';"},
			problems: []string{
				"refuses `DO $$ BEGIN\n  PERFORM 1;`: goose cuts the statement apart",
				"refuses `SELECT 'a;`: goose cuts the statement apart",
			},
		},
		{
			name:     "substitution",
			source:   "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${A:-x}', '\\$1', '$(x)';\nSELECT $$x$$;\nPREPARE p AS SELECT $1;\n-- +goose ENVSUB OFF\nSELECT $$y$$;\n",
			sections: []string{"up, " + tx + " | SELECT '${A:-x}', '\\$1', '$(x)'; | SELECT $$x$$; | PREPARE p AS SELECT $1; | SELECT $$y$$;"},
			problems: []string{
				"refuses `$$`: ENVSUB turns $$ into $",
				"refuses `$1`: ENVSUB takes $ for a variable",
			},
		},
		{
			name:     "directives of other tools",
			source:   "-- +goose Up\n-- migrate:up\n-- migrate:up transaction:false\n-- migrate:down\n-- no-transaction\n-- atlas:txmode none\n-- +migrate Up notransaction\nSELECT 1;\n",
			sections: []string{"up, " + tx + " | SELECT 1;"},
			problems: []string{
				"overlooks `-- migrate:up`: `-- migrate:up` is a directive of dbmate and has no effect in goose",
				"overlooks `-- migrate:up transaction:false`: ",
				"overlooks `-- no-transaction`: `-- no-transaction` is a directive of sqlx and has no effect in goose",
				"overlooks `-- atlas:txmode none`: ",
				"overlooks `-- +migrate Up notransaction`: `-- +migrate Up notransaction` is a directive of sql-migrate",
			},
		},
	})
}

func TestGooseSectionsHoldTheFile(t *testing.T) {
	const source = "-- premortem:ignore x: y\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"
	sections, _ := Goose.Split(&File{Source: []byte(source)}, FileName{})
	var got []string
	for _, s := range sections {
		got = append(got, source[s.Pos:s.End])
		for _, m := range s.Masked {
			got = append(got, source[m.Pos:m.End])
		}
	}
	want := []string{
		"-- premortem:ignore x: y\n-- +goose Up\nSELECT 1;\n", "-- +goose Up",
		"-- +goose Down\nSELECT 2;\n", "-- +goose Down",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestGolangMigrateSplit(t *testing.T) {
	const one = "one simple query for the whole migration"
	testSplit(t, GolangMigrate, []splitCase{
		{name: "up", base: "1_x.up.sql", source: "SELECT 1; SELECT 2;", sections: []string{"up, " + one}},
		{name: "down", base: "1_x.down.sql", source: "SELECT 1;", sections: []string{"down, " + one}},
		{
			name: "byte order mark", base: "1_x.up.sql", source: "\ufeffSELECT 1;", sections: []string{"up, " + one},
			problems: []string{"refuses `\ufeff`: golang-migrate sends the byte order mark"},
		},
		{
			name: "directives of other tools", base: "1_x.up.sql", sections: []string{"up, " + one},
			source: "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n  -- +goose Down\n---- tern: disable-tx ----\n--! no-transaction\n--changeset a:1 runInTransaction:false\n-- Up Migration\n",
			problems: []string{
				"overlooks `-- +goose NO TRANSACTION`: ",
				"overlooks `-- +goose Up`: ",
				"overlooks `---- tern: disable-tx ----`: ",
				"overlooks `--! no-transaction`: `--! no-transaction` is a directive of graphile-migrate",
				"overlooks `--changeset a:1 runInTransaction:false`: ",
				"overlooks `-- Up Migration`: ",
			},
		},
		{
			name: "prose is no directive", base: "1_x.up.sql", sections: []string{"up, " + one},
			source: "-- this needs no-transaction mode\n-- the up migration of x\n-- Down migration is a no-op\n-- a changeset\n-- see +goose\nSELECT '-- +goose Up';\n",
		},
	})
}

func TestDbmateSplit(t *testing.T) {
	const tx, one = "one transaction for the migration", "one simple query for the whole migration"
	testSplit(t, Dbmate, []splitCase{
		{
			name:     "up and down",
			source:   "-- head\n\n-- migrate:up\nSELECT 1; SELECT 2;\n-- migrate:down\nSELECT 3;\n",
			sections: []string{"up, " + tx + " | -- migrate:up\\nSELECT 1; SELECT 2;", "down, " + tx + " | -- migrate:down\\nSELECT 3;"},
		},
		{
			name:     "transaction:false, each direction for itself",
			source:   "--migrate:up\ttransaction:false\r\nSELECT 1;\r\n--  migrate:down\r\n",
			sections: []string{"up, " + one + " | --migrate:up\ttransaction:false\r\\nSELECT 1;", "down, " + tx + " | --  migrate:down"},
		},
		{
			name:     "the last option counts",
			source:   "-- migrate:up transaction:false transaction:true\n-- migrate:down transaction:true transaction:false\n",
			sections: []string{"up, " + tx + " | -- migrate:up transaction:false transaction:true", "down, " + one + " | -- migrate:down transaction:true transaction:false"},
			problems: []string{"overlooks `-- migrate:up transaction:false transaction:true`: the option has no effect"},
		},
		{
			name:     "blank in the option",
			source:   "-- migrate:up transaction: false\n-- migrate:down transaction:False\n",
			sections: []string{"up, " + tx + " | -- migrate:up transaction: false", "down, " + tx + " | -- migrate:down transaction:False"},
			problems: []string{
				"overlooks `-- migrate:up transaction: false`: the option has no effect, the section runs in a transaction",
				"overlooks `-- migrate:down transaction:False`: the option has no effect",
			},
		},
		{
			name:     "other options",
			source:   "-- migrate:up foo:bar transaction:false\n-- migrate:down -- see https://example.com\n",
			sections: []string{"up, " + one + " | -- migrate:up foo:bar transaction:false", "down, " + tx + " | -- migrate:down -- see https://example.com"},
			problems: []string{"overlooks `-- migrate:up foo:bar transaction:false`: the option foo:bar has no effect"},
		},
		{
			name:     "lines that look like directives",
			source:   "-- migrate:up\n-- transaction:false\n  -- migrate:down\n-- Migrate:Down\n-- migrate: down\nSELECT 1;\n-- migrate:down\n",
			sections: []string{"up, " + tx + " | -- migrate:up\\n-- transaction:false\\n  -- migrate:down\\n-- Migrate:Down\\n-- migrate: down\\nSELECT 1;", "down, " + tx + " | -- migrate:down"},
			problems: []string{
				"overlooks `-- transaction:false`: ",
				"overlooks `-- migrate:down`: ",
				"overlooks `-- Migrate:Down`: ",
				"overlooks `-- migrate: down`: ",
			},
		},
		{
			name:     "missing down",
			source:   "-- migrate:up\nSELECT 1;\n",
			sections: []string{"up, " + tx + " | -- migrate:up\\nSELECT 1;"},
			problems: []string{"refuses `-- migrate:up`: dbmate refuses a -- migrate:up without a -- migrate:down"},
		},
		{
			name:     "missing down, indented",
			source:   "-- migrate:up\nSELECT 1;\n  -- Migrate:Down\nSELECT 2;\n",
			sections: []string{"up, " + tx + " | -- migrate:up\\nSELECT 1;\\n  -- Migrate:Down\\nSELECT 2;"},
			problems: []string{"refuses `-- Migrate:Down`: dbmate refuses a -- migrate:up without a -- migrate:down after it, and reads this one only"},
		},
		{
			name:     "missing up",
			source:   "SELECT 1;\n",
			sections: []string{"up, " + tx + " | SELECT 1;"},
			problems: []string{"refuses ``: dbmate refuses a file without -- migrate:up"},
		},
		{
			name:     "down first",
			source:   "-- migrate:down\n-- migrate:up\n",
			sections: []string{"down, " + tx + " | -- migrate:down", "up, " + tx + " | -- migrate:up"},
			problems: []string{
				"refuses `-- migrate:down`: dbmate refuses a -- migrate:down without",
				"refuses `-- migrate:up`: dbmate refuses a -- migrate:up without",
			},
		},
		{
			name:     "SQL above",
			source:   "/* c */\n-- migrate:up\n-- migrate:down\n",
			sections: []string{"up, " + tx + " | -- migrate:up", "down, " + tx + " | -- migrate:down"},
			problems: []string{"refuses `/* c */`: dbmate refuses a file with anything but -- comments above"},
		},
		{
			name:     "several pairs",
			source:   "-- migrate:up\n-- migrate:down\n-- migrate:up\n-- migrate:down\n",
			sections: []string{"up, " + tx + " | -- migrate:up", "down, " + tx + " | -- migrate:down", "up, " + tx + " | -- migrate:up", "down, " + tx + " | -- migrate:down"},
			problems: []string{"refuses `-- migrate:up`: dbmate fails here with a unique violation"},
		},
		{
			name:     "byte order mark",
			source:   "\ufeff-- migrate:up\nSELECT 1;\n-- migrate:down\n",
			sections: []string{"up, " + tx + " | -- migrate:up\\nSELECT 1;", "down, " + tx + " | -- migrate:down"},
			problems: []string{"refuses `\ufeff`: dbmate does not know a byte order mark"},
		},
		{
			name:     "directive of goose",
			source:   "-- migrate:up\n-- +goose NO TRANSACTION\n-- migrate:down\n",
			sections: []string{"up, " + tx + " | -- migrate:up\\n-- +goose NO TRANSACTION", "down, " + tx + " | -- migrate:down"},
			problems: []string{"overlooks `-- +goose NO TRANSACTION`: "},
		},
	})
}

func TestPsqlSplit(t *testing.T) {
	testSplit(t, Psql, []splitCase{
		{name: "whole file", source: "SELECT 1; SELECT 2;", sections: []string{"up, no transaction"}},
		{
			name: "directive of sqlx", source: "-- no-transaction\nSELECT 1;", sections: []string{"up, no transaction"},
			problems: []string{"overlooks `-- no-transaction`: "},
		},
	})
}

func TestParseName(t *testing.T) {
	cases := []struct {
		runner *Runner
		base   string
		want   string // version, name, direction; empty: not read
	}{
		{Goose, "00005_add_users.sql", "5 add_users up"},
		{Goose, "20240102030405_x_y.sql", "20240102030405 x_y up"},
		{Goose, "5_.sql", "5  up"},
		{Goose, "+5_x.sql", "5 x up"},
		{Goose, "0_x.sql", ""},
		{Goose, "-1_x.sql", ""},
		{Goose, "5.sql", ""},
		{Goose, "v5_x.sql", ""},
		{Goose, "99999999999999999999_x.sql", ""},
		{Goose, "5_x.go", ""},
		{GolangMigrate, "005_add_users.up.sql", "5 add_users up"},
		{GolangMigrate, "0_x.down.sql", "0 x down"},
		{GolangMigrate, "18446744073709551615_x.up.sql", "18446744073709551615 x up"},
		{GolangMigrate, "18446744073709551616_x.up.sql", ""},
		{GolangMigrate, "1_x.up.psql.bak", "1 x up"},
		{GolangMigrate, "1_a.up.b.down.sql", "1 a.up.b down"},
		{GolangMigrate, "1_x.sql", ""},
		{GolangMigrate, "x_1.up.sql", ""},
		{Dbmate, "20240102_add_users.sql", "20240102 add_users up"},
		{Dbmate, "001-x.sql", "001 x up"},
		{Dbmate, "1x.sql", "1 x up"},
		{Dbmate, "1.sql", "1  up"},
		{Dbmate, "x1.sql", ""},
		{Dbmate, "1_x.sql.bak", ""},
		{Psql, "create users.sql", "create users  up"},
		{Psql, ".hidden.sql", ""},
		{Psql, "x.txt", ""},
	}
	for _, c := range cases {
		n, ok := c.runner.ParseName(c.base)
		got := ""
		if ok {
			got = n.Version + " " + n.Name + " " + n.Direction.String()
		}
		if got != c.want || ok && n.Base != c.base {
			t.Errorf("%s %s: %q, want %q", c.runner.Name, c.base, got, c.want)
		}
	}
}

// TestForeignDirectives: what is a directive for another tool is a comment here.
func TestForeignDirectives(t *testing.T) {
	for _, test := range []struct {
		runner      *Runner
		source, fix string
	}{
		{Psql, "-- no-transaction\nSELECT 1;", Psql.WithoutTransaction},
		{Psql, "-- +goose Up\nSELECT 1;", "remove it, or name the runner goose"},
		{Goose, "-- +goose Up\n-- no-transaction\nSELECT 1;", Goose.WithoutTransaction},
	} {
		problems := foreignDirectives(&File{Name: "1.sql", Source: []byte(test.source)}, test.runner)
		if len(problems) != 1 || problems[0].Fix != test.fix {
			t.Errorf("%s: %s: %+v, want %q", test.runner.Name, test.source, problems, test.fix)
		}
	}
	for _, d := range directives {
		if RunnerNamed(d.runner) == nil {
			t.Errorf("%s is not among Runners", d.runner)
		}
	}
}
