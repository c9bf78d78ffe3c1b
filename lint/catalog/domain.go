package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

func (c *Catalog) createDomain(s *pg_query.CreateDomainStmt) {
	n := c.newListName(s.GetDomainname())
	put(&c.journal, c.domains, n, &Domain{Name: n, Base: c.TypeOf(s.GetTypeName()), Origin: c.origin()})
	for _, k := range s.GetConstraints() {
		c.addDomainConstraint(n, k.GetConstraint())
	}
}

// editDomain changes a copy of a domain and publishes it.
func (c *Catalog) editDomain(n Name, change func(*Domain)) {
	if old := c.domains[n]; old != nil {
		d := *old
		change(&d)
		for _, k := range old.Constraints {
			c.countConstraint(Name{old.Name.Schema, k.Name}, -1)
		}
		for _, k := range d.Constraints {
			c.countConstraint(Name{d.Name.Schema, k.Name}, +1)
		}
		put(&c.journal, c.domains, n, &d)
	}
}

func (c *Catalog) addDomainConstraint(n Name, def *pg_query.Constraint) {
	k := &Constraint{
		Name:      def.GetConname(),
		Table:     n,
		Validated: !def.GetSkipValidation(),
		Enforced:  true,
		Origin:    c.origin(),
		Local:     true,
	}
	label := "check"
	switch def.GetContype() {
	case pg_query.ConstrType_CONSTR_CHECK:
		k.Kind, k.Expr = Check, def.GetRawExpr()
	case pg_query.ConstrType_CONSTR_NOTNULL:
		k.Kind, label = NotNull, "not_null"
	case pg_query.ConstrType_CONSTR_DEFAULT:
		c.editDomain(n, func(d *Domain) { d.Default = def.GetRawExpr() })
		return
	default:
		return
	}
	if k.Name == "" {
		k.Name = c.chooseConstraint(n.Schema, n.Name, "", label)
	}
	c.editDomain(n, func(d *Domain) { d.Constraints = with(d.Constraints, k) })
}

func (c *Catalog) alterDomain(s *pg_query.AlterDomainStmt) {
	n := c.resolveType(c.listName(s.GetTypeName()))
	if c.domains[n] == nil {
		return
	}
	switch s.GetSubtype() {
	case "T": // SET or DROP DEFAULT
		c.editDomain(n, func(d *Domain) { d.Default = s.GetDef() })
	case "O": // SET NOT NULL
		c.addDomainConstraint(n, &pg_query.Constraint{Contype: pg_query.ConstrType_CONSTR_NOTNULL})
	case "N": // DROP NOT NULL
		c.editDomain(n, func(d *Domain) {
			d.Constraints = slices.DeleteFunc(slices.Clone(d.Constraints), func(k *Constraint) bool { return k.Kind == NotNull })
		})
	case "C": // ADD CONSTRAINT
		c.addDomainConstraint(n, s.GetDef().GetConstraint())
	case "X": // DROP CONSTRAINT
		c.editDomain(n, func(d *Domain) {
			d.Constraints = slices.DeleteFunc(slices.Clone(d.Constraints), func(k *Constraint) bool { return k.Name == s.GetName() })
		})
	case "V": // VALIDATE CONSTRAINT
		c.editDomainConstraint(n, s.GetName(), func(k *Constraint) { k.Validated = true })
	}
}

func (c *Catalog) editDomainConstraint(n Name, name string, change func(*Constraint)) {
	c.editDomain(n, func(d *Domain) {
		d.Constraints = slices.Clone(d.Constraints)
		for i, old := range d.Constraints {
			if old.Name == name {
				k := *old
				change(&k)
				d.Constraints[i] = &k
			}
		}
	})
}

// DomainTables returns what stores values of a domain: the tables and
// materialized views with a column of it, or of a domain over it.
func (c *Catalog) DomainTables(n Name) []*Table {
	return c.tablesWhere(func(t *Table) bool {
		return (t.Kind == OrdinaryTable || t.Kind == MaterializedView) &&
			slices.ContainsFunc(t.Columns, func(column *Column) bool { return c.standsOn(column.Type, n) })
	})
}

// standsOn reports whether a type is the domain or a domain over it.
func (c *Catalog) standsOn(t Type, domain Name) bool {
	for range 32 {
		if t.Schema == "" || t.Array {
			return false
		}
		d := c.domains[Name{Schema: t.Schema, Name: t.Name}]
		if d == nil {
			return false
		}
		if d.Name == domain {
			return true
		}
		t = d.Base
	}
	return false
}
