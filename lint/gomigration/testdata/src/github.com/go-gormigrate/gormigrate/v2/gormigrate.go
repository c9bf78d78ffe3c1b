package gormigrate

import "gorm.io/gorm"

type Migration struct {
	ID                string
	Migrate, Rollback func(*gorm.DB) error
}
