package migrate

import (
	"context"

	"github.com/uptrace/bun"
)

type Migrations struct{}

func NewMigrations() *Migrations { return nil }

func (m *Migrations) MustRegister(up, down func(ctx context.Context, db *bun.DB) error) {}
