package migrate

type Migration struct {
	Id                                           string
	Up, Down                                     []string
	DisableTransactionUp, DisableTransactionDown bool
}

type MemoryMigrationSource struct{ Migrations []*Migration }
