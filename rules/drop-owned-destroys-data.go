package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var dropOwnedDestroysData = &lint.Rule{
	Name:     "drop-owned-destroys-data",
	Doc:      page("drop-owned-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, role := range p.Statement.Node.GetDropOwnedStmt().GetRoles() {
			if ownsNothing(p, role.GetRoleSpec()) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   mention(p.Statement, role.GetRoleSpec().GetRolename()),
				Message: fmt.Sprintf("DROP OWNED BY %s destroys every table that the role owns in this database, with its data", roleName(role.GetRoleSpec())),
				Instead: &lint.Instead{Message: "give what it owns to another role with REASSIGN OWNED first: DROP OWNED then takes the role's privileges only"},
			})
		}
		return nil
	},
}

// ownsNothing reports whether the migration has given away before what the
// role owns, or has only just created it.
func ownsNothing(p *lint.Pass, role *pg_query.RoleSpec) bool {
	for _, s := range p.Preceding() {
		if create := s.Node.GetCreateRoleStmt(); create != nil && create.Role == role.Rolename {
			return true
		}
		for _, from := range s.Node.GetReassignOwnedStmt().GetRoles() {
			if from.GetRoleSpec().Roletype == role.Roletype && from.GetRoleSpec().Rolename == role.Rolename {
				return true
			}
		}
	}
	return false
}

func roleName(role *pg_query.RoleSpec) string {
	switch role.Roletype {
	case pg_query.RoleSpecType_ROLESPEC_CURRENT_USER:
		return "CURRENT_USER"
	case pg_query.RoleSpecType_ROLESPEC_SESSION_USER:
		return "SESSION_USER"
	case pg_query.RoleSpecType_ROLESPEC_CURRENT_ROLE:
		return "CURRENT_ROLE"
	}
	return quoted(role.Rolename)
}
