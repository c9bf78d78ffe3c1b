package migration_test

import (
	"testing"
	"testing/fstest"

	"github.com/premortem-lint/premortem/lint/migration"
)

// TestOtherLanguages: where there are only migrations in another language, the error
// says what to do with them.
func TestOtherLanguages(t *testing.T) {
	const (
		django  = "shop/migrations/0001_initial.py"
		alembic = "alembic/versions/ae10_users.py"
		rails   = "db/migrate/20240101000000_create_users.rb"
		unknown = "no migrations found: no directory has the marks of a migration tool that is known (--help lists them); name a directory or a file to lint plain SQL"
	)
	for _, c := range []struct {
		name, text string
		paths      []string
		want       string
	}{
		{django, "class Migration(migrations.Migration):\n", nil, "no migrations found: " + django + " is not in SQL: Django prints it as SQL: manage.py sqlmigrate APP NAME | premortem lint -"},
		{django, "class Migration(migrations.Migration):\n", []string{"shop"}, "no migrations found: " + django + " is not in SQL: Django prints it as SQL: manage.py sqlmigrate APP NAME | premortem lint -"},
		{alembic, "revision = 'ae10'\r\ndown_revision = None\r\n", nil, "no migrations found: " + alembic + " is not in SQL: Alembic prints it as SQL: alembic upgrade FROM:TO --sql | premortem lint -"},
		{rails, "class CreateUsers < ActiveRecord::Migration[8.0]\n", []string{"db"}, "no migrations found: " + rails + " is not in SQL: Rails executes it and prints no SQL"},
		{"shop/migrations/__init__.py", "", nil, unknown},
		{"api/versions/users.py", "def v2(): pass\n", nil, unknown},
		{"api/versions/users.py", "", []string{"api"}, "no migrations found: api holds no SQL files; name the directory of the migrations"},
	} {
		_, err := migration.Load(fstest.MapFS{c.name: {Data: []byte(c.text)}}, migration.Options{Paths: c.paths})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s %v: %v\nwant %s", c.name, c.paths, err, c.want)
		}
	}
}
