package catalog

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/migration"
)

// String returns the name as SQL writes it, with its schema if it has one:
// public.users, public."User".
func (n Name) String() string {
	if n.Schema == "" {
		return Quote(n.Name)
	}
	return Quote(n.Schema) + "." + Quote(n.Name)
}

// Compare orders names by schema, then by name, in byte order.
func (n Name) Compare(m Name) int {
	return cmp.Or(strings.Compare(n.Schema, m.Schema), strings.Compare(n.Name, m.Name))
}

// Quote returns an identifier as SQL writes it: in double quotes where it
// needs them, and a placeholder as the file writes it.
func Quote(identifier string) string {
	if isPlain(identifier) && !builtin.ReservedWord(identifier) {
		return identifier
	}
	if placeholder, ok := migration.AsPlaceholder(identifier); ok {
		return placeholder
	}
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}

func isPlain(identifier string) bool {
	for i := range len(identifier) {
		switch b := identifier[i]; {
		case b >= 'a' && b <= 'z', b == '_':
		case i > 0 && (b >= '0' && b <= '9' || b == '$'):
		default:
			return false
		}
	}
	return identifier != ""
}

// maxIdentifier is NAMEDATALEN - 1.
const maxIdentifier = 63

// clip shortens to at most n bytes, at the end of a character, as
// pg_mbcliplen does.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
