package sql

import "context"

type (
	DB        struct{}
	Tx        struct{}
	Conn      struct{}
	Stmt      struct{}
	Row       struct{}
	Rows      struct{}
	TxOptions struct {
		Isolation IsolationLevel
		ReadOnly  bool
	}
	IsolationLevel int
	Result         interface {
		LastInsertId() (int64, error)
		RowsAffected() (int64, error)
	}
)

const (
	LevelDefault IsolationLevel = iota
	LevelReadUncommitted
	LevelReadCommitted
	LevelWriteCommitted
	LevelRepeatableRead
	LevelSnapshot
	LevelSerializable
)

var ErrNoRows, ErrTxDone error

func Open(driver, dsn string) (*DB, error)

func (*DB) Begin() (*Tx, error)
func (*DB) BeginTx(ctx context.Context, o *TxOptions) (*Tx, error)
func (*DB) Close() error
func (*DB) Conn(ctx context.Context) (*Conn, error)
func (*DB) Exec(query string, args ...any) (Result, error)
func (*DB) ExecContext(ctx context.Context, query string, args ...any) (Result, error)
func (*DB) Ping() error
func (*DB) PingContext(ctx context.Context) error
func (*DB) Prepare(query string) (*Stmt, error)
func (*DB) PrepareContext(ctx context.Context, query string) (*Stmt, error)
func (*DB) Query(query string, args ...any) (*Rows, error)
func (*DB) QueryContext(ctx context.Context, query string, args ...any) (*Rows, error)
func (*DB) QueryRow(query string, args ...any) *Row
func (*DB) QueryRowContext(ctx context.Context, query string, args ...any) *Row

func (*Conn) BeginTx(ctx context.Context, o *TxOptions) (*Tx, error)
func (*Conn) Close() error
func (*Conn) ExecContext(ctx context.Context, query string, args ...any) (Result, error)
func (*Conn) PrepareContext(ctx context.Context, query string) (*Stmt, error)
func (*Conn) QueryContext(ctx context.Context, query string, args ...any) (*Rows, error)
func (*Conn) QueryRowContext(ctx context.Context, query string, args ...any) *Row
func (*Conn) Raw(f func(driverConn any) error) error

func (*Tx) Commit() error
func (*Tx) Exec(query string, args ...any) (Result, error)
func (*Tx) ExecContext(ctx context.Context, query string, args ...any) (Result, error)
func (*Tx) Prepare(query string) (*Stmt, error)
func (*Tx) PrepareContext(ctx context.Context, query string) (*Stmt, error)
func (*Tx) Query(query string, args ...any) (*Rows, error)
func (*Tx) QueryContext(ctx context.Context, query string, args ...any) (*Rows, error)
func (*Tx) QueryRow(query string, args ...any) *Row
func (*Tx) QueryRowContext(ctx context.Context, query string, args ...any) *Row
func (*Tx) Rollback() error
func (*Tx) Stmt(s *Stmt) *Stmt

func (*Stmt) Close() error
func (*Stmt) Exec(args ...any) (Result, error)
func (*Stmt) ExecContext(ctx context.Context, args ...any) (Result, error)
func (*Stmt) Query(args ...any) (*Rows, error)
func (*Stmt) QueryContext(ctx context.Context, args ...any) (*Rows, error)
func (*Stmt) QueryRow(args ...any) *Row
func (*Stmt) QueryRowContext(ctx context.Context, args ...any) *Row

func (*Row) Err() error
func (*Row) Scan(dest ...any) error

func (*Rows) Close() error
func (*Rows) Err() error
func (*Rows) Next() bool
func (*Rows) Scan(dest ...any) error
