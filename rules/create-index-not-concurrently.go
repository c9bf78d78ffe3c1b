package rules

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var createIndexNotConcurrently = &lint.Rule{
	Name:     "create-index-not-concurrently",
	Doc:      page("create-index-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || create.Concurrent {
			return nil
		}
		var builds []lock.Effect
		for _, e := range p.Existing() {
			if e.Work == lock.IndexBuild && !e.Index {
				builds = append(builds, e)
			}
		}
		if len(builds) == 0 {
			return nil
		}
		head, _ := p.Statement.Find(p.Statement.Pos, "INDEX")
		head.Pos = p.Statement.Pos
		d := lint.Diagnostic{
			Range:   head,
			Message: "CREATE INDEX " + takes(builds[0]) + " until the index is built" + reads(p, builds[0].Relation),
			Effects: builds,
		}
		table, name := p.Catalog.Resolve(create.Relation), chosenName(p)
		replaces := create.Idxname != "" && dropsFirst(p, catalog.Name{Schema: table.Schema, Name: create.Idxname})
		if t := p.Catalog.Table(table); t != nil && t.Kind == catalog.PartitionedTable {
			until := " until the indexes of all partitions are built" + reads(p, table)
			if builds[0].Unknown != "" { // they may have such indexes
				until = ", and may keep it" + until + unknown(builds[0])
			}
			d.Message = "CREATE INDEX on the partitioned table " + table.String() +
				" takes a SHARE lock on it and " + partitionsOf(p, table) + ", which blocks writes" + until
			d.Instead = onEachPartition(p, table)
		} else if replaces {
			d.Instead = replacePatiently(p)
		} else {
			d.Instead = patiently(p, "build the index CONCURRENTLY, outside a transaction block",
				lint.Step{Statements: []string{concurrently(p, name)}, NoTransaction: true})
		}
		if builds[0].Unknown != "" || !p.Large(table) {
			d.Severity = lint.Warning
		}
		// With IF NOT EXISTS the index may be there, and without a name each try builds one.
		if !create.IfNotExists && !replaces && (create.Idxname != "" || name != "") {
			d.SuggestedFixes = p.Fix(d.Instead)
		}
		p.Report(d)
		return nil
	},
}

// partitionsOf names the partitions that the statement locks.
func partitionsOf(p *lint.Pass, table catalog.Name) string {
	on := andBelow{catalog: p.Catalog}
	for _, e := range p.Existing() {
		if e.Implied {
			on.add(e)
		}
	}
	return cmp.Or(on.under(table), "all its partitions")
}

// nameOfNew is the name of an index until it takes that of the one it replaces.
func nameOfNew(name string) string {
	const suffix = "_new"
	return strings.ToValidUTF8(name[:min(len(name), longestIdentifier-len(suffix))], "") + suffix
}

// replacePatiently builds the index under another name, so that queries and
// unique keys have the old one until then.
func replacePatiently(p *lint.Pass) *lint.Instead {
	create := p.Statement.Node.GetIndexStmt()
	index := catalog.Name{Schema: p.Catalog.Resolve(create.Relation).Schema, Name: create.Idxname}
	next := catalog.Name{Schema: index.Schema, Name: nameOfNew(index.Name)}
	head, _ := p.Statement.Find(p.Statement.Pos, "INDEX")
	named := mentionFrom(p.Statement, head.End, index.Name)
	edits := []lint.TextEdit{after(head, " CONCURRENTLY"), {Range: named, NewText: quoted(next.Name)}}
	if r, ok := p.Statement.Find(head.End, "IF", "NOT", "EXISTS"); ok {
		edits = append(edits, without(p.Statement, r))
	}
	return patiently(p, "build the index CONCURRENTLY under another name, outside a transaction block; leave the old one in place until then",
		lint.Step{Statements: []string{edited(p.Statement, edits...)}, NoTransaction: true},
		lint.Step{Statements: []string{"DROP INDEX CONCURRENTLY IF EXISTS " + index.String()}, NoTransaction: true},
		brief("ALTER INDEX "+next.String()+" RENAME TO "+quoted(index.Name)))
}

// concurrently is CREATE INDEX with CONCURRENTLY, with the chosenName, and without IF
// NOT EXISTS, which would hide the invalid index that a build that failed leaves behind.
func concurrently(p *lint.Pass, name string) string {
	s := p.Statement
	index, _ := s.Find(s.Pos, "INDEX")
	edits := []lint.TextEdit{after(index, " CONCURRENTLY"+name)}
	if r, ok := s.Find(index.End, "IF", "NOT", "EXISTS"); ok {
		edits = append(edits, without(s, r))
	}
	return edited(s, edits...)
}

// chosenName is the name, with a blank before it, that PostgreSQL chooses for the
// index of the statement; "" where the statement has one, or nobody knows.
func chosenName(p *lint.Pass) string {
	create := p.Statement.Node.GetIndexStmt()
	t := p.Catalog.Table(p.Catalog.Resolve(create.Relation))
	if create.Idxname != "" || t == nil || !t.Complete {
		return ""
	}
	name := ""
	p.Catalog.After(p.Statement, func() {
		for _, n := range p.Catalog.Table(t.Name).Indexes {
			if index := p.Catalog.Index(n); index != nil && index.Origin.Statement == p.Statement {
				name = " " + quoted(n.Name)
			}
		}
	})
	return name
}

// fewPartitions are so many that a draft can name each.
const fewPartitions = 8

// onEachPartition creates the index of a partitioned table without building
// it, builds those of the partitions, under the names that PostgreSQL would
// choose, and attaches them.
func onEachPartition(p *lint.Pass, table catalog.Name) *lint.Instead {
	const message = "create the index ON ONLY the partitioned table, build each partition's index CONCURRENTLY, and attach them"
	var create, attach []string
	var builds []lint.Step
	p.Catalog.After(p.Statement, func() {
		all := p.Catalog.Indexes()
		var add func(*catalog.Index)
		add = func(index *catalog.Index) {
			if index.Origin.Statement != p.Statement {
				return // the partition had one already
			}
			if t := p.Catalog.Table(index.Table); t == nil || t.Kind != catalog.PartitionedTable {
				builds = append(builds, lint.Step{Statements: []string{indexOn(p.Statement, index, " CONCURRENTLY", "")}, NoTransaction: true})
				return
			}
			create = append(create, indexOn(p.Statement, index, "", "ONLY "))
			for _, child := range all {
				if child.Parent != nil && *child.Parent == index.Name {
					add(child)
					attach = append(attach, fmt.Sprintf("ALTER INDEX %s ATTACH PARTITION %s", index.Name, child.Name))
				}
			}
		}
		for _, index := range all {
			if index.Table == table {
				add(index)
			}
		}
	})
	if len(create) == 0 || len(builds) > fewPartitions {
		return &lint.Instead{Message: message}
	}
	steps := append([]lint.Step{brief(create...)}, builds...)
	if len(attach) > 0 {
		steps = append(steps, brief(attach...))
	}
	return patiently(p, message, steps...)
}

// indexOn is CREATE INDEX for the table of another index, with its name.
func indexOn(s *migration.Statement, index *catalog.Index, concurrently, only string) string {
	head, _ := s.Find(s.Pos, "INDEX")
	on, _ := s.Find(head.End, "ON")
	table := migration.Range{Pos: on.End, End: on.End}
	for _, t := range s.Tokens() {
		text := s.TextOf(t.Range)
		if t.Pos >= on.End && (text == "(" || strings.EqualFold(text, "USING")) {
			break
		}
		table.End = t.End
	}
	return edited(s, lint.TextEdit{Range: migration.Range{Pos: head.End, End: on.Pos}, NewText: concurrently + " " + quoted(index.Name.Name) + " "},
		lint.TextEdit{Range: table, NewText: " " + only + index.Table.String()})
}
