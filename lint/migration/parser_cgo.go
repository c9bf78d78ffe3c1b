//go:build cgo

package migration

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	pgerror "github.com/pganalyze/pg_query_go/v6/parser"
)

type parserError = pgerror.Error

// parseSQL parses text as PostgreSQL 17 does. checkSyntax does the same but
// makes no tree.
func parseSQL(text string) (*pg_query.ParseResult, error) { return pg_query.Parse(text) }

// parsePLpgSQL parses a CREATE FUNCTION or DO with a body in PL/pgSQL into JSON.
func parsePLpgSQL(text string) (string, error) { return pg_query.ParsePlPgSqlToJSON(text) }

func checkSyntax(text string) error {
	_, err := pg_query.IsUtilityStmt(text)
	return err
}
