package rules_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// schemaQuery describes a database's schema by one line for each thing in it,
// without OIDs. The parts of PostgreSQL's own and of extensions are left out:
// OIDs of others begin at 16384, by which catalogs are looked up and not scanned.
const schemaQuery = `
WITH own AS (
	SELECT oid, nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), rel AS (
	SELECT c.*, c.oid::regclass::text AS name FROM pg_class c JOIN own ON own.oid = c.relnamespace
	WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
)
SELECT line FROM (
	SELECT format('schema %I %s', nspname, nspacl) AS line FROM own
	UNION ALL
	SELECT format('extension %s %s in %s', extname, extversion, extnamespace::regnamespace) FROM pg_extension
	UNION ALL
	SELECT format('relation %s: kind %s, persistence %s, populated %s, options %s, access method %s, tablespace %s, owner %s, privileges %s, replica identity %s, row security %s %s, of type %s, partition key %s, partition bound %s, parents %s',
		name, relkind, relpersistence, relispopulated, reloptions, (SELECT amname FROM pg_am WHERE oid = relam), reltablespace, relowner::regrole,
		(SELECT array_agg(p::text ORDER BY p::text) FROM unnest(relacl) p), relreplident, relrowsecurity, relforcerowsecurity, reloftype::regtype,
		pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid),
		(SELECT array_agg(inhparent::regclass || CASE WHEN to_jsonb(i) ->> 'inhdetachpending' = 'true' THEN ' (detach pending)' ELSE '' END ORDER BY inhseqno) FROM pg_inherits i WHERE inhrelid = rel.oid))
	FROM rel WHERE relkind <> 'c'
	UNION ALL
	SELECT format('column %s.%I: number %s, type %s, collation %s, not null %s, default %s, identity %s, generated %s, storage %s, compression %s, statistics %s, options %s, privileges %s, local %s, inherited %s',
		name, attname, row_number() OVER (PARTITION BY rel.oid ORDER BY attnum), format_type(atttypid, atttypmod), nullif(attcollation, 0)::regcollation, attnotnull,
		(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), attidentity, attgenerated,
		attstorage, to_jsonb(a) -> 'attcompression', attstattarget, attoptions,
		(SELECT array_agg(p::text ORDER BY p::text) FROM unnest(attacl) p), attislocal, attinhcount)
	FROM pg_attribute a JOIN rel ON rel.oid = attrelid WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped
	UNION ALL
	SELECT format('constraint %I of %s %s: %s, validated %s, deferrable %s %s, local %s, inherited %s, not inheritable %s, part of %s',
		conname, nullif(conrelid, 0)::regclass, nullif(contypid, 0)::regtype, pg_get_constraintdef(k.oid), convalidated, condeferrable, condeferred, conislocal, coninhcount, contype IN ('c', 'n') AND connoinherit, -- of others it means nothing
		(SELECT conname FROM pg_constraint WHERE oid = k.conparentid))
	FROM pg_constraint k JOIN own ON own.oid = connamespace WHERE k.oid >= 16384
	UNION ALL
	SELECT format('index %s: %s, valid %s, ready %s, immediate %s, clustered %s, replica identity %s, of the constraint %s',
		name, pg_get_indexdef(indexrelid), indisvalid, indisready, indimmediate, indisclustered, indisreplident,
		(SELECT conname FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid AND contype IN ('p', 'u', 'x')))
	FROM pg_index JOIN rel ON rel.oid = indexrelid WHERE indexrelid >= 16384
	UNION ALL
	SELECT format('sequence %s: %s, owned by %s', name, to_jsonb(s) - 'seqrelid' - 'seqtypid' || jsonb_build_object('type', seqtypid::regtype),
		(SELECT array_agg(deptype::text || pg_describe_object(refclassid, refobjid, refobjsubid)) FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = rel.oid AND deptype IN ('a', 'i')))
	FROM pg_sequence s JOIN rel ON rel.oid = seqrelid
	UNION ALL
	SELECT format('view %s: %s', name, pg_get_viewdef(oid)) FROM rel WHERE relkind IN ('v', 'm')
	UNION ALL
	SELECT format('type %s: kind %s, owner %s, privileges %s, labels %s, base %s, not null %s, default %s, collation %s', t.oid::regtype, typtype, typowner::regrole,
		(SELECT array_agg(p::text ORDER BY p::text) FROM unnest(typacl) p),
		(SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
		format_type(typbasetype, typtypmod), typnotnull, typdefault, nullif(typcollation, 0)::regcollation)
	FROM pg_type t JOIN own ON own.oid = typnamespace
	WHERE t.oid >= 16384 AND (typtype IN ('e', 'd', 'r', 'm') OR typtype = 'c' AND typrelid IN (SELECT oid FROM rel WHERE relkind = 'c'))
	UNION ALL
	SELECT format('attribute %s.%I: number %s, type %s', attrelid::regclass, attname, attnum, format_type(atttypid, atttypmod))
	FROM pg_attribute JOIN rel ON rel.oid = attrelid WHERE attrelid >= 16384 AND relkind = 'c' AND NOT attisdropped
	UNION ALL
	SELECT format('function %s: privileges %s, %s', f.oid::regprocedure, (SELECT array_agg(p::text ORDER BY p::text) FROM unnest(proacl) p),
		CASE WHEN prokind <> 'a' THEN pg_get_functiondef(f.oid) END)
	FROM pg_proc f JOIN own ON own.oid = pronamespace
	WHERE f.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = f.oid AND deptype = 'e')
	UNION ALL
	SELECT format('trigger %s: %s, enabled %s', tgname, pg_get_triggerdef(g.oid), tgenabled) FROM pg_trigger g JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal
	UNION ALL
	SELECT format('trigger of the constraint %I on %s: %s, enabled %s', conname, tgrelid::regclass, tgfoid::regproc, tgenabled)
	FROM pg_trigger g JOIN rel ON rel.oid = tgrelid JOIN pg_constraint k ON k.oid = tgconstraint WHERE tgisinternal
	UNION ALL
	SELECT format('event trigger %s on %s: %s, enabled %s', evtname, evtevent, evtfoid::regproc, evtenabled) FROM pg_event_trigger
	UNION ALL
	SELECT format('rule %s, enabled %s', pg_get_ruledef(r.oid), ev_enabled) FROM pg_rewrite r JOIN rel ON rel.oid = ev_class WHERE rulename <> '_RETURN'
	UNION ALL
	SELECT format('policy %s', to_jsonb(p)) FROM pg_policies p
	UNION ALL
	SELECT format('statistics %s, target %s', pg_get_statisticsobjdef(s.oid), stxstattarget) FROM pg_statistic_ext s JOIN own ON own.oid = stxnamespace
	UNION ALL
	SELECT format('publication %s', to_jsonb(p) - 'oid') FROM pg_publication p
	UNION ALL
	SELECT format('table of a publication %s', to_jsonb(p)) FROM pg_publication_tables p
	UNION ALL
	SELECT format('default privileges %s', to_jsonb(p) - 'oid') FROM pg_default_acl p
	UNION ALL
	SELECT format('comment on %s: %s', pg_describe_object(classoid, objoid, objsubid), description) FROM pg_description WHERE objoid >= 16384
) lines ORDER BY line COLLATE "C"`

// schemaOf describes the schema of the connection's database.
func schemaOf(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	// Planning it takes longer than executing it.
	if _, err := conn.Prepare(t.Context(), "schema", schemaQuery); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "schema")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
