package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/tree"
)

// Resolve finds what a possibly unqualified name means: the first schema of
// the search_path that has such a relation, else the schema in which it would
// be created.
func (c *Catalog) Resolve(r *pg_query.RangeVar) Name {
	return c.find(Name{r.GetSchemaname(), r.GetRelname()}, c.HasRelation, builtin.SystemRelation)
}

// ResolveList does the same for a name given as a list of String nodes, as
// DROP and COMMENT have it.
func (c *Catalog) ResolveList(names []*pg_query.Node) Name {
	return c.find(c.listName(names), c.HasRelation, builtin.SystemRelation)
}

// ResolveFunction does the same for a function.
func (c *Catalog) ResolveFunction(names []*pg_query.Node) Name { return c.resolveFunction(names) }

// resolveType and resolveFunction do the same for other objects.
func (c *Catalog) resolveType(n Name) Name { return c.find(n, c.hasType, builtin.SystemType) }

func (c *Catalog) resolveFunction(names []*pg_query.Node) Name {
	known := func(n Name) bool { return len(c.functions[n]) > 0 }
	return c.find(c.listName(names), known, nil)
}

// find searches an unqualified name along the search_path. PostgreSQL puts
// temporary objects and pg_catalog in front of it.
func (c *Catalog) find(n Name, known func(Name) bool, system func(string) bool) Name {
	if n.Schema != "" || n.Name == "" {
		return n
	}
	if temp := (Name{tempSchema, n.Name}); known(temp) {
		return temp
	}
	if system != nil && system(n.Name) {
		return Name{systemSchema, n.Name}
	}
	for _, schema := range c.path() {
		if in := (Name{schema, n.Name}); known(in) {
			return in
		}
	}
	return Name{c.creationSchema(), n.Name}
}

// newName is the name of a relation that a statement creates.
func (c *Catalog) newName(r *pg_query.RangeVar) Name {
	switch {
	case r.GetSchemaname() != "":
		return Name{r.GetSchemaname(), r.GetRelname()}
	case r.GetRelpersistence() == "t":
		return Name{tempSchema, r.GetRelname()}
	}
	return Name{c.creationSchema(), r.GetRelname()}
}

// newListName is the name of another object that a statement creates.
func (c *Catalog) newListName(names []*pg_query.Node) Name {
	n := c.listName(names)
	if n.Schema == "" {
		n.Schema = c.creationSchema()
	}
	return n
}

// listName reads a name as it is written; the database in front of it is left out.
func (c *Catalog) listName(names []*pg_query.Node) Name {
	n := Name{Name: tree.Last(names)}
	if len(names) > 1 {
		n.Schema = names[len(names)-2].GetString_().GetSval()
	}
	return n
}
