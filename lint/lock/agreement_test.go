package lock

import (
	"fmt"
	"maps"
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

// text returns a name as records have it.
func text(n catalog.Name) string { return n.Schema + "." + n.Name }

// TestAgreement compares Effects with every record: relations, modes, work.
// Nothing is left out but what a case names with its reason:
//
//   - fails: what a statement that fails on the server would have done is not
//     known; Effects must answer all the same;
//   - differs: the whole answer, or by except that on one relation;
//   - unknown: what Effects says more than the record.
//
// An index or an owned sequence that Effects does not name must be locked no
// stronger, and cost no more, than Effects says of its table.
func TestAgreement(t *testing.T) {
	cases := readCases(t)
	var compared, failing, differing, upperBounds, relations, excepted int
	var missing []string
	needed := map[*lockCase][]string{} // the directives that leave something out
	for _, major := range majors {
		records := readRecords(t, major)
		for _, c := range cases {
			if major < c.since || major > c.until {
				continue
			}
			r := records[c.name]
			if r == nil {
				missing = append(missing, fmt.Sprintf("%s on %d", c.name, major))
				continue
			}
			p := prepare(t, c)
			a := agreement{c: c, r: r, p: p, effects: Effects(p.statement, p.catalog, p.session, major)}
			if r.Block != "" && (r.Block != "25001" || r.Alone != "" || c.inBlockOnly) {
				needed[c] = append(needed[c], "fails")
				if c.fails == "" && !c.inBlockOnly {
					t.Errorf("%d: %s fails with %s %s, which the case does not say", major, c.name, r.Block, r.Alone)
				}
				failing++
				continue
			}
			a.compare()
			needed[c] = append(needed[c], a.excepted...)
			if len(a.differences) > 0 {
				needed[c] = append(needed[c], "differs")
			}
			if slices.ContainsFunc(a.effects, func(e Effect) bool { return e.Unknown != "" }) {
				needed[c] = append(needed[c], "unknown")
			}
			if c.differs != "" {
				differing++
				continue
			}
			for _, d := range a.differences {
				t.Errorf("%d %s: %s\n\t%s", major, c.name, d, c.statement)
			}
			compared++
			relations += a.compared
			excepted += len(a.excepted)
			if c.unknown != "" {
				upperBounds++
			}
		}
	}
	if len(missing) > 0 {
		t.Fatalf("%d cases are not recorded (run go test -run TestRecord -update): %s, …", len(missing), missing[0])
	}
	for _, c := range cases {
		has := slices.Collect(maps.Keys(c.except))
		for directive, reason := range map[string]string{"fails": c.fails, "differs": c.differs, "unknown": c.unknown} {
			if reason != "" {
				has = append(has, directive)
			}
		}
		for _, directive := range has {
			if !slices.Contains(needed[c], directive) {
				t.Errorf("%s: %s is not needed", c.name, directive)
			}
		}
	}
	t.Logf("%d cases on %d servers: %d comparisons of %d relations, of them %d upper bounds; left out for a named reason: %d that fail on the server, %d that differ, %d relations",
		len(cases), len(majors), compared, relations, upperBounds, failing, differing, excepted)
}

// agreement compares one answer with one record.
type agreement struct {
	c       *lockCase
	r       *record
	p       prepared
	effects []Effect

	differences []string
	compared    int      // relations
	excepted    []string // relations that differ and that the case excepts
}

func (a *agreement) compare() {
	fail := func(format string, args ...any) { a.differences = append(a.differences, fmt.Sprintf(format, args...)) }
	got := a.strongest()
	unknown := a.c.unknown
	waits := false
	for _, e := range a.effects {
		if !a.p.catalog.HasRelation(e.Relation) {
			if !e.MayBeMissing() {
				fail("%s is not there", text(e.Relation))
			}
			continue
		}
		waits = waits || e.Waits
		if unknown == "" && e.Unknown != "" {
			fail("unknown %q", e.Unknown)
		}
	}
	if waits != a.r.Waits {
		fail("waits %v, server %v", waits, a.r.Waits)
	}
	if unknown != "" && !slices.ContainsFunc(a.effects, func(e Effect) bool { return e.Unknown == unknown }) {
		fail("no effect says unknown %q", unknown)
	}
	recorded := map[string]relation{}
	for _, r := range a.r.Relations {
		recorded[r.Name] = r
	}
	names := slices.Sorted(maps.Keys(recorded))
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := recorded[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		a.compared++
		r := recorded[name]
		e, named := got[name]
		difference := a.difference(r, e)
		if !named && strings.Contains("iIS", r.Kind) { // an index or a sequence of a table
			difference = a.beyond(r, got[r.Of])
		}
		switch {
		case difference == "":
		case a.c.except[name] != "":
			a.excepted = append(a.excepted, name)
		default:
			fail("%s: %s", name, difference)
		}
	}
}

// strongest is what Effects says of each relation, all commands together.
func (a *agreement) strongest() map[string]Effect {
	got := map[string]Effect{}
	for _, e := range a.effects {
		if !a.p.catalog.HasRelation(e.Relation) {
			continue
		}
		old, ok := got[text(e.Relation)]
		if !ok {
			old = e
		}
		old.Mode, old.Work = max(old.Mode, e.Mode), max(old.Work, e.Work)
		got[text(e.Relation)] = old
	}
	return got
}

// difference says how an effect differs from the record, "" if it does not.
func (a *agreement) difference(r relation, e Effect) string {
	mode, work := r.mode(), r.work()
	atLeast := a.c.unknown != ""
	switch {
	case e.Mode != mode && !(atLeast && e.Mode > mode):
		return fmt.Sprintf("%s, server %s", e.Mode, mode)
	case e.Work == RowChanges, e.Work == RowReads && work <= ValidationScan: // what a query reads is the planner's choice
	case e.Work != work && !(atLeast && e.Work > work):
		return fmt.Sprintf("%s, server %s", e.Work, work)
	}
	return ""
}

// beyond says where the record of an index or sequence goes beyond the effect
// on its table.
func (a *agreement) beyond(r relation, table Effect) string {
	work := r.work()
	switch {
	case r.mode() > table.Mode:
		return fmt.Sprintf("nothing, server %s; its table %s", r.mode(), table.Mode)
	case r.Kind == "i" && work > table.Work:
		return fmt.Sprintf("nothing, server %s; its table %s", work, table.Work)
	}
	return ""
}

// mode is the strongest lock that was recorded.
func (r relation) mode() Mode {
	mode, _ := ParseMode(r.Mode)
	return mode
}

// work is the strongest work that was recorded.
func (r relation) work() Work {
	switch {
	case r.Kind == "S", r.Emptied: // one row, and none
		return CatalogOnly
	case r.NewFile && !(r.Kind == "i" && r.Built):
		return TableRewrite
	case r.Built:
		return IndexBuild
	case r.Scanned:
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
			k := key{e.Relation, e.Index, e.Command, e.Transaction}
			if seen[k] {
				t.Errorf("%s: two effects of one command on %s", c.name, text(e.Relation))
			}
			seen[k] = true
			if e.Mode == None || e.Implied != (e.Why != "") && (e.Implied || e.Work != IndexBuild) || e.Pos < p.statement.Pos || e.End > p.statement.End || e.Pos >= e.End {
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
