package lock

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// prepared is a case brought to the state before its statement.
type prepared struct {
	catalog   *catalog.Catalog
	session   *Session
	statement *migration.Statement
}

// prepare replays the setup of a case and parses its statement.
func prepare(t testing.TB, c *lockCase) prepared {
	t.Helper()
	p := prepared{catalog: catalog.New()}
	p.session = NewSession(p.catalog)
	setup := migration.ParseFile(&migration.File{Name: "0001_setup.sql", Source: []byte(c.setup)})
	for _, gap := range setup.Gaps {
		t.Fatalf("%s: setup: %s", c.name, gap.Reason)
	}
	setup.Section.Scope = migration.Autocommit
	p.catalog.Enter(setup)
	p.session.Begin(setup)
	for _, s := range setup.Statements {
		p.session.Before(s)
		p.catalog.Apply(s)
		p.session.Apply(s, nil)
	}
	p.session.End()
	m := migration.ParseFile(&migration.File{Name: "0002_statement.sql", Source: []byte(c.statement)})
	if len(m.Statements) != 1 {
		if c.differs == "" {
			t.Fatalf("%s: %d statements, gaps %v", c.name, len(m.Statements), m.Gaps)
		}
		return p
	}
	m.UnderReview = true
	p.catalog.Enter(m)
	p.session.Begin(m)
	p.statement = m.Statements[0]
	p.session.Before(p.statement)
	return p
}

// recorded is what a record says about one relation, in the words of Effect.
type recorded struct {
	mode                    Mode
	newFile, scanned, built bool
	index                   bool
}

// text returns a name as records have it.
func text(n catalog.Name) string { return n.Schema + "." + n.Name }

// TestAgreement compares Effects with every record. It tells what it leaves
// out:
//
//   - cases that fail on the server: what it would have done is not known;
//     Effects must answer all the same;
//   - cases that differ for the reason that they name;
//   - of cases with something unknown, what Effects says more than the record;
//   - indexes and sequences that Effects does not name (see README.md);
//   - ACCESS SHARE and ROW SHARE that Effects does not name, and the scans done under them;
//   - new files without rows (TRUNCATE, WITH NO DATA): making one is no work;
//   - scans of the other end of a foreign key: looking up keys is no scan.
func TestAgreement(t *testing.T) {
	cases := readCases(t)
	var compared, failing, differing, upperBounds int
	for _, major := range majors {
		records := readRecords(t, major)
		for _, c := range cases {
			if major < c.since || major > c.until {
				continue
			}
			r := records[c.name]
			if r == nil {
				t.Errorf("%d: %s is not recorded", major, c.name)
				continue
			}
			p := prepare(t, c)
			effects := Effects(p.statement, p.catalog, p.session, major)
			switch {
			case c.differs != "":
				differing++
				continue
			case r.Block != "" && (r.Block != "25001" || r.Alone != "" || c.inBlockOnly):
				if c.fails == "" && !c.inBlockOnly && r.Block != "42601" {
					t.Errorf("%d: %s fails with %s %s, which the case does not say", major, c.name, r.Block, r.Alone)
				}
				failing++
				continue
			case c.unknown != "":
				upperBounds++
			}
			compared++
			for _, d := range differences(c, r, p, effects) {
				t.Errorf("%d %s: %s\n\t%s", major, c.name, d, c.statement)
			}
		}
	}
	t.Logf("%d cases on %d servers: %d comparisons, of them %d upper bounds; left out: %d that fail on the server, %d that differ for a named reason",
		len(cases), len(majors), compared, upperBounds, failing, differing)
}

// differences compares one answer with one record.
func differences(c *lockCase, r *record, p prepared, effects []Effect) []string {
	var found []string
	fail := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	want := map[string]recorded{}
	for _, relation := range r.Relations {
		mode, _ := ParseMode(relation.Mode)
		want[relation.Name] = recorded{
			mode: mode, newFile: relation.NewFile, scanned: relation.Scanned, built: relation.Built,
			index: relation.Kind == "i" || relation.Kind == "I" || relation.Kind == "S" || relation.Kind == "c",
		}
	}
	got := map[string]Effect{} // strongest of each relation
	waits := false
	for _, e := range effects {
		name := text(e.Relation)
		if p.catalog.Table(e.Relation) == nil && p.catalog.Index(e.Relation) == nil && p.catalog.Sequence(e.Relation) == nil {
			if !strings.Contains(c.statement, "IF EXISTS") {
				fail("%s is not there", name)
			}
			continue
		}
		waits = waits || e.Waits
		if c.unknown == "" && e.Unknown != "" {
			fail("unknown %q", e.Unknown)
		}
		old, ok := got[name]
		if !ok {
			old = e
		}
		old.Mode, old.Work = max(old.Mode, e.Mode), max(old.Work, e.Work)
		got[name] = old
	}
	if waits != r.Waits {
		fail("waits %v, server %v", waits, r.Waits)
	}
	if c.unknown != "" && !slices.ContainsFunc(effects, func(e Effect) bool { return e.Unknown == c.unknown }) {
		fail("no effect says unknown %q", c.unknown)
	}
	for name, w := range want {
		if _, ok := got[name]; !ok && !w.index && w.mode >= RowExclusive {
			fail("nothing on %s, server %s, %s", name, w.mode, w.work())
		}
	}
	for name, e := range got {
		w := want[name]
		if e.Mode != w.mode && (c.unknown == "" || e.Mode < w.mode) {
			fail("%s: %s, server %s", name, e.Mode, w.mode)
		}
		if w.newFile && leavesEmpty(p.statement) {
			continue
		}
		if w.mode < RowExclusive && e.Mode < RowExclusive || w.index {
			continue
		}
		if e.Work == RowChanges {
			continue
		}
		lookup := e.Implied && strings.HasPrefix(e.Why, "referenced by ")
		if e.Work == CatalogOnly && w.scanned && lookup {
			continue
		}
		if work := w.work(); e.Work != work && (c.unknown == "" || e.Work < work) {
			fail("%s: %s, server %s", name, e.Work, work)
		}
	}
	slices.Sort(found)
	return found
}

func leavesEmpty(s *migration.Statement) bool {
	return s.Node.GetTruncateStmt() != nil || s.Node.GetRefreshMatViewStmt().GetSkipData()
}

// work is the strongest work that the record shows.
func (w recorded) work() Work {
	switch {
	case w.newFile:
		return TableRewrite
	case w.built:
		return IndexBuild
	case w.scanned:
		return ValidationScan
	}
	return CatalogOnly
}

func BenchmarkEffects(b *testing.B) {
	var all []prepared
	for _, c := range readCases(b) {
		all = append(all, prepare(b, c))
	}
	b.ResetTimer()
	for i := range b.N {
		p := all[i%len(all)]
		Effects(p.statement, p.catalog, p.session, 17)
	}
}

// TestUnknownIsWorst holds the answer with an empty catalog against the one
// with the setup: what is not known must not make it weaker on a table that
// the statement names.
func TestUnknownIsWorst(t *testing.T) {
	for _, c := range readCases(t) {
		switch {
		case c.differs != "",
			strings.HasPrefix(c.name, "add-column-domain-"), // a type that is not known counts as one without constraints
			strings.HasPrefix(c.name, "create-or-replace-"), // what is not known counts as new
			strings.HasPrefix(c.name, "attach-partition-"):  // a parent that is not known counts as one without indexes
			continue
		}
		known := prepare(t, c)
		empty := prepare(t, &lockCase{name: c.name, statement: c.statement})
		for _, server := range majors {
			for _, e := range Effects(known.statement, known.catalog, known.session, server) {
				if e.Implied || e.Index {
					continue
				}
				found := slices.ContainsFunc(Effects(empty.statement, empty.catalog, empty.session, server), func(u Effect) bool {
					tableOfIndex := u.Index && (strings.HasPrefix(u.Unknown, "the table of ") || u.MayBeMissing())
					return (u.Relation.Name == e.Relation.Name || tableOfIndex) && u.Mode >= e.Mode && u.Work >= e.Work
				})
				if !found {
					t.Errorf("%d %s: %s on %s with %s is not there when nothing is known\n\t%s", server, c.name, e.Mode, text(e.Relation), e.Work, c.statement)
				}
			}
		}
	}
}

// TestEffectsAreInOrder checks what the contract says of every answer.
func TestEffectsAreInOrder(t *testing.T) {
	for _, c := range readCases(t) {
		p := prepare(t, c)
		if p.statement == nil {
			continue
		}
		effects := Effects(p.statement, p.catalog, p.session, 18)
		seen := map[key]bool{}
		for i, e := range effects {
			k := key{e.Relation, e.Index, e.Command}
			if seen[k] {
				t.Errorf("%s: two effects of one command on %s", c.name, text(e.Relation))
			}
			seen[k] = true
			if e.Mode == None || e.Implied != (e.Why != "") || e.Pos < p.statement.Pos || e.End > p.statement.End || e.Pos >= e.End {
				t.Errorf("%s: %+v", c.name, e)
			}
			if commands := p.statement.Commands(); len(commands) > 0 && e.Range != commands[e.Command] {
				t.Errorf("%s: range %v of command %d, want %v", c.name, e.Range, e.Command, commands[e.Command])
			}
			if i == 0 {
				continue
			}
			switch before := effects[i-1]; {
			case before.Implied && !e.Implied,
				!before.Implied && !e.Implied && before.Mode < e.Mode,
				before.Implied && e.Implied && before.Relation.Compare(e.Relation) > 0:
				t.Errorf("%s: %s stands before %s", c.name, text(before.Relation), text(e.Relation))
			}
		}
		again := Effects(p.statement, p.catalog, p.session, 18)
		if !slices.Equal(effects, again) {
			t.Errorf("%s: a second call says something else", c.name)
		}
	}
}

// TestForeignKeyClause checks the cause of a lock that a new table takes.
func TestForeignKeyClause(t *testing.T) {
	p := prepare(t, &lockCase{statement: `CREATE TABLE t (
		a int CHECK (a > 0) CONSTRAINT a_fk REFERENCES p (id, /* , */ b) ON DELETE SET NULL (a) NOT NULL,
		b int REFERENCES q, -- ,
		c int REFERENCES r DEFERRABLE,
		CONSTRAINT d_fk FOREIGN KEY (a, b) REFERENCES s (a, b) MATCH FULL DEFERRABLE
	) WITH (fillfactor = 70)`})
	var got []string
	for _, e := range Effects(p.statement, p.catalog, p.session, 17) {
		got = append(got, string(p.statement.File().Source[e.Pos:e.End]))
	}
	want := []string{
		"CONSTRAINT a_fk REFERENCES p (id, /* , */ b) ON DELETE SET NULL (a)",
		"REFERENCES q",
		"REFERENCES r",
		"CONSTRAINT d_fk FOREIGN KEY (a, b) REFERENCES s (a, b) MATCH FULL DEFERRABLE",
	}
	if !slices.Equal(got, want) {
		t.Errorf("clauses %q, want %q", got, want)
	}
}
