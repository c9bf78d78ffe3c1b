// Package lock knows what a statement does to a running database: which lock
// it takes on which relation, named or not, and which work it does under it.
// Its facts are measured on PostgreSQL servers.
package lock

// Mode is a table-level lock mode, weakest first (manual section 13.3.1).
type Mode uint8

const (
	None Mode = iota
	AccessShare
	RowShare
	RowExclusive
	ShareUpdateExclusive
	Share
	ShareRowExclusive
	Exclusive
	AccessExclusive
)

// Work is what a statement does while it holds a lock, cheapest first.
type Work uint8

const (
	CatalogOnly    Work = iota // independent of the table's size
	ValidationScan             // reads the whole table
	IndexBuild                 // reads the whole table and builds at least one index
	TableRewrite               // writes the whole table and all its indexes anew
	RowChanges                 // DML: as many rows as the statement meets
)
