package goose

import (
	"context"
	"database/sql"
)

func AddMigrationNoTxContext(up, down func(context.Context, *sql.DB) error) {}
