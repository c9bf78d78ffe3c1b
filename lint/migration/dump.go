package migration

import (
	"bytes"
	"path"
)

// dumpReason is why a dump is no migration, and what it is good for.
const dumpReason = "what pg_dump wrote is no migration: give it as the schema, with --schema or in the configuration"

// isLoneDump reports whether a plain SQL file is a dump of a schema that stands for
// itself, such as Rails' structure.sql and dbmate's schema.sql. A dump with a number
// is the first migration of a directory.
func isLoneDump(t *tree, name string) bool {
	if base := path.Base(name); '0' <= base[0] && base[0] <= '9' {
		return false
	}
	source, err := t.ReadFile(name)
	return err == nil && isDump(source)
}

// isDump knows the header of pg_dump, or, where a tool has taken its comments
// away, the first commands behind it.
func isDump(source []byte) bool {
	settings := [][]byte{[]byte("SET statement_timeout = 0;"), []byte("SET lock_timeout = 0;")}
	for _, line := range eachLine(bytes.TrimPrefix(source, byteOrderMark)) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
		case bytes.HasPrefix(line, []byte("-- PostgreSQL database dump")), bytes.HasPrefix(line, []byte(`\restrict `)):
			return true
		case isCommentLine(line):
		case bytes.Equal(line, settings[0]):
			if settings = settings[1:]; len(settings) == 0 {
				return true
			}
		default:
			return false
		}
	}
	return false
}
