package lint

import (
	"fmt"
	"strings"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/stats"
)

// Large reports whether work that grows with the table matters: the table is
// among the large tables of the configuration, or large by its statistics. Where
// neither says anything of it, it matters.
func (p *Pass) Large(n catalog.Name) bool {
	if matchesTable(p.Config.LargeTables, n) {
		return true
	}
	if t := p.Config.Stats.Table(n.Schema, n.Name); t != nil {
		return t.Large()
	}
	return len(p.Config.LargeTables) == 0
}

// Hot reports whether the table is among the hot tables of the configuration, or
// hot by its statistics.
func (p *Pass) Hot(n catalog.Name) bool {
	t := p.Config.Stats.Table(n.Schema, n.Name)
	return matchesTable(p.Config.HotTables, n) || t != nil && p.Config.Stats.Hot(t)
}

// verbs say what work does with all of a table.
var verbs = map[lock.Work]string{lock.ValidationScan: "scan", lock.IndexBuild: "index", lock.TableRewrite: "rewrite"}

// sized adds to a message how large the largest table is on which the effects work.
func (p *Pass) sized(message string, d *Diagnostic) string {
	var largest *stats.Table
	verb := ""
	for _, e := range d.Effects {
		t := p.Config.Stats.Table(e.Relation.Schema, e.Relation.Name)
		v := verbs[e.Work]
		if t != nil && v != "" && t.Large() && t.Size() != "" && (largest == nil || t.Bytes > largest.Bytes) {
			largest, verb = t, v
		}
	}
	if largest == nil || strings.Contains(message, largest.Size()) {
		return message
	}
	return fmt.Sprintf("%s (%s to %s)", message, largest.Size(), verb)
}
