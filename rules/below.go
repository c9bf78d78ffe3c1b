package rules

import (
	"fmt"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

// andBelow names locked tables for a message: those that the statement names,
// each with what is below it, and those of views.
type andBelow struct {
	catalog *catalog.Catalog
	named   []lock.Effect
	below   map[catalog.Name]bool
	others  []lock.Effect
}

// add adds the effect on a table.
func (b *andBelow) add(e lock.Effect) {
	byTree := strings.HasPrefix(e.Why, "partition of ") || strings.HasPrefix(e.Why, "inherits from ")
	switch {
	case !e.Implied:
		b.named = append(b.named, e)
	case byTree:
		if b.below == nil {
			b.below = map[catalog.Name]bool{}
		}
		b.below[e.Relation] = true
	default:
		b.others = append(b.others, e)
	}
}

// String returns "public.a and its 12 partitions (public.a_1, …)".
func (b andBelow) String() string {
	var list []string
	for _, e := range b.named {
		name := e.Relation.String()
		if below := b.under(e.Relation); below != "" {
			name += " and " + below
		}
		list = append(list, name)
	}
	for _, e := range b.others {
		list = append(list, e.Relation.String()+" ("+e.Why+")")
	}
	return inWords(list)
}

// firstNames are so many names that a message lists.
const firstNames = 3

// under names the locked tables below a table, the first ones and how many
// they are, and the default partition; "" if there are none.
func (b andBelow) under(table catalog.Name) string {
	var names []string
	inherits, other := false, ""
	for _, n := range b.catalog.Descendants(table) {
		t := b.catalog.Table(n)
		switch {
		case !b.below[n]:
			continue
		case t.PartitionDefault && *t.PartitionOf == table:
			other = n.String()
			continue
		}
		inherits = inherits || t.PartitionOf == nil
		names = append(names, n.String())
	}
	count := len(names)
	if count > firstNames {
		names = append(names[:firstNames], "…")
	}
	text := strings.Join(names, ", ")
	if other != "" {
		count++
		if text != "" {
			text += "; "
		}
		text += "default partition " + other
	}
	switch {
	case count == 0:
		return ""
	case inherits && count == 1:
		return "the table below it (" + text + ")"
	case inherits:
		return fmt.Sprintf("the %d tables below it (%s)", count, text)
	case count == 1:
		return "its partition (" + text + ")"
	}
	return fmt.Sprintf("its %d partitions (%s)", count, text)
}

// ofDefault is the Why of a table that a new partition of the parent concerns
// because it is the default partition, or a part of that.
func ofDefault(parent catalog.Name) string { return "default partition of " + parent.String() }

// scannedDefault names what is scanned of the default partition of a table:
// "the default partition public.d", with its own partitions in parentheses; ""
// if nothing is.
func scannedDefault(p *lint.Pass, parent catalog.Name, effects []lock.Effect) string {
	var scanned []string
	for _, e := range effects {
		if e.Work == lock.ValidationScan && e.Why == ofDefault(parent) {
			scanned = append(scanned, e.Relation.String())
		}
	}
	if len(scanned) == 0 {
		return ""
	}
	name := p.Catalog.Table(parent).DefaultPartition.String()
	if scanned[0] == name {
		return "the default partition " + name
	}
	return "the default partition " + name + " (" + fewInWords(scanned, firstNames) + ")"
}
