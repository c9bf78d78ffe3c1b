package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// Object is what a statement names as a whole: a relation, type, function,
// schema, extension or database.
type Object struct {
	Kind pg_query.ObjectType
	Name Name // without a schema where the kind has none
	// Known is true if a statement has shown it. What no statement has shown
	// is BornBefore.
	Known bool
	Birth Birth
	// Trigger is true for a function that only triggers can call.
	Trigger bool
	// Owned is true for a sequence that belongs to a column.
	Owned bool
}

// Object finds what DROP, RENAME or SET SCHEMA names: by relation if the
// statement has one, or by the node that stands for the name.
func (c *Catalog) Object(kind pg_query.ObjectType, node *pg_query.Node, relation *pg_query.RangeVar) Object {
	o := Object{Kind: kind, Birth: BornBefore}
	switch kind {
	case pg_query.ObjectType_OBJECT_SCHEMA, pg_query.ObjectType_OBJECT_EXTENSION, pg_query.ObjectType_OBJECT_DATABASE:
		o.Name.Name = node.GetString_().GetSval()
		if origin, ok := c.unqualified[unqualified{kind, o.Name.Name}]; ok {
			c.born(&o, origin)
		}
	case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMAIN:
		names := node.GetTypeName().GetNames()
		if node.GetTypeName() == nil {
			names = node.GetList().GetItems() // not DROP
		}
		o.Name = c.resolveType(c.listName(names))
		c.typeObject(&o)
	case pg_query.ObjectType_OBJECT_FUNCTION, pg_query.ObjectType_OBJECT_PROCEDURE,
		pg_query.ObjectType_OBJECT_ROUTINE, pg_query.ObjectType_OBJECT_AGGREGATE:
		function := node.GetObjectWithArgs()
		o.Name = c.resolveFunction(function.GetObjname())
		for _, i := range c.matching(o.Name, function) {
			f := c.functions[o.Name][i]
			c.born(&o, f.Origin)
			o.Trigger = f.IsTrigger() || f.Returns.Schema == "" && f.Returns.Name == "event_trigger"
		}
	default:
		if o.Name = c.ResolveList(node.GetList().GetItems()); relation != nil {
			o.Name = c.Resolve(relation)
		}
		o.Known, o.Birth = c.isKind(o.Name, kind), c.Birth(o.Name)
		if s := c.sequences[o.Name]; s != nil {
			o.Owned = s.OwnedBy.Name != ""
		}
	}
	return o
}

// isKind reports whether the catalog shows a relation, and not as something
// that the statement cannot mean: then it has been replaced where nobody saw it.
func (c *Catalog) isKind(n Name, kind pg_query.ObjectType) bool {
	t := c.tables[n]
	switch kind {
	case pg_query.ObjectType_OBJECT_VIEW:
		return t != nil && t.Kind == View
	case pg_query.ObjectType_OBJECT_MATVIEW:
		return t != nil && t.Kind == MaterializedView
	}
	return c.HasRelation(n)
}

func (c *Catalog) typeObject(o *Object) {
	switch n := o.Name; {
	case c.enums[n] != nil:
		c.born(o, c.enums[n].Origin)
	case c.domains[n] != nil:
		c.born(o, c.domains[n].Origin)
	case c.tables[n] != nil:
		c.born(o, c.tables[n].Origin)
	default:
		if origin, ok := c.otherTypes[n]; ok {
			c.born(o, origin)
		}
	}
}

func (c *Catalog) born(o *Object, origin Origin) { o.Known, o.Birth = true, c.BirthOf(origin) }
