package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var alterDomainScansTables = &lint.Rule{
	Name:     "alter-domain-scans-tables",
	Doc:      page("alter-domain-scans-tables"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		alter := p.Statement.Node.GetAlterDomainStmt()
		if alter == nil {
			return nil
		}
		var scans []lock.Effect
		var tables []string
		large := false
		for _, e := range p.Existing() {
			if e.Work == lock.ValidationScan {
				scans = append(scans, e)
				large = large || p.Large(e.Relation)
				tables = append(tables, e.Relation.String())
			}
		}
		if len(scans) == 0 {
			return nil
		}
		d := lint.Diagnostic{
			Message: fmt.Sprintf("%s takes a SHARE lock on %s, which blocks writes until every row is checked; reads go on", alterDomainWords(alter.Subtype), fewInWords(tables, firstNames)),
			Effects: scans,
			Instead: &lint.Instead{Message: "add the constraint NOT VALID, which scans nothing and checks new values, and prove the old ones column by column by a CHECK that is added NOT VALID and validated in a later migration"},
		}
		if alter.Subtype == "V" {
			d.Instead = &lint.Instead{Message: "leave it NOT VALID, which checks new values, and prove the old ones column by column by a CHECK that is added NOT VALID and validated in a later migration"}
		}
		if !large {
			d.Severity = lint.Warning
		}
		p.Report(d)
		return nil
	},
}

func alterDomainWords(subtype string) string {
	switch subtype {
	case "O":
		return "ALTER DOMAIN … SET NOT NULL"
	case "V":
		return "ALTER DOMAIN … VALIDATE CONSTRAINT"
	}
	return "ALTER DOMAIN … ADD"
}
