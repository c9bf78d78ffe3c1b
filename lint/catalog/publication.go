package catalog

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// editPublication changes a copy of a publication and publishes it.
func (c *Catalog) editPublication(name string, change func(*Publication)) {
	p := Publication{Name: name, Changes: true}
	if old := c.publications[name]; old != nil {
		p = *old
	}
	change(&p)
	put(&c.journal, c.publications, name, &p)
}

func (c *Catalog) createPublication(s *pg_query.CreatePublicationStmt) {
	put(&c.journal, c.publications, s.GetPubname(), &Publication{Name: s.GetPubname(), AllTables: s.GetForAllTables(), Changes: publishesChanges(s.GetOptions(), true)})
	c.publish(s.GetPubname(), s.GetPubobjects(), true)
}

func (c *Catalog) alterPublication(s *pg_query.AlterPublicationStmt) {
	if len(s.GetPubobjects()) == 0 { // SET (options)
		c.editPublication(s.GetPubname(), func(p *Publication) { p.Changes = publishesChanges(s.GetOptions(), p.Changes) })
		return
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

// publishesChanges reads the option publish, which lists what is published.
func publishesChanges(options []*pg_query.Node, otherwise bool) bool {
	for _, o := range options {
		if o.GetDefElem().GetDefname() == "publish" {
			list := strings.ToLower(o.GetDefElem().GetArg().GetString_().GetSval())
			return strings.Contains(list, "update") || strings.Contains(list, "delete")
		}
	}
	return otherwise
}

// published reports whether a publication sends UPDATE or DELETE of a table.
func (c *Catalog) published(t *Table) bool {
	for _, p := range c.publications {
		if !p.Changes {
			continue
		}
		if p.AllTables {
			return true
		}
		for up, depth := t, 0; up != nil && depth < maxDepth; depth++ {
			if slices.Contains(p.Schemas, up.Name.Schema) || slices.Contains(p.Tables, up.Name) {
				return true
			}
			if up.PartitionOf == nil {
				break
			}
			up = c.tables[*up.PartitionOf]
		}
	}
	return false
}

// maxDepth is deeper than partitions go.
const maxDepth = 32

// LacksIdentity reports whether UPDATE and DELETE of a table are known to fail
// because it is published and nothing identifies its rows.
func (c *Catalog) LacksIdentity(n Name) bool {
	t := c.tables[n]
	if t == nil || t.Kind != OrdinaryTable || t.Persistence != Permanent {
		return false
	}
	lacks := t.ReplicaIdentity == "nothing" || t.ReplicaIdentity == "" && t.Complete && t.PrimaryKey() == nil
	return lacks && c.published(t)
}
