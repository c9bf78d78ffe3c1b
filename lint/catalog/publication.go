package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// editPublication changes a copy of a publication and publishes it.
func (c *Catalog) editPublication(name string, change func(*Publication)) {
	p := Publication{Name: name}
	if old := c.publications[name]; old != nil {
		p = *old
	}
	change(&p)
	put(&c.journal, c.publications, name, &p)
}

func (c *Catalog) createPublication(s *pg_query.CreatePublicationStmt) {
	put(&c.journal, c.publications, s.GetPubname(), &Publication{Name: s.GetPubname(), AllTables: s.GetForAllTables()})
	c.publish(s.GetPubname(), s.GetPubobjects(), true)
}

func (c *Catalog) alterPublication(s *pg_query.AlterPublicationStmt) {
	if len(s.GetPubobjects()) == 0 {
		return // SET (options)
	}
	if s.GetAction() == pg_query.AlterPublicationAction_AP_SetObjects {
		c.editPublication(s.GetPubname(), func(p *Publication) { p.Tables, p.Schemas = nil, nil })
	}
	c.publish(s.GetPubname(), s.GetPubobjects(), s.GetAction() != pg_query.AlterPublicationAction_AP_DropObjects)
}

// publish adds objects to a publication or takes them out.
func (c *Catalog) publish(name string, objects []*pg_query.Node, add bool) {
	c.editPublication(name, func(p *Publication) {
		for _, o := range objects {
			object := o.GetPublicationObjSpec()
			switch object.GetPubobjtype() {
			case pg_query.PublicationObjSpecType_PUBLICATIONOBJ_TABLES_IN_SCHEMA:
				p.Schemas = member(p.Schemas, object.GetName(), add)
			case pg_query.PublicationObjSpecType_PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA:
				p.Schemas = member(p.Schemas, c.creationSchema(), add)
			default:
				if table := object.GetPubtable(); table != nil {
					p.Tables = member(p.Tables, c.Resolve(table.GetRelation()), add)
				}
			}
		}
	})
}

func member[T comparable](list []T, x T, in bool) []T {
	if !in {
		return without(list, x)
	}
	if slices.Contains(list, x) {
		return list
	}
	return with(list, x)
}
