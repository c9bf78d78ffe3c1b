//go:build !cgo

package migration

import (
	pgquery "github.com/wasilibs/go-pgquery"
	pgerror "github.com/wasilibs/go-pgquery/parser"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

type parserError = pgerror.Error

// parseSQL parses text as PostgreSQL 17 does. checkSyntax has no cheaper way
// here.
func parseSQL(text string) (*pg_query.ParseResult, error) { return pgquery.Parse(text) }

func checkSyntax(text string) error {
	_, err := pgquery.Parse(text)
	return err
}

// parsePLpgSQL parses a CREATE FUNCTION or DO with a body in PL/pgSQL into JSON.
func parsePLpgSQL(text string) (string, error) { return pgquery.ParsePlPgSqlToJSON(text) }
