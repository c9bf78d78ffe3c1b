package tools

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

type User struct{}

var list = []*gormigrate.Migration{second, {
	ID: "3",
	Migrate: func(tx *gorm.DB) error {
		return tx.AutoMigrate(&User{}) // want `not analysed: SQL that GORM writes itself`
	},
}}

var second = &gormigrate.Migration{
	ID: "2",
	Migrate: func(tx *gorm.DB) error {
		return tx.Transaction(func(tx *gorm.DB) error {
			return tx.Exec("CREATE INDEX CONCURRENTLY users_a ON users (a)").Error // want `fails with 25001`
		})
	},
}

// Nothing registers it.
func other(tx *gorm.DB) error { return tx.Exec("DROP TABLE users").Error }
