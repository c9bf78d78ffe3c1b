package rules

import (
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// leadingWords are the words that name a statement; nameless are the ones
// between them that do not.
var (
	leadingWords = words("ALTER ANALYZE ATTACH CALL CLUSTER COMMENT COPY CREATE DATABASE DELETE DISCARD DO DOMAIN DROP EXTENSION FULL FUNCTION GRANT INDEX INSERT LOCK MATERIALIZED MERGE PERFORM POLICY PROCEDURE PUBLICATION REFRESH REINDEX RULE SCHEMA SELECT SEQUENCE STATISTICS SUBSCRIPTION SYSTEM TABLE TABLESPACE TRIGGER TRUNCATE TYPE UPDATE VACUUM VIEW WITH")
	nameless     = words("UNIQUE TEMP TEMPORARY UNLOGGED GLOBAL LOCAL OR REPLACE RECURSIVE CONSTRAINT FOREIGN")
)

func words(s string) []string { return strings.Fields(s) }

// statementName is what people call a statement: "CREATE INDEX" for CREATE
// UNIQUE INDEX …, "ALTER TABLE", "UPDATE".
func statementName(s *migration.Statement) string {
	var name []string
	for _, t := range s.Tokens() {
		if t.Kind == migration.LineComment || t.Kind == migration.BlockComment {
			continue
		}
		word := strings.ToUpper(s.TextOf(t.Range))
		if t.Kind == migration.Identifier && slices.Contains(leadingWords, word) {
			name = append(name, word)
		} else if t.Kind != migration.Identifier || !slices.Contains(nameless, word) {
			break
		}
	}
	if len(name) == 0 {
		return "the statement"
	}
	return strings.Join(name, " ")
}

// inTextOrder sorts effects as the clauses that have them stand in the statement.
func inTextOrder(effects []lock.Effect) []lock.Effect {
	slices.SortStableFunc(effects, func(a, b lock.Effect) int { return a.Pos - b.Pos })
	return effects
}
