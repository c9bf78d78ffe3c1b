package pgx

import "context"

type Conn struct{}

type Batch struct{}

func (b *Batch) Queue(query string, arguments ...any) {}

func (c *Conn) Exec(ctx context.Context, sql string, arguments ...any) (string, error) {
	return "", nil
}
func (c *Conn) SendBatch(ctx context.Context, b *Batch) BatchResults { return nil }
func (c *Conn) Begin(ctx context.Context) (Tx, error)                { return nil, nil }

type BatchResults interface{ Close() error }

type Tx interface {
	Exec(ctx context.Context, sql string, arguments ...any) (string, error)
	Commit(ctx context.Context) error
}
