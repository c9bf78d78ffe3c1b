package lint

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/stats"
)

// Drift is a difference between the schema that a history leaves and that of the
// database of Config.Stats.
type Drift struct {
	Dir     string // of the history
	Message string // "table public.audit is in the database only"
}

// bookkeeping are the schemas and tables in which migration tools keep what they
// have applied.
var bookkeeping = []string{
	"goose_db_version", "schema_migrations", "gorp_migrations", "schema_version", "flyway_schema_history",
	"databasechangelog", "databasechangeloglock", "_sqlx_migrations", "__diesel_schema_migrations", "_prisma_migrations",
	"__drizzle_migrations", "atlas_schema_revisions", "pgmigrations", "schema_migration", "ar_internal_metadata",
	"alembic_version", "django_migrations",
}

var bookkeepingSchemas = []string{"drizzle", "supabase_migrations", "atlas_schema_revisions", "sqitch", "graphile_migrate"}

// driftOf compares the catalog with the database. What the catalog does not know
// for certain is no difference.
func driftOf(c *catalog.Catalog, s *stats.Stats) []string {
	var found []string
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for i := range s.Tables {
		real := &s.Tables[i]
		name := catalog.Name{Schema: real.Schema, Name: real.Name}
		t := c.Table(name)
		switch {
		case slices.Contains(bookkeeping, real.Name) || slices.Contains(bookkeepingSchemas, real.Schema):
		case t == nil:
			add("table %s is in the database only", name)
		case t.Complete && !t.Doubted:
			compareTable(c, t, real, add)
		}
	}
	for _, t := range c.Tables() {
		kind := t.Kind == catalog.OrdinaryTable || t.Kind == catalog.PartitionedTable || t.Kind == catalog.MaterializedView
		if kind && t.Complete && !t.Doubted && t.Persistence != catalog.Temporary && s.Table(t.Name.Schema, t.Name.Name) == nil {
			add("table %s is in the migrations only", t.Name)
		}
	}
	slices.Sort(found)
	return found
}

func compareTable(c *catalog.Catalog, t *catalog.Table, real *stats.Table, add func(string, ...any)) {
	if t.Kind != catalog.MaterializedView {
		for _, column := range real.Columns {
			if t.Column(column) == nil {
				add("column %s.%s is in the database only", t.Name, catalog.Quote(column))
			}
		}
		for _, column := range t.Columns {
			if !slices.Contains(real.Columns, column.Name) {
				add("column %s.%s is in the migrations only", t.Name, catalog.Quote(column.Name))
			}
		}
	}
	for _, index := range real.Indexes {
		name := catalog.Name{Schema: real.Schema, Name: index.Name}
		switch {
		case !index.Valid && len(t.Children) == 0:
			add("index %s is invalid in the database: no query uses it, and each write keeps it", name)
		case c.Index(name) == nil:
			add("index %s on %s is in the database only", name, t.Name)
		}
	}
	for _, name := range t.Indexes {
		index := c.Index(name)
		if index != nil && index.Parent == nil && !slices.ContainsFunc(real.Indexes, func(i stats.Index) bool { return i.Name == name.Name }) {
			add("index %s on %s is in the migrations only", name, t.Name)
		}
	}
	for _, key := range real.ForeignKeys {
		k := t.Constraint(key.Name)
		switch {
		case k == nil || k.Kind != catalog.ForeignKey:
			add("foreign key %s of %s to %s is in the database only", catalog.Quote(key.Name), t.Name, key.References)
		case k.Validated && !k.Maybe && !key.Validated:
			add("foreign key %s of %s is not validated in the database", catalog.Quote(key.Name), t.Name)
		}
	}
	for _, k := range t.Constraints {
		if k.Kind == catalog.ForeignKey && !k.Maybe && !slices.ContainsFunc(real.ForeignKeys, func(f stats.ForeignKey) bool { return f.Name == k.Name }) {
			add("foreign key %s of %s is in the migrations only", catalog.Quote(k.Name), t.Name)
		}
	}
}
