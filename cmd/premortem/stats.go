package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint/stats/collect"
)

func statsCommand(s *shell) *cobra.Command {
	var dsn, out string
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Write how large and busy a database's tables are, for lint --stats",
		Long: `Write premortem-stats.json: how many rows and bytes each table has, how many
reads and writes were counted, and which columns, indexes and foreign keys there
are. With the file, lint knows which tables are large and hot, says in its
messages how much there is to scan, and reports where the migrations and the
database differ.

It asks in one read-only transaction with a statement_timeout of 10 s and a
lock_timeout of 1 s, locks no table and reads no row of one: the sizes are those
that VACUUM and ANALYZE left. A role that may connect is enough.`,
		Example: `  premortem stats --dsn postgres://readonly@replica/app
  PGHOST=replica PGDATABASE=app premortem stats --out - | jq .tables`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.stats(cmd.Context(), dsn, out) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&dsn, "dsn", "", "the `database`, as a URL or key=value pairs; default: what the PG… environment variables say")
	flags.StringVar(&out, "out", "premortem-stats.json", "the `file` to write, - for standard output")
	return cmd
}

func (s *shell) stats(ctx context.Context, dsn, out string) error {
	if ctx == nil {
		ctx = context.Background()
	}
	measured, err := collect.Collect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("stats: %w", err)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(measured); err != nil {
		return err
	}
	if out == "-" {
		_, err := s.out.Write(text.Bytes())
		return err
	}
	file := out
	if !filepath.IsAbs(file) {
		file = filepath.Join(s.dir, file)
	}
	if err := replaceFile(file, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("stats: %w", err)
	}
	s.say("%s: %d tables of PostgreSQL %d", out, len(measured.Tables), measured.Server)
	return nil
}

// replaceFile writes a file as a whole or not at all.
func replaceFile(name string, text []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
