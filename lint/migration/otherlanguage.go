package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
)

// otherLanguages are migrations that are not read, by the names of their files and
// words in them, with what is there to do.
var otherLanguages = []struct {
	files  *regexp.Regexp
	words  string
	advice string
}{
	{regexp.MustCompile(`(?:^|/)migrations/[0-9]{4}_\w+\.py$`), "migrations.Migration", "Django prints it as SQL: manage.py sqlmigrate APP NAME | premortem lint -"},
	{regexp.MustCompile(`(?:^|/)versions/\w+\.py$`), "down_revision", "Alembic prints it as SQL: alembic upgrade FROM:TO --sql | premortem lint -"},
	{regexp.MustCompile(`(?:^|/)migrate/[0-9]{14}_\w+\.rb$`), "ActiveRecord::Migration", "Rails executes it and prints no SQL"},
}

// inOtherLanguage says of the first file of the directories that is a migration in
// another language what to do; "" where there is none.
func inOtherLanguage(fsys fs.FS, directories []*directory, o Options) string {
	for _, d := range directories {
		for _, base := range d.files {
			name := path.Join(d.name, base)
			for _, other := range otherLanguages {
				if !other.files.MatchString(name) {
					continue
				}
				if text, err := fs.ReadFile(fsys, name); err == nil && bytes.Contains(text, []byte(other.words)) {
					return fmt.Sprintf("%s is not in SQL: %s", o.path(name), other.advice)
				}
			}
		}
	}
	return ""
}
