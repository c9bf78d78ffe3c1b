package lock

import (
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Effect is one lock on one relation with the work done under it. A statement
// has one effect for each relation and command: an ALTER TABLE with two
// commands has two effects on its table.
type Effect struct {
	migration.Range // the clause that causes it, in the file
	Relation        catalog.Name
	// Index is true when Relation is an index.
	Index bool
	Mode  Mode
	Work  Work
	// Implied is true when the statement does not name the relation.
	Implied bool
	// Why says how an implied relation comes in, as a phrase with names:
	// "referenced by orders_user_id_fkey", "default partition of public.events".
	Why string
	// Unknown names what the catalog does not know and the effect depends on:
	// "the type of public.users.email". Mode and Work are then the worst case.
	// Empty: certain.
	Unknown string
	// Waits is true for commands that hold no strong lock while they work but
	// wait for older transactions (the CONCURRENTLY forms).
	Waits bool
	// Command is the 0-based number of the ALTER TABLE command, or 0.
	Command int
}

// Effects returns what the statement does to relations that exist before it
// (a table that it creates itself is left out), strongest named relation
// first, then implied ones by name. Server is a PostgreSQL major, 12 to 18.
// The catalog and the session are those before the statement.
func Effects(s *migration.Statement, c *catalog.Catalog, session *Session, server int) []Effect {
	panic("TODO")
}
