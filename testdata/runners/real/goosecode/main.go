// Command goosecode applies the migrations of ../../goose/go-code, one for each
// call, or takes one back. Go migrations are compiled into the program that runs
// them, and goose has one list of them for the whole program.
package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	_ "github.com/premortem-lint/premortem/testdata/runners/goose/go-code"
)

// The arguments are up or down, the directory, and the connection string. The
// output is the name of the file, or nothing when none is left.
func main() {
	direction, dir, dsn := os.Args[1], os.Args[2], os.Args[3]
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		log.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS(dir))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	before, err := p.Status(ctx)
	if err != nil {
		log.Fatal(err)
	}
	slices.SortFunc(before, func(a, b *goose.MigrationStatus) int { return cmp.Compare(a.Source.Version, b.Source.Version) })
	step, state := p.UpByOne, goose.StatePending
	if direction == "down" {
		step, state = p.Down, goose.StateApplied
		slices.Reverse(before)
	}
	i := slices.IndexFunc(before, func(s *goose.MigrationStatus) bool { return s.State == state })
	if i < 0 {
		return
	}
	if _, err := step(ctx); err != nil && !errors.Is(err, goose.ErrNoNextVersion) {
		log.Fatal(err)
	}
	fmt.Println(filepath.Base(before[i].Source.Path))
}
