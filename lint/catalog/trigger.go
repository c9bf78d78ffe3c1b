package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// trigger is a trigger's full name.
type trigger struct {
	table Name
	name  string
}

// triggerFacts are what the catalog keeps of a trigger.
type triggerFacts struct {
	function Name
	row      bool // FOR EACH ROW: partitions get one of their own
	cloned   bool // from the partitioned table above
	fills    bool // BEFORE INSERT FOR EACH ROW: it may give columns their values
}

// Bits of CreateTrigStmt, from the server's catalog/pg_trigger.h.
const (
	triggerBefore = 1 << 1
	triggerInsert = 1 << 2
)

// FillingTrigger returns a trigger of the table that may give columns of new rows
// their values, or "".
func (c *Catalog) FillingTrigger(table Name) string {
	if t := c.tables[table]; t != nil {
		for _, name := range t.Triggers {
			if facts, ok := c.triggers[trigger{table, name}]; !ok || facts.fills {
				return name
			}
		}
	}
	return ""
}

func (c *Catalog) createTrigger(s *pg_query.CreateTrigStmt) {
	table := c.Resolve(s.GetRelation())
	if table.Name == "" {
		return
	}
	function := c.resolveFunction(s.GetFuncname())
	c.setTrigger(trigger{table, s.GetTrigname()}, triggerFacts{
		function: function,
		row:      s.GetRow(),
		fills:    s.GetRow() && s.GetTiming()&triggerBefore != 0 && s.GetEvents()&triggerInsert != 0,
	})
	c.define(definitionKey{triggerDefinition, table, s.GetTrigname()}, c.triggerReads(s, table, function))
}

// setTrigger adds a trigger to a table and, if they get it, to its partitions.
func (c *Catalog) setTrigger(t trigger, facts triggerFacts) {
	if t.table.Name == "" || t.table.Schema == systemSchema {
		return
	}
	c.forgetTrigger(t)
	put(&c.journal, c.triggers, t, facts)
	c.triggerUses.add(&c.journal, facts.function, t.table)
	c.edit(t.table, func(table *Table) { table.Triggers = member(table.Triggers, t.name, true) })
	if facts.row {
		facts.cloned = true
		c.eachPartition(t.table, func(p Name) { c.setTrigger(trigger{p, t.name}, facts) })
	}
}

// dropTrigger takes a trigger off a table and its partitions.
func (c *Catalog) dropTrigger(t trigger) {
	facts := c.triggers[t]
	c.forgetTrigger(t)
	remove(&c.journal, c.definitions, definitionKey{triggerDefinition, t.table, t.name})
	if c.tables[t.table] != nil {
		c.edit(t.table, func(table *Table) { table.Triggers = without(table.Triggers, t.name) })
	}
	if facts.row {
		c.eachPartition(t.table, func(p Name) {
			if own := (trigger{p, t.name}); c.triggers[own].cloned {
				c.dropTrigger(own)
			}
		})
	}
}

// renameTrigger renames a trigger of a table and of its partitions.
func (c *Catalog) renameTrigger(t trigger, to string) {
	if c.tables[t.table] == nil {
		return
	}
	if facts, ok := c.triggers[t]; ok {
		c.forgetTrigger(t)
		put(&c.journal, c.triggers, trigger{t.table, to}, facts)
		c.triggerUses.add(&c.journal, facts.function, t.table)
	}
	c.renameDefinition(definitionKey{triggerDefinition, t.table, t.name}, to)
	c.edit(t.table, func(table *Table) { table.Triggers = replaced(table.Triggers, t.name, to) })
	c.eachPartition(t.table, func(p Name) {
		if own := (trigger{p, t.name}); c.triggers[own].cloned {
			c.renameTrigger(own, to)
		}
	})
}

// forgetTrigger drops what the catalog keeps of a trigger, but its name on the table.
func (c *Catalog) forgetTrigger(t trigger) {
	facts, ok := c.triggers[t]
	if !ok {
		return
	}
	remove(&c.journal, c.triggers, t)
	if len(c.triggersCalling(facts.function, t.table)) == 0 {
		c.triggerUses.remove(&c.journal, facts.function, t.table)
	}
}

// triggersCalling returns the names of a table's triggers that call a function.
func (c *Catalog) triggersCalling(function, table Name) []string {
	var names []string
	if t := c.tables[table]; t != nil {
		for _, name := range t.Triggers {
			if facts, ok := c.triggers[trigger{table, name}]; ok && facts.function == function {
				names = append(names, name)
			}
		}
	}
	return names
}

// dropFunctionTriggers drops the triggers that call a function.
func (c *Catalog) dropFunctionTriggers(function Name) {
	for _, table := range c.triggerUses.of(function) {
		for _, name := range c.triggersCalling(function, table) {
			c.dropTrigger(trigger{table, name})
		}
	}
}
