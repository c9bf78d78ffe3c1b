package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/tree"
)

// definitionKind is what an object with expressions of its own is.
type definitionKind string

const (
	policyDefinition   definitionKind = "policy"
	ruleDefinition     definitionKind = "rule"
	triggerDefinition  definitionKind = "trigger"
	functionDefinition definitionKind = "function"
)

// definitionKey is the full name of an object with expressions of its own. A
// function has its name as the table, and its input types as the name.
type definitionKey struct {
	kind  definitionKind
	table Name
	name  string
}

// definition is what the catalog keeps of such an object. Its names follow
// renames, as PostgreSQL keeps the parsed expressions and not their text.
type definition struct {
	uses   []Use
	origin Origin
}

func (c *Catalog) define(key definitionKey, uses []Use) {
	put(&c.journal, c.definitions, key, definition{uses, c.origin()})
}

func (c *Catalog) renameDefinition(key definitionKey, to string) {
	if d, ok := c.definitions[key]; ok {
		remove(&c.journal, c.definitions, key)
		key.name = to
		put(&c.journal, c.definitions, key, d)
	}
}

// moveDefinitions gives the definitions of a table, or a function, those that
// follow it to its new name; with an empty one, they are dropped.
func (c *Catalog) moveDefinitions(from, to Name, of func(definitionKind) bool) {
	for _, key := range c.definitionKeys(func(key definitionKey, _ definition) bool { return key.table == from && of(key.kind) }) {
		d := c.definitions[key]
		remove(&c.journal, c.definitions, key)
		if key.table = to; to.Name != "" {
			put(&c.journal, c.definitions, key, d)
		}
	}
}

func ofTable(k definitionKind) bool    { return k != functionDefinition }
func ofFunction(k definitionKind) bool { return k == functionDefinition }

// definitionKeys returns the definitions that match, sorted.
func (c *Catalog) definitionKeys(match func(definitionKey, definition) bool) []definitionKey {
	var keys []definitionKey
	for key, d := range c.definitions {
		if match(key, d) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b definitionKey) int {
		if n := a.table.Compare(b.table); n != 0 {
			return n
		}
		return slices.Compare([]string{string(a.kind), a.name}, []string{string(b.kind), b.name})
	})
	return keys
}

// follow renames what views and definitions use.
func (c *Catalog) follow(renamed func(Use) Use) {
	change := func(uses []Use) ([]Use, bool) {
		if !slices.ContainsFunc(uses, func(u Use) bool { return renamed(u) != u }) {
			return nil, false
		}
		changed := slices.Clone(uses)
		for i, u := range changed {
			changed[i] = renamed(u)
		}
		return changed, true
	}
	for n, t := range c.tables {
		if uses, ok := change(t.Uses); ok {
			c.edit(n, func(t *Table) { t.Uses = uses })
		}
	}
	for key, d := range c.definitions {
		if uses, ok := change(d.uses); ok {
			put(&c.journal, c.definitions, key, definition{uses, d.origin})
		}
	}
}

func (c *Catalog) followName(from, to Name, function bool) {
	c.follow(func(u Use) Use {
		if u.Name == from && u.Function == function {
			u.Name = to
		}
		return u
	})
}

func (c *Catalog) followColumn(n Name, from, to string) {
	c.follow(func(u Use) Use {
		if u.Name == n && !u.Function && u.Column == from {
			u.Column = to
		}
		return u
	})
}

func (c *Catalog) createPolicy(s *pg_query.CreatePolicyStmt) {
	n := c.Resolve(s.GetTable())
	c.edit(n, func(t *Table) { t.Policies = member(t.Policies, s.GetPolicyName(), true) })
	c.define(definitionKey{policyDefinition, n, s.GetPolicyName()}, c.policyUses(n, s.GetQual(), s.GetWithCheck()))
}

func (c *Catalog) policyUses(n Name, conditions ...*pg_query.Node) []Use {
	var uses []Use
	for _, condition := range conditions {
		uses = append(uses, c.ExpressionUses(condition, n, n.Name)...)
	}
	return uses
}

// alterPolicy replaces conditions. Which uses were those of the one that it
// replaces is not kept: what the policy used is no longer sure.
func (c *Catalog) alterPolicy(s *pg_query.AlterPolicyStmt) {
	key := definitionKey{policyDefinition, c.Resolve(s.GetTable()), s.GetPolicyName()}
	d, ok := c.definitions[key]
	if !ok || s.GetQual() == nil && s.GetWithCheck() == nil {
		return
	}
	uses := c.policyUses(key.table, s.GetQual(), s.GetWithCheck())
	for _, u := range d.uses {
		u.Sure = false
		uses = append(uses, u)
	}
	put(&c.journal, c.definitions, key, definition{uses, d.origin})
}

func (c *Catalog) createRule(s *pg_query.RuleStmt) {
	n := c.Resolve(s.GetRelation())
	c.edit(n, func(t *Table) { t.Rules = member(t.Rules, s.GetRulename(), true) })
	r := &resolver{c: c}
	rows := &scope{sources: []*source{r.table(n, "new"), r.table(n, "old")}}
	r.expr(s.GetWhereClause(), rows)
	for _, action := range s.GetActions() {
		r.statement(action, rows)
	}
	c.define(definitionKey{ruleDefinition, n, s.GetRulename()}, r.uses)
}

// triggerReads are the uses of a trigger's WHEN and UPDATE OF, and its function.
func (c *Catalog) triggerReads(s *pg_query.CreateTrigStmt, table, function Name) []Use {
	uses := c.ExpressionUses(s.GetWhenClause(), table, "new", "old")
	for _, column := range tree.Strings(s.GetColumns()) {
		uses = append(uses, Use{Name: table, Column: column, Sure: true, Location: -1})
	}
	return append(uses, Use{Name: function, Function: true, Sure: true, Location: -1})
}

// bodyUses are those of a body that is no string: BEGIN ATOMIC or RETURN.
func (c *Catalog) bodyUses(body *pg_query.Node, variables []string) []Use {
	r := &resolver{c: c, variables: variables}
	r.body(body)
	return r.uses
}

func (r *resolver) body(n *pg_query.Node) {
	switch {
	case n.GetList() != nil:
		for _, item := range n.GetList().GetItems() {
			r.body(item)
		}
	case n.GetReturnStmt() != nil:
		r.expr(n.GetReturnStmt().GetReturnval(), &scope{})
	case n != nil:
		r.statement(n, nil)
	}
}

// callsOf reports whether an expression calls a function.
func (c *Catalog) callsOf(n *pg_query.Node, function Name) bool {
	found := false
	if n == nil {
		return false
	}
	tree.Walk(n, func(m proto.Message) bool {
		if call, ok := m.(*pg_query.FuncCall); ok && c.resolveFunction(call.GetFuncname()) == function {
			found = true
		}
		return !found
	})
	return found
}
