package lock

import (
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// assignment is what SET, RESET, DISCARD ALL or set_config does to one
// parameter.
type assignment struct {
	name    string // in lower case
	text    string
	known   bool // text is what the server will see
	local   bool // until the end of the transaction
	reset   bool // back to the default
	current bool // SET … FROM CURRENT: the value in force
	all     bool // every parameter, back to the default
}

func isTimeout(name string) bool {
	return name == "lock_timeout" || name == "statement_timeout"
}

// assignments returns what the statement sets, in order. ALTER ROLE … SET,
// ALTER DATABASE … SET and ALTER SYSTEM set nothing in this session.
func assignments(n *pg_query.Node) []assignment {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_VariableSetStmt:
		return fromSet(n.VariableSetStmt)
	case *pg_query.Node_DiscardStmt:
		if n.DiscardStmt.GetTarget() == pg_query.DiscardMode_DISCARD_ALL {
			return []assignment{{all: true}}
		}
	case *pg_query.Node_SelectStmt:
		return fromSelect(n.SelectStmt)
	}
	return nil
}

func fromSet(set *pg_query.VariableSetStmt) []assignment {
	a := assignment{name: strings.ToLower(set.GetName()), local: set.GetIsLocal()}
	switch set.GetKind() {
	case pg_query.VariableSetKind_VAR_SET_VALUE:
		a.text, a.known = listText(set.GetArgs())
	case pg_query.VariableSetKind_VAR_SET_CURRENT:
		a.current = true
	case pg_query.VariableSetKind_VAR_SET_DEFAULT, pg_query.VariableSetKind_VAR_RESET:
		a.reset = true
	case pg_query.VariableSetKind_VAR_RESET_ALL:
		a.all = true
	default: // SET TRANSACTION, SET SESSION CHARACTERISTICS
		return nil
	}
	return []assignment{a}
}

// fromSelect finds set_config('name', 'value', is_local) where migrations and
// pg_dump write it: as a column of the result, or in FROM.
func fromSelect(s *pg_query.SelectStmt) []assignment {
	var found []assignment
	add := func(n *pg_query.Node) {
		if a, ok := fromCall(n.GetFuncCall()); ok {
			found = append(found, a)
		}
	}
	for _, from := range s.GetFromClause() {
		for _, f := range from.GetRangeFunction().GetFunctions() {
			for _, item := range f.GetList().GetItems() {
				add(item)
			}
		}
	}
	for _, target := range s.GetTargetList() {
		add(target.GetResTarget().GetVal())
	}
	return found
}

func fromCall(call *pg_query.FuncCall) (a assignment, ok bool) {
	name := call.GetFuncname()
	if len(name) == 2 && name[0].GetString_().GetSval() == "pg_catalog" {
		name = name[1:]
	}
	args := call.GetArgs()
	if len(name) != 1 || name[0].GetString_().GetSval() != "set_config" || len(args) != 3 {
		return a, false
	}
	parameter, ok := constantText(args[0])
	if !ok {
		return a, false
	}
	a.name = strings.ToLower(parameter)
	a.local = isTrue(args[2])
	if uncast(args[1]).GetAConst().GetIsnull() {
		a.reset = true
	} else {
		a.text, a.known = constantText(args[1])
	}
	return a, true
}

// listText returns the value of SET as the server puts it together from its
// arguments (flatten_set_variable_args), without the quotes in lists of names.
func listText(args []*pg_query.Node) (text string, known bool) {
	parts := make([]string, len(args))
	for i, arg := range args {
		if parts[i], known = constantText(arg); !known {
			return "", false
		}
	}
	return strings.Join(parts, ", "), true
}

func constantText(n *pg_query.Node) (text string, known bool) {
	switch v := uncast(n).GetAConst().GetVal().(type) {
	case *pg_query.A_Const_Sval:
		return v.Sval.GetSval(), true
	case *pg_query.A_Const_Ival:
		return strconv.Itoa(int(v.Ival.GetIval())), true
	case *pg_query.A_Const_Fval:
		return v.Fval.GetFval(), true
	case *pg_query.A_Const_Boolval:
		return strconv.FormatBool(v.Boolval.GetBoolval()), true
	}
	return "", false
}

// uncast takes casts off, as in '5s'::text.
func uncast(n *pg_query.Node) *pg_query.Node {
	for n.GetTypeCast() != nil {
		n = n.GetTypeCast().GetArg()
	}
	return n
}

// isTrue reads a boolean constant; what is no constant counts as false, so
// that the setting is taken to stay.
func isTrue(n *pg_query.Node) bool {
	text, _ := constantText(n)
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1":
		return true
	}
	return false
}
