package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// schema is all that the catalog knows by name.
type schema struct {
	// Relations: one name means one object in the three maps together.
	tables    map[Name]*Table
	indexes   map[Name]*Index
	sequences map[Name]*Sequence

	enums        map[Name]*Enum
	domains      map[Name]*Domain
	otherTypes   map[Name]Origin // range, base and shell types
	functions    map[Name][]*Function
	triggers     map[trigger]triggerFacts
	definitions  map[definitionKey]definition
	publications map[string]*Publication
	unqualified  map[unqualified]Origin
}

// unqualified is a schema, extension or database: what no schema is in.
type unqualified struct {
	kind pg_query.ObjectType
	name string
}

func newSchema() schema {
	return schema{
		tables:       map[Name]*Table{},
		indexes:      map[Name]*Index{},
		sequences:    map[Name]*Sequence{},
		enums:        map[Name]*Enum{},
		domains:      map[Name]*Domain{},
		otherTypes:   map[Name]Origin{},
		functions:    map[Name][]*Function{},
		triggers:     map[trigger]triggerFacts{},
		definitions:  map[definitionKey]definition{},
		publications: map[string]*Publication{},
		unqualified:  map[unqualified]Origin{},
	}
}

// only returns a copy with those entries that another schema has too.
func (s *schema) only(of *schema) schema {
	return schema{
		tables:       only(s.tables, of.tables),
		indexes:      only(s.indexes, of.indexes),
		sequences:    only(s.sequences, of.sequences),
		enums:        only(s.enums, of.enums),
		domains:      only(s.domains, of.domains),
		otherTypes:   only(s.otherTypes, of.otherTypes),
		functions:    only(s.functions, of.functions),
		triggers:     only(s.triggers, of.triggers),
		definitions:  only(s.definitions, of.definitions),
		publications: only(s.publications, of.publications),
		unqualified:  only(s.unqualified, of.unqualified),
	}
}

func only[K comparable, V any](m, of map[K]V) map[K]V {
	kept := make(map[K]V, len(of))
	for k := range of {
		if v, ok := m[k]; ok {
			kept[k] = v
		}
	}
	return kept
}

// Mark is a moment that the catalog can be compared with. It remembers, of what
// has changed since, how it was: zero for what was not there.
type Mark struct{ schema }

// Mark marks this moment. Unmark ends what it costs.
func (c *Catalog) Mark() *Mark {
	m := &Mark{newSchema()}
	c.marks = append(c.marks, m)
	return m
}

// Unmark forgets the moment, and those after it.
func (c *Catalog) Unmark(m *Mark) {
	for i := len(c.marks) - 1; i >= 0; i-- {
		if c.marks[i] == m {
			c.marks = c.marks[:i]
		}
	}
}

// note remembers how an entry of one of the catalog's maps was before its first
// change.
func (m *Mark) note(entries, k, old any) {
	switch entries.(type) {
	case map[Name]*Table:
		noteFirst(m.tables, k, old)
	case map[Name]*Index:
		noteFirst(m.indexes, k, old)
	case map[Name]*Sequence:
		noteFirst(m.sequences, k, old)
	case map[Name]*Enum:
		noteFirst(m.enums, k, old)
	case map[Name]*Domain:
		noteFirst(m.domains, k, old)
	case map[Name]Origin:
		noteFirst(m.otherTypes, k, old)
	case map[Name][]*Function:
		noteFirst(m.functions, k, old)
	case map[trigger]triggerFacts:
		noteFirst(m.triggers, k, old)
	case map[definitionKey]definition:
		noteFirst(m.definitions, k, old)
	case map[string]*Publication:
		noteFirst(m.publications, k, old)
	case map[unqualified]Origin:
		noteFirst(m.unqualified, k, old)
	}
}

func noteFirst[K comparable, V any](m map[K]V, k, old any) {
	if _, noted := m[k.(K)]; !noted {
		m[k.(K)], _ = old.(V)
	}
}
