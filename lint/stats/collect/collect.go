// Package collect asks a PostgreSQL server for the statistics of a database. It is
// apart from package stats, so that only who asks links a driver.
package collect

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/stats"
)

// Collect reads the catalogs and the statistics views of a database (dsn: a URL or
// key=value pairs, as libpq reads them, with what the PG… environment variables add)
// in one read-only transaction with a statement_timeout and a lock_timeout. It takes
// no lock on any table of the project and reads none of their rows. Relations of
// extensions and temporary ones are left out.
func Collect(ctx context.Context, dsn string) (_ *stats.Stats, err error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = "premortem stats"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	// Alone in their messages: a server behind a pooler sees each of them.
	for _, set := range []string{"SET LOCAL statement_timeout = '10s'", "SET LOCAL lock_timeout = '1s'", "SET LOCAL search_path = pg_catalog"} {
		if _, err := tx.Exec(ctx, set); err != nil {
			return nil, err
		}
	}
	s := &stats.Stats{Format: stats.Format, Tables: []stats.Table{}}
	var version int
	err = tx.QueryRow(ctx, server).Scan(&version, &s.Collected, &s.CountedSeconds)
	if err != nil {
		return nil, err
	}
	s.Server, s.Collected = version/10000, s.Collected.UTC().Truncate(time.Second)
	c := collector{tx: tx, byID: map[uint32]*stats.Table{}, parents: map[uint32]uint32{}}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{{"tables", c.tables}, {"columns", c.columns}, {"indexes", c.indexes}, {"foreign keys", c.foreignKeys}, {"partitions", c.partitions}} {
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.what, err)
		}
	}
	for _, t := range c.byID {
		s.Tables = append(s.Tables, *t)
	}
	sort.Slice(s.Tables, func(i, j int) bool {
		a, b := s.Tables[i], s.Tables[j]
		return a.Schema < b.Schema || a.Schema == b.Schema && a.Name < b.Name
	})
	return s, nil
}

const server = `SELECT current_setting('server_version_num')::int, now(),
  extract(epoch FROM now() - coalesce(
    (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()),
    pg_postmaster_start_time()))::bigint`

type collector struct {
	tx      pgx.Tx
	byID    map[uint32]*stats.Table
	parents map[uint32]uint32 // of partitions
}

// ours leaves out what belongs to the system, to extensions and to sessions.
const ours = `c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

// each calls scan for each row of a query about the tables.
func (c *collector) each(ctx context.Context, query string, scan func(pgx.Rows) error) error {
	rows, err := c.tx.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// tables: before the first VACUUM or ANALYZE, reltuples is -1 (0 up to
// PostgreSQL 13) and relpages 0; the statistics system counts rows even so.
func (c *collector) tables(ctx context.Context) error {
	return c.each(ctx, `
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind = 'p',
  CASE WHEN c.relkind = 'p' THEN NULL
    WHEN c.reltuples > 0 OR c.reltuples = 0 AND c.relpages > 0 THEN c.reltuples::bigint
    ELSE s.n_live_tup END,
  (c.relpages + coalesce(toast.relpages, 0))::bigint * current_setting('block_size')::bigint,
  coalesce((SELECT sum(i.relpages) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid), 0)::bigint * current_setting('block_size')::bigint,
  coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0),
  coalesce(s.n_tup_ins, 0) + coalesce(s.n_tup_upd, 0) + coalesce(s.n_tup_del, 0)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE `+ours, func(r pgx.Rows) error {
		var id uint32
		var partitioned bool
		t := &stats.Table{Columns: []string{}, Indexes: []stats.Index{}, ForeignKeys: []stats.ForeignKey{}}
		if err := r.Scan(&id, &t.Schema, &t.Name, &partitioned, &t.Rows, &t.Bytes, &t.IndexBytes, &t.Reads, &t.Writes); err != nil {
			return err
		}
		if partitioned {
			t.Bytes, t.IndexBytes, t.Reads, t.Writes = 0, 0, 0, 0 // the partitions'
		}
		c.byID[id] = t
		return nil
	})
}

func (c *collector) columns(ctx context.Context) error {
	return c.each(ctx, `
SELECT a.attrelid, a.attname::text FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND `+ours+` ORDER BY a.attrelid, a.attnum`, func(r pgx.Rows) error {
		var id uint32
		var column string
		if err := r.Scan(&id, &column); err != nil {
			return err
		}
		if t := c.byID[id]; t != nil {
			t.Columns = append(t.Columns, column)
		}
		return nil
	})
}

func (c *collector) indexes(ctx context.Context) error {
	return c.each(ctx, `
SELECT x.indrelid, i.relname::text, x.indisvalid FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE `+ours+` ORDER BY x.indrelid, i.relname`, func(r pgx.Rows) error {
		var id uint32
		var index stats.Index
		if err := r.Scan(&id, &index.Name, &index.Valid); err != nil {
			return err
		}
		if t := c.byID[id]; t != nil {
			t.Indexes = append(t.Indexes, index)
		}
		return nil
	})
}

func (c *collector) foreignKeys(ctx context.Context) error {
	return c.each(ctx, `
SELECT k.conrelid, k.conname::text, quote_ident(rn.nspname) || '.' || quote_ident(referenced.relname), k.convalidated
FROM pg_constraint k
JOIN pg_class referenced ON referenced.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = referenced.relnamespace
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND `+ours+` ORDER BY k.conrelid, k.conname`, func(r pgx.Rows) error {
		var id uint32
		var key stats.ForeignKey
		if err := r.Scan(&id, &key.Name, &key.References, &key.Validated); err != nil {
			return err
		}
		if t := c.byID[id]; t != nil {
			t.ForeignKeys = append(t.ForeignKeys, key)
		}
		return nil
	})
}

// partitions adds to each partitioned table what its partitions have.
func (c *collector) partitions(ctx context.Context) error {
	err := c.each(ctx, `
SELECT i.inhrelid, i.inhparent FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relispartition AND c.relkind IN ('r', 'p')`, func(r pgx.Rows) error {
		var partition, parent uint32
		if err := r.Scan(&partition, &parent); err != nil {
			return err
		}
		c.parents[partition] = parent
		return nil
	})
	if err != nil {
		return err
	}
	partitioned := map[uint32]bool{}
	for _, parent := range c.parents {
		partitioned[parent] = true
	}
	for id, leaf := range c.byID {
		if partitioned[id] {
			continue
		}
		for parent, ok := c.parents[id]; ok; parent, ok = c.parents[parent] {
			t := c.byID[parent]
			if t == nil {
				break
			}
			if leaf.Rows != nil {
				sum := *leaf.Rows
				if t.Rows != nil {
					sum += *t.Rows
				}
				t.Rows = &sum
			}
			t.Bytes += leaf.Bytes
			t.IndexBytes += leaf.IndexBytes
			t.Reads += leaf.Reads
			t.Writes += leaf.Writes
		}
	}
	return nil
}
