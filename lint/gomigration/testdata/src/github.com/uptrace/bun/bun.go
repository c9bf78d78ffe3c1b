package bun

import (
	"context"
	"database/sql"
)

type DB struct{ *sql.DB }

type RawQuery struct{}

func (q *RawQuery) Exec(ctx context.Context, dest ...any) (sql.Result, error) { return nil, nil }

func (db *DB) NewRaw(query string, args ...any) *RawQuery { return nil }
