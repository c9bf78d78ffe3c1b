package rules

import (
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// verbs are the words that begin a statement, with those of its object that belong to
// its name; nameless are the words between them that do not.
var (
	objects = words("DATABASE DOMAIN EXTENSION FUNCTION INDEX MATERIALIZED POLICY PROCEDURE PUBLICATION RULE SCHEMA SEQUENCE STATISTICS SUBSCRIPTION SYSTEM TABLE TABLESPACE TRIGGER TYPE VIEW")
	verbs   = map[string][]string{
		"ALTER": objects, "CREATE": objects, "DROP": objects,
		"LOCK": {"TABLE"}, "TRUNCATE": {"TABLE"}, "VACUUM": {"FULL", "ANALYZE"},
		"REFRESH": {"MATERIALIZED", "VIEW"}, "REINDEX": {"DATABASE", "INDEX", "SCHEMA", "SYSTEM", "TABLE"},
		"ANALYZE": nil, "ATTACH": nil, "CALL": nil, "CLUSTER": nil, "COMMENT": nil, "COPY": nil, "DELETE": nil, "DISCARD": nil, "DO": nil,
		"GRANT": nil, "INSERT": nil, "MERGE": nil, "PERFORM": nil, "SELECT": nil, "UPDATE": nil, "WITH": nil,
	}
	nameless = words("UNIQUE TEMP TEMPORARY UNLOGGED GLOBAL LOCAL OR REPLACE RECURSIVE CONSTRAINT FOREIGN")
)

func words(s string) []string { return strings.Fields(s) }

// statementName is what people call a statement: "CREATE INDEX" for CREATE
// UNIQUE INDEX …, "ALTER TABLE", "UPDATE".
func statementName(s *migration.Statement) string {
	var name []string
	var more []string // what the name may go on with
	for _, t := range s.Tokens() {
		if t.Kind == migration.LineComment || t.Kind == migration.BlockComment {
			continue
		}
		word := strings.ToUpper(s.TextOf(t.Range))
		object, verb := verbs[word]
		switch {
		case t.Kind != migration.Identifier:
		case len(name) == 0 && verb:
			name, more = append(name, word), object
			continue
		case slices.Contains(more, word):
			name = append(name, word)
			if word == "MATERIALIZED" || word == "FULL" {
				continue
			}
		case len(name) > 0 && slices.Contains(nameless, word):
			continue
		}
		break
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
