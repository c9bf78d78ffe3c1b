package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// opaque reports whether a statement may change the schema in a way that its
// text does not tell, or none that matters here.
func opaque(s *migration.Statement) bool {
	switch n := s.Node.GetNode().(type) {
	case *pg_query.Node_DoStmt, *pg_query.Node_CallStmt, *pg_query.Node_InsertStmt, *pg_query.Node_UpdateStmt, *pg_query.Node_DeleteStmt,
		*pg_query.Node_TransactionStmt, *pg_query.Node_CopyStmt, *pg_query.Node_CreateExtensionStmt, *pg_query.Node_VacuumStmt,
		*pg_query.Node_CreateRoleStmt, *pg_query.Node_AlterRoleStmt, *pg_query.Node_AlterRoleSetStmt, *pg_query.Node_DropRoleStmt,
		*pg_query.Node_CreateEventTrigStmt, *pg_query.Node_CreatedbStmt, *pg_query.Node_AlterDatabaseSetStmt, *pg_query.Node_AlterDatabaseStmt,
		*pg_query.Node_ExecuteStmt:
		return true
	case *pg_query.Node_SelectStmt:
		return n.SelectStmt.GetIntoClause() == nil && !strings.Contains(s.Text(), "set_config")
	case *pg_query.Node_VariableSetStmt:
		return n.VariableSetStmt.GetName() != "search_path"
	}
	return s.Templated
}

// projects returns the folders of real projects, or skips the test.
func projects(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("PREMORTEM_CORPUS")
	if root == "" {
		t.Skip("PREMORTEM_CORPUS names no folder of projects")
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		if e.IsDir() {
			list = append(list, filepath.Join(root, e.Name()))
		}
	}
	return list
}

// TestCorpusAgainstServer runs the SQL files of real projects statement by
// statement, in name order, without down files. What the server refuses
// (extensions are missing) the catalog does not see either.
func TestCorpusAgainstServer(t *testing.T) {
	list := projects(t)
	server := pgtest.Find(t, 17)
	for _, project := range list {
		t.Run(filepath.Base(project), func(t *testing.T) {
			conn := pgtest.Connect(t, server.Database(t))
			c := catalog.New()
			applied, refused := 0, map[string]int{}
			for _, m := range sqlFiles(t, project) {
				m.UnderReview = true // one release: one session
				c.Enter(m)
				for _, s := range m.Statements {
					if opaque(s) {
						continue
					}
					if _, err := conn.Exec(t.Context(), s.Text(), pgx.QueryExecModeSimpleProtocol); err != nil {
						refused[err.Error()]++
						continue
					}
					applied++
					c.Begin()
					c.Apply(s)
					c.Commit()
				}
			}
			total := 0
			for message, n := range refused {
				total += n
				if os.Getenv("REFUSED") != "" {
					t.Log(n, message)
				}
			}
			t.Logf("%d statements applied, %d refused by the server", applied, total)
			compare(t, conn, c)
		})
	}
}

// sqlFiles reads a project's migrations: as its runner does if that is one we
// know, else all SQL files in name order, but not those that take back others.
func sqlFiles(t *testing.T, root string) []*migration.Migration {
	t.Helper()
	var list []*migration.Migration
	histories, err := migration.Load(os.DirFS(root), migration.Options{})
	if err == nil && len(histories) > 0 {
		for _, h := range histories {
			list = append(list, h.Migrations...)
		}
		return list
	}
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".sql" || strings.Contains(strings.ToLower(path), "down") {
			return err
		}
		source, err := os.ReadFile(path)
		list = append(list, migration.ParseFile(&migration.File{Name: path, Source: source}))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
