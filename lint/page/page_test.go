package page_test

import (
	"testing"

	"github.com/premortem-lint/premortem/lint/page"
)

const doc = "# drop-column\r\n" + `
DROP COLUMN destroys the column's
values.

## What PostgreSQL does

It takes an ACCESS EXCLUSIVE lock, which is ` + "`pg_locks.mode`" + ` of a [strong kind](https://example.org/locks).

- one item that is long enough to be wrapped
  and goes on
- two

` + "```sql runner=goose" + `
ALTER TABLE users DROP COLUMN email, DROP COLUMN a_very_long_name_for_a_column;

-- done
` + "```" + `
## References
- [Locks](https://www.postgresql.org/docs/current/explicit-locking.html)
`

func TestPlain(t *testing.T) {
	const want = `drop-column
===========

DROP COLUMN destroys the column's values.

WHAT POSTGRESQL DOES

It takes an ACCESS EXCLUSIVE lock, which
is ` + "`pg_locks.mode`" + ` of a strong kind:
https://example.org/locks.

- one item that is long enough to be
  wrapped and goes on
- two

    ALTER TABLE users DROP COLUMN email, DROP COLUMN a_very_long_name_for_a_column;

    -- done

REFERENCES

- Locks:
  https://www.postgresql.org/docs/current/explicit-locking.html
`
	if got := page.Plain(doc, 41); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := page.Plain("", 80); got != "" {
		t.Errorf("empty page: %q", got)
	}
}

func TestSummary(t *testing.T) {
	if got, want := page.Summary(doc), "DROP COLUMN destroys the column's values."; got != want {
		t.Errorf("Summary = %q, want %q", got, want)
	}
	if got := page.Summary("# title\n"); got != "" {
		t.Errorf("Summary = %q", got)
	}
}
