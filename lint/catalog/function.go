package catalog

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// volatilities are the words of CREATE FUNCTION.
var volatilities = map[string]Volatility{"immutable": Immutable, "stable": Stable, "volatile": Volatile}

// isInput reports whether calls give the parameter a value.
func isInput(p *pg_query.FunctionParameter) bool {
	switch p.GetMode() {
	case pg_query.FunctionParameterMode_FUNC_PARAM_OUT, pg_query.FunctionParameterMode_FUNC_PARAM_TABLE:
		return false
	}
	return true
}

// inputTypes are the types of the input arguments, which tell overloads apart.
func (c *Catalog) inputTypes(parameters []*pg_query.Node) []string {
	types := []string{}
	for _, p := range parameters {
		if p := p.GetFunctionParameter(); isInput(p) {
			types = append(types, c.signatureType(p.GetArgType()))
		}
	}
	return types
}

// signatureType is a type without its modifiers.
func (c *Catalog) signatureType(t *pg_query.TypeName) string {
	typ := c.TypeOf(t)
	typ.Mods = nil
	return typ.String()
}

func (c *Catalog) createFunction(s *pg_query.CreateFunctionStmt) {
	f := c.newFunction(s)
	n := f.Name
	if n.Name == "" {
		return
	}
	f.Origin = c.origin()
	c.readFunction(f, s)
	list := slices.Clone(c.functions[n])
	if i := slices.IndexFunc(list, f.sameInputs); i >= 0 {
		f.Origin = list[i].Origin
		list[i] = f
	} else {
		if s.GetReplace() {
			f.Origin.Maybe = true
		}
		list = append(list, f)
	}
	put(&c.journal, c.functions, n, list)
}

// newFunction is the function of a definition, with its signature.
func (c *Catalog) newFunction(s *pg_query.CreateFunctionStmt) *Function {
	f := &Function{
		Name:       c.newListName(s.GetFuncname()),
		Volatility: volatility(s.GetOptions(), Volatile),
		Procedure:  s.GetIsProcedure(),
		Returns:    c.TypeOf(s.GetReturnType()),
		SetOf:      s.GetReturnType().GetSetof(),
		inputs:     c.inputTypes(s.GetParameters()),
	}
	f.Arguments = len(f.inputs)
	for _, n := range s.GetParameters() {
		p := n.GetFunctionParameter()
		parameter := Parameter{Name: p.GetName(), Type: c.TypeOf(p.GetArgType()), Default: p.GetDefexpr() != nil}
		if isInput(p) {
			f.Inputs = append(f.Inputs, parameter)
		}
		if !isInput(p) || p.GetMode() == pg_query.FunctionParameterMode_FUNC_PARAM_INOUT {
			f.Outputs = append(f.Outputs, parameter)
		}
	}
	if s.GetReturnType() == nil {
		switch {
		case len(f.Outputs) == 0:
			f.Returns = Type{Name: "void"}
		case len(f.Outputs) == 1 && !f.Procedure:
			f.Returns = f.Outputs[0].Type
		default:
			f.Returns = Type{Name: "record"}
		}
	}
	return f
}

// Replaces returns the function of a CREATE FUNCTION or PROCEDURE as it would
// be, and the one whose place it would take; nil if the catalog knows none.
func (c *Catalog) Replaces(s *pg_query.CreateFunctionStmt) (now, old *Function) {
	now = c.newFunction(s)
	list := c.functions[now.Name]
	if i := slices.IndexFunc(list, now.sameInputs); i >= 0 {
		old = list[i]
	}
	return now, old
}

// readFunction keeps what a definition says beside its signature.
func (c *Catalog) readFunction(f *Function, s *pg_query.CreateFunctionStmt) {
	f.Definition = c.statement
	f.Language, f.Body = migration.RoutineBody(s)
	f.Parameters = parameterNames(s)
	for _, p := range s.GetParameters() {
		f.types = append(f.types, c.TypeOf(p.GetFunctionParameter().GetArgType()).userType())
	}
	f.types = append(f.types, c.TypeOf(s.GetReturnType()).userType())
	for _, o := range s.GetOptions() {
		if set := o.GetDefElem().GetArg().GetVariableSetStmt(); strings.ToLower(set.GetName()) == "search_path" {
			f.Path = []string{}
			for _, arg := range set.GetArgs() {
				f.Path = appendSchema(f.Path, arg.GetAConst().GetSval().GetSval())
			}
		}
	}
	key := f.key()
	remove(&c.journal, c.definitions, key)
	if s.GetSqlBody() != nil {
		c.define(key, c.bodyUses(s.GetSqlBody(), f.Parameters))
	}
}

// parameterNames are the names of all parameters, "" for those without one.
func parameterNames(s *pg_query.CreateFunctionStmt) []string {
	var names []string
	for _, p := range s.GetParameters() {
		names = append(names, p.GetFunctionParameter().GetName())
	}
	return names
}

func (f *Function) key() definitionKey {
	return definitionKey{functionDefinition, f.Name, strings.Join(f.inputs, ",")}
}

func (f *Function) sameInputs(other *Function) bool { return slices.Equal(f.inputs, other.inputs) }

func volatility(options []*pg_query.Node, otherwise Volatility) Volatility {
	for _, o := range options {
		if e := o.GetDefElem(); e.GetDefname() == "volatility" {
			return volatilities[e.GetArg().GetString_().GetSval()]
		}
	}
	return otherwise
}

// matching returns the positions of the functions that a name with or without
// arguments means.
func (c *Catalog) matching(n Name, o *pg_query.ObjectWithArgs) []int {
	var found []int
	var inputs []string
	for _, argument := range o.GetObjargs() {
		inputs = append(inputs, c.signatureType(argument.GetTypeName()))
	}
	for i, f := range c.functions[n] {
		if o.GetArgsUnspecified() || slices.Equal(f.inputs, inputs) || len(c.functions[n]) == 1 && (len(inputs) == len(f.inputs) || len(f.Outputs) > 0) {
			found = append(found, i)
		}
	}
	return found
}

// HasFunction reports whether the catalog knows a function of the name and
// arguments.
func (c *Catalog) HasFunction(o *pg_query.ObjectWithArgs) bool {
	return len(c.matching(c.resolveFunction(o.GetObjname()), o)) > 0
}

func (c *Catalog) alterFunction(s *pg_query.AlterFunctionStmt) {
	n := c.resolveFunction(s.GetFunc().GetObjname())
	for _, i := range c.matching(n, s.GetFunc()) {
		list := slices.Clone(c.functions[n])
		f := *list[i]
		f.Volatility = volatility(s.GetActions(), f.Volatility)
		list[i] = &f
		put(&c.journal, c.functions, n, list)
	}
}

func (c *Catalog) dropFunction(o *pg_query.ObjectWithArgs, cascade bool) {
	n := c.resolveFunction(o.GetObjname())
	at := c.matching(n, o)
	list := slices.Clone(c.functions[n])
	for i := len(at) - 1; i >= 0; i-- {
		remove(&c.journal, c.definitions, list[at[i]].key())
		list = slices.Delete(list, at[i], at[i]+1)
	}
	if len(list) > 0 {
		put(&c.journal, c.functions, n, list)
		return
	}
	var dependents []Dependent
	if cascade {
		dependents = c.FunctionDependents(n)
		c.dropFunctionTriggers(n)
	}
	remove(&c.journal, c.functions, n)
	c.dropDependents(dependents)
}

// moveFunction renames a function or moves it to another schema.
func (c *Catalog) moveFunction(o *pg_query.ObjectWithArgs, to func(Name) Name) {
	from := c.resolveFunction(o.GetObjname())
	at := c.matching(from, o)
	for i := len(at) - 1; i >= 0; i-- {
		list := slices.Clone(c.functions[from])
		f := *list[at[i]]
		key := f.key()
		f.Name = to(from)
		if d, ok := c.definitions[key]; ok {
			remove(&c.journal, c.definitions, key)
			put(&c.journal, c.definitions, f.key(), d)
		}
		if list = slices.Delete(list, at[i], at[i]+1); len(list) > 0 {
			put(&c.journal, c.functions, from, list)
		} else {
			remove(&c.journal, c.functions, from)
		}
		put(&c.journal, c.functions, f.Name, append(slices.Clone(c.functions[f.Name]), &f))
		if len(c.functions[from]) == 0 {
			c.followName(from, f.Name, true)
		}
		for _, table := range c.triggerUses.of(from) {
			for _, name := range c.triggersCalling(from, table) {
				facts := c.triggers[trigger{table, name}]
				c.forgetTrigger(trigger{table, name})
				facts.function = f.Name
				put(&c.journal, c.triggers, trigger{table, name}, facts)
				c.triggerUses.add(&c.journal, f.Name, table)
			}
		}
	}
}

// dropFunctionsOf drops the functions that take or return values of a type.
func (c *Catalog) dropFunctionsOf(typ Name) {
	for _, n := range c.functionNames() {
		kept := slices.DeleteFunc(slices.Clone(c.functions[n]), func(f *Function) bool { return slices.Contains(f.types, typ) })
		switch len(kept) {
		case len(c.functions[n]):
		case 0:
			dependents := c.FunctionDependents(n)
			c.dropFunctionTriggers(n)
			c.moveDefinitions(n, Name{}, ofFunction)
			remove(&c.journal, c.functions, n)
			c.dropDependents(dependents)
		default:
			put(&c.journal, c.functions, n, kept)
		}
	}
}
