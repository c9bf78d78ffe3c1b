package lint_test

import (
	"fmt"
	"testing/fstest"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// A rule of one's own: new tables say what they are for.
var commentMissing = &lint.Rule{
	Name:     "create-table-without-comment",
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetCreateStmt()
		if create == nil {
			return nil
		}
		table := p.Catalog.Resolve(create.Relation)
		for _, later := range p.Migration.Statements[p.Index+1:] {
			if p.Catalog.ResolveList(later.Node.GetCommentStmt().GetObject().GetList().GetItems()) == table {
				return nil
			}
		}
		p.Report(lint.Diagnostic{Message: fmt.Sprintf("CREATE TABLE makes %s without a COMMENT", table)})
		return nil
	},
}

// A program lints with rules of its own, alone or next to those of package rules.
func Example_rule() {
	fsys := fstest.MapFS{
		"00001_tables.sql": {Data: []byte(`-- +goose Up
CREATE TABLE users (id bigint PRIMARY KEY);
COMMENT ON TABLE users IS 'People who can log in';
CREATE TABLE tmp2 (id bigint PRIMARY KEY);
`)},
	}
	histories, err := migration.Load(fsys, migration.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := lint.Run(histories, lint.Config{Rules: []*lint.Rule{commentMissing}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range result.Diagnostics {
		at := d.File.Position(d.Pos)
		fmt.Printf("%s:%d:%d: %s: %s\n", d.File.Name, at.Line, at.Column, d.Severity, d.Message)
	}
	// Output: 00001_tables.sql:4:1: warning: CREATE TABLE makes public.tmp2 without a COMMENT
}
