// Package catalog is the schema as the migrations leave it: replayed from
// statements, without a database.
//
// It is honest about what it has not seen. An object that no statement
// created is nil; a table first seen by ALTER TABLE is there but not
// Complete; what depends on it is Unknown.
package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// Name is a schema-qualified name, folded and unquoted as PostgreSQL stores it.
type Name struct{ Schema, Name string }

// Truth is an answer that may be missing.
type Truth uint8

const (
	Unknown Truth = iota
	No
	Yes
)

// Birth says since when an object exists, as seen from the statement that is
// being judged.
type Birth uint8

const (
	// BornUnknown: the release under review creates it with IF NOT EXISTS,
	// so it may be older.
	BornUnknown Birth = iota
	// BornBefore: it existed before the release; also an object that the
	// catalog has never seen, because a statement that uses it expects it.
	BornBefore
	// BornInRelease: an earlier statement of the release created it, and that
	// may be committed already.
	BornInRelease
	// BornInTransaction: the transaction that is open now created it; nobody
	// else can see it.
	BornInTransaction
)

// Origin says which statement created an object.
type Origin struct {
	Migration   *migration.Migration // nil for a schema seed
	Statement   *migration.Statement // nil for a schema seed
	Transaction int                  // number of the transaction; see Catalog.Begin
	Nested      bool                 // a savepoint was set in the transaction, and not released
	// Maybe is true for IF NOT EXISTS on an object that was not seen before:
	// this statement, or something older, created it.
	Maybe bool
}

// Kind is what a relation is.
type Kind uint8

const (
	OrdinaryTable Kind = iota + 1
	PartitionedTable
	ForeignTable
	View
	MaterializedView
	CompositeType
)

// Persistence is a relation's durability.
type Persistence uint8

const (
	Permanent Persistence = iota
	UnloggedTable
	Temporary
)

// Table is a table, view, materialized view, foreign table or composite type.
// Values are immutable once the catalog has handed them out: a change makes a
// new value.
type Table struct {
	Name        Name
	Kind        Kind
	Persistence Persistence
	Origin      Origin
	// Complete is false when the catalog has not seen the statement that
	// created the table: Columns, Constraints, Indexes, and Triggers then hold
	// only what later statements told.
	Complete    bool
	Columns     []*Column // in order, dropped ones left out
	Constraints []*Constraint
	Indexes     []Name // indexes on this table, constraints' included
	Triggers    []string
	Policies    []string
	Rules       []string

	// OfType is the composite type of a typed table (CREATE TABLE … OF), or zero.
	OfType Name

	Inherits []Name // parents by INHERITS
	Children []Name // direct children: by INHERITS or partitions

	PartitionKey     []string // column names; "" for an expression
	PartitionOf      *Name    // the parent, for a partition
	PartitionDefault bool     // this partition is its parent's default one
	PartitionBound   *pg_query.PartitionBoundSpec
	// DefaultPartition is the direct default partition of a partitioned table.
	DefaultPartition *Name

	Query     *pg_query.Node // of a view or materialized view
	Populated Truth          // of a materialized view
	DependsOn []Name         // relations that a view or materialized view reads
	// Uses are what a view's query used when it was created, with the names
	// that those have now.
	Uses []Use
	// Doubted is true once text that nobody could analyse has named the table:
	// it, or what is known of it, may be gone.
	Doubted bool
	// AccessMethod and Tablespace are "" for the default.
	AccessMethod, Tablespace string
	// ReplicaIdentity is "" (default), "full", "nothing", or an index name.
	ReplicaIdentity string
	RowSecurity     bool
}

// Column is one column of a table.
type Column struct {
	Name      string
	Type      Type
	NotNull   Truth
	Default   *pg_query.Node // nil: none or NULL, or unknown when the table is not Complete
	Generated Generated
	Identity  bool
	Collation string // "" for the type's default
	Origin    Origin
	Retyped   Origin // where ALTER COLUMN TYPE last gave it another type, if it did
	// Parents counts the parents that have the column too. Local is true when
	// the table has it on its own account, and so keeps it when they drop it.
	Parents int
	Local   bool
}

// Generated says how a generated column is kept.
type Generated uint8

const (
	NotGenerated Generated = iota
	Stored
	Virtual
)

// Type is a column's type as format_type knows it.
type Type struct {
	// Schema is "" for types of pg_catalog and for names that are not
	// qualified and not known to the catalog.
	Schema string
	// Name is the internal name: "int4", "varchar", "timestamptz", "bpchar"; "" for unknown.
	Name string
	// Mods are the type modifiers as written: varchar(10) has [10], numeric(8,2) has [8 2].
	Mods  []int32
	Array bool
}

// ConstraintKind is what a constraint demands.
type ConstraintKind uint8

const (
	Check ConstraintKind = iota + 1
	ForeignKey
	PrimaryKey
	Unique
	Exclusion
	NotNull // a named NOT NULL constraint (PostgreSQL 18)
)

// Constraint is a table constraint.
type Constraint struct {
	Name      string // as given, or as PostgreSQL would choose it
	Table     Name
	Kind      ConstraintKind
	Columns   []string
	Validated bool // false after NOT VALID until VALIDATE CONSTRAINT
	Enforced  bool // false after NOT ENFORCED
	NoInherit bool
	Expr      *pg_query.Node // of a CHECK
	Origin    Origin

	// Maybe is true where a branch of a DO block that may not have run added,
	// changed or dropped it.
	Maybe bool

	Referenced        Name     // of a foreign key
	ReferencedColumns []string // of a foreign key; nil: a primary key that the catalog has not seen
	OnDelete          string   // of a foreign key: "", "CASCADE", "SET NULL", …
	Index             Name     // of a primary key, unique or exclusion constraint
	Deferrable        bool

	// Parents counts the parents that have the constraint too. Local is true
	// when the table has it on its own account.
	Parents int
	Local   bool
}

// Index is an index.
type Index struct {
	Name      Name
	Table     Name
	Unique    bool
	Keys      []Key
	Include   []string
	Predicate *pg_query.Node // of a partial index
	Method    string         // "btree", "gin", …
	// Tablespace is "" for the default.
	Tablespace string
	// Columns are all columns that keys, expressions and the predicate read, sorted.
	Columns []string
	// Valid is Unknown after CREATE INDEX CONCURRENTLY, which may have left
	// an invalid index in a run that failed, and IF NOT EXISTS; No after ON ONLY a
	// partitioned table until every partition's index is attached.
	Valid      Truth
	Constraint string // the constraint that owns the index, or ""
	Parent     *Name  // the partitioned index it is attached to
	Origin     Origin
}

// Key is one key of an index.
type Key struct {
	Column     string         // "" for an expression
	Expr       *pg_query.Node // nil for a column
	Opclass    string
	Collation  string
	Descending bool
	NullsFirst bool
}

// Enum is an enum type. Of one that the catalog has not seen created it knows
// the values that were added.
type Enum struct {
	Name   Name
	Origin Origin
	Values []EnumValue // in sort order
}

// EnumValue is one label of an enum type.
type EnumValue struct {
	Label  string
	Origin Origin
}

// Domain is a domain type.
type Domain struct {
	Name        Name
	Base        Type
	Constraints []*Constraint  // CHECKs and NOT NULL
	Default     *pg_query.Node // nil: none
	Origin      Origin
}

// Sequence is a sequence.
type Sequence struct {
	Name    Name
	Type    string // "int2", "int4" or "int8", which ends it; "" when nobody knows
	Start   int64  // of the last START or RESTART; 0: none
	OwnedBy Name   // the table, if owned
	Column  string // the column, if owned
	Origin  Origin
}

// Volatility is a function's promise to the optimizer.
type Volatility uint8

const (
	VolatilityUnknown Volatility = iota
	Immutable
	Stable
	Volatile
)

// Function is a user-defined function or procedure; overloads share a name.
type Function struct {
	Name       Name
	Arguments  int // number of input arguments
	Volatility Volatility
	Origin     Origin

	// Definition is the statement that created it, or replaced it last; nil for
	// a schema seed.
	Definition *migration.Statement
	Language   string
	Body       string   // "" for BEGIN ATOMIC and C
	Parameters []string // names of all parameters
	Path       []string // the search_path that it sets; nil for the caller's

	Procedure bool
	Inputs    []Parameter // IN, INOUT and VARIADIC
	Outputs   []Parameter // OUT, INOUT and those of RETURNS TABLE
	Returns   Type        // "record" for several outputs, "void" for none
	SetOf     bool        // it returns any number of rows

	Doubted bool // as that of a Table

	inputs []string // their types
	types  []Name   // of parameters and result, as far as the catalog may know them
}

// Parameter is a parameter of a function.
type Parameter struct {
	Name    string // "" without one
	Type    Type
	Default bool // calls may leave it out
}

// Publication is a logical replication publication.
type Publication struct {
	Name      string
	AllTables bool
	Schemas   []string
	Tables    []Name
	// Changes: it publishes UPDATE or DELETE, which need a replica identity.
	Changes bool
}
