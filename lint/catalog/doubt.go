package catalog

import (
	"strings"
	"unicode"
)

// Doubt takes in a text that nobody could analyse, such as a definition inside
// of a DO block: the tables that it names may have more than the catalog shows.
func (c *Catalog) Doubt(text string) {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		words[w], words[strings.ToLower(w)] = true, true
	}
	for n, t := range c.tables {
		if !t.Doubted && words[n.Name] {
			c.edit(n, func(t *Table) { t.Complete, t.Doubted = false, true })
		}
	}
}
