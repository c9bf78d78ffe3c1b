package catalog

import (
	"strings"
	"unicode"
)

// Doubt takes in a text that nobody could analyse, such as a definition inside
// of a DO block: the tables that it names may have more than the catalog shows.
func (c *Catalog) Doubt(text string) {
	seen := map[string]bool{}
	doubt := func(word string) {
		if seen[word] {
			return
		}
		seen[word] = true
		for _, n := range c.namesakes.of(Name{Name: word}) {
			if !c.tables[n].Doubted {
				c.edit(n, func(t *Table) { t.Complete, t.Doubted = false, true })
			}
		}
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		doubt(w)
		doubt(strings.ToLower(w))
	}
}
