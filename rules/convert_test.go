package rules_test

import (
	"io/fs"
	"slices"
	"testing/fstest"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
)

// The reasons why a case stays with its runner.
const (
	onlyDown     = "nothing of it is on the way up"
	ownDirective = "it is about what its runner refuses or overlooks"
	ownText      = "it has text that only its runner reads"
	endsBlock    = "it ends the transaction that its runner opened"
	rollsBack    = "it rolls back, prepares or leaves open a transaction"
)

var whyNotConverted = []string{onlyDown, ownDirective, ownText, endsBlock, rollsBack}

// convert writes a case as a project of another runner has it: the same
// statements in the same order, of which the same share a transaction. Or it
// says why it cannot.
func convert(c *linttest.Case, result *lint.Result, r *migration.Runner) (*linttest.Case, string) {
	fsys := fstest.MapFS{}
	other := &linttest.Case{FS: fsys, Options: migration.Options{Runner: r.Name, Schemas: c.Options.Schemas}, Config: c.Config}
	for _, name := range c.Options.Schemas {
		data, err := fs.ReadFile(c.FS, name)
		if err != nil {
			panic(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	for _, h := range result.Histories {
		for _, m := range h.Migrations {
			if m.Direction == migration.Down {
				continue
			}
			units, why := unitsOf(m)
			if why != "" {
				return nil, why
			}
			for _, u := range units {
				for _, text := range u.draft(r) {
					name := r.NameOf(len(fsys)+1, "case")
					fsys[name] = &fstest.MapFile{Data: []byte(text)}
					if m.UnderReview {
						other.Options.Release = append(other.Options.Release, name)
					}
				}
			}
		}
	}
	if len(other.Options.Release) == 0 {
		return nil, onlyDown
	}
	other.Options.Paths = other.Options.Release
	return other, ""
}

// unit is statements that one transaction executes, or that each commit by themselves.
type unit struct {
	statements  []string
	transaction bool
}

func (u unit) draft(r *migration.Runner) []string {
	if u.transaction && len(u.statements) == 1 && (r == migration.Psql || r == migration.GolangMigrate) {
		// These open no transaction for a single statement.
		return unit{[]string{"BEGIN", u.statements[0], "COMMIT"}, r != migration.Psql}.draft(r)
	}
	return r.Draft(u.statements, !u.transaction)
}

// unitsOf cuts a migration where it commits.
func unitsOf(m *migration.Migration) (units []unit, why string) {
	switch {
	case len(m.Problems) > 0:
		return nil, ownDirective
	case slices.ContainsFunc(m.Gaps, func(g migration.Gap) bool { return !g.Inside }),
		slices.ContainsFunc(m.Statements, func(s *migration.Statement) bool { return s.Templated }):
		return nil, ownText
	}
	byRunner := m.Section.Scope == migration.TransactionPerMigration
	inMessage := map[int]int{}
	for _, s := range m.Statements {
		inMessage[s.Message]++
	}
	explicit, message := false, -1 // of the open unit
	for _, s := range m.Statements {
		switch s.Node.GetTransactionStmt().GetKind() {
		case pg_query.TransactionStmtKind_TRANSACTION_STMT_KIND_UNDEFINED,
			pg_query.TransactionStmtKind_TRANS_STMT_SAVEPOINT,
			pg_query.TransactionStmtKind_TRANS_STMT_RELEASE,
			pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
			if byRunner || explicit || message == s.Message || len(s.Node.GetTransactionStmt().GetOptions()) > 0 {
				return nil, endsBlock
			}
			explicit, message = true, -1
			units = append(units, unit{transaction: true})
			continue
		case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:
			if !explicit || s.Node.GetTransactionStmt().GetChain() {
				return nil, endsBlock
			}
			explicit = false
			continue
		default:
			return nil, rollsBack
		}
		shared := byRunner || explicit || inMessage[s.Message] > 1
		last := len(units) - 1
		switch {
		case last >= 0 && explicit, last >= 0 && byRunner,
			last >= 0 && shared && message == s.Message,
			last >= 0 && !shared && !units[last].transaction:
		default:
			units = append(units, unit{transaction: shared})
			last++
		}
		units[last].statements = append(units[last].statements, s.Text())
		if !explicit {
			message = s.Message
		}
	}
	if explicit {
		return nil, rollsBack
	}
	return slices.DeleteFunc(units, func(u unit) bool { return len(u.statements) == 0 }), ""
}
