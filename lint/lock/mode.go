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

var modeNames = [...]string{
	None:                 "no",
	AccessShare:          "ACCESS SHARE",
	RowShare:             "ROW SHARE",
	RowExclusive:         "ROW EXCLUSIVE",
	ShareUpdateExclusive: "SHARE UPDATE EXCLUSIVE",
	Share:                "SHARE",
	ShareRowExclusive:    "SHARE ROW EXCLUSIVE",
	Exclusive:            "EXCLUSIVE",
	AccessExclusive:      "ACCESS EXCLUSIVE",
}

// Modes lists the eight modes, weakest first, without None.
func Modes() []Mode {
	return []Mode{AccessShare, RowShare, RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive}
}

// String returns the mode as SQL and the manual write it, such as
// "ACCESS EXCLUSIVE"; "no" for None, so that "%s lock" reads well.
func (m Mode) String() string {
	if int(m) >= len(modeNames) {
		return "unknown"
	}
	return modeNames[m]
}

// ParseMode is the inverse of String for the eight modes. It also reads the
// form of pg_locks.mode, such as "AccessExclusiveLock".
func ParseMode(s string) (Mode, bool) {
	for _, m := range Modes() {
		if s == m.String() || s == m.catalogName() {
			return m, true
		}
	}
	return None, false
}

// catalogName returns the mode as pg_locks.mode has it: "AccessExclusiveLock".
func (m Mode) catalogName() string {
	name := make([]byte, 0, 28)
	upper := true
	for _, b := range []byte(m.String()) {
		if b == ' ' {
			upper = true
			continue
		}
		if !upper {
			b += 'a' - 'A'
		}
		name = append(name, b)
		upper = false
	}
	return string(name) + "Lock"
}

// conflicts has one bit per mode: bit n of conflicts[m] is set when mode m
// conflicts with mode n (manual table 13.2).
var conflicts = [...]uint16{
	None:                 0,
	AccessShare:          1 << AccessExclusive,
	RowShare:             1<<Exclusive | 1<<AccessExclusive,
	RowExclusive:         1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	ShareUpdateExclusive: 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	Share:                1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	ShareRowExclusive:    1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	Exclusive:            1<<RowShare | 1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
	AccessExclusive:      1<<AccessShare | 1<<RowShare | 1<<RowExclusive | 1<<ShareUpdateExclusive | 1<<Share | 1<<ShareRowExclusive | 1<<Exclusive | 1<<AccessExclusive,
}

// Conflicts says whether two transactions cannot hold the modes on one
// relation at once. It is symmetric; None conflicts with nothing.
func (m Mode) Conflicts(other Mode) bool {
	return int(m) < len(conflicts) && other <= AccessExclusive && conflicts[m]&(1<<other) != 0
}

// BlocksReads says whether a SELECT must wait for the lock.
func (m Mode) BlocksReads() bool { return m.Conflicts(AccessShare) }

// BlocksWrites says whether INSERT, UPDATE, DELETE and MERGE must wait for
// the lock.
func (m Mode) BlocksWrites() bool { return m.Conflicts(RowExclusive) }

// Work is what a statement does while it holds a lock, cheapest first.
type Work uint8

const (
	CatalogOnly    Work = iota // independent of the table's size
	RowReads                   // reads as many rows as the statement looks up
	ValidationScan             // reads the whole table
	IndexBuild                 // reads the whole table and builds at least one index
	TableRewrite               // writes the whole table and all its indexes anew
	RowChanges                 // DML: as many rows as the statement meets
)

var workNames = [...]string{
	CatalogOnly:    "catalog-only",
	RowReads:       "row reads",
	ValidationScan: "validation scan",
	IndexBuild:     "index build",
	TableRewrite:   "table rewrite",
	RowChanges:     "row changes",
}

// String returns the work in the words of messages, such as "table rewrite".
func (w Work) String() string {
	if int(w) >= len(workNames) {
		return "unknown"
	}
	return workNames[w]
}

// readsFor is the work on a table that is only read or looked up in while the
// work is done on another: none where there is none.
func readsFor(work Work) Work { return min(work, RowReads) }

// GrowsWithTable says whether the work takes longer the bigger the table is.
// Row reads and changes do not count: they grow with the rows that the
// statement meets, which only the planner and the data know.
func (w Work) GrowsWithTable() bool {
	return w == ValidationScan || w == IndexBuild || w == TableRewrite
}
