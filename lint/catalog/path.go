package catalog

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

const (
	systemSchema = "pg_catalog"
	tempSchema   = "pg_temp"
)

// defaultPath is the search_path of a new session: "$user", public. A schema
// of the user's name is rare, and the files do not tell the name.
var defaultPath = []string{"public"}

// path is the search_path in force, without "$user".
func (c *Catalog) path() []string {
	if c.localPath != nil {
		return *c.localPath
	}
	return c.sessionPath
}

// WithPath calls do while path is the search_path; nil stands for that of a new
// session.
func (c *Catalog) WithPath(path []string, do func()) {
	before := c.localPath
	if path == nil {
		path = defaultPath
	}
	c.localPath = &path
	do()
	c.localPath = before
}

// creationSchema is where an unqualified name is created.
func (c *Catalog) creationSchema() string {
	for _, schema := range c.path() {
		if schema != systemSchema {
			return schema
		}
	}
	return ""
}

// SearchPath returns the schemas in which unqualified names are searched, in
// order, as SET search_path gave them, without "$user".
func (c *Catalog) SearchPath() []string { return append([]string(nil), c.path()...) }

func (c *Catalog) setPath(path []string, local bool) {
	session, before := c.sessionPath, c.localPath
	c.record(func() { c.sessionPath, c.localPath = session, before })
	if local {
		c.localPath = &path
	} else {
		c.sessionPath, c.localPath = path, nil
	}
}

func (c *Catalog) setVariable(s *pg_query.VariableSetStmt) {
	switch kind := s.GetKind(); {
	case kind == pg_query.VariableSetKind_VAR_RESET_ALL:
		c.setPath(defaultPath, false)
	case strings.ToLower(s.GetName()) != "search_path":
	case kind == pg_query.VariableSetKind_VAR_SET_VALUE:
		path := []string{}
		for _, arg := range s.GetArgs() {
			path = appendSchema(path, arg.GetAConst().GetSval().GetSval())
		}
		c.setPath(path, s.GetIsLocal())
	case kind == pg_query.VariableSetKind_VAR_SET_DEFAULT, kind == pg_query.VariableSetKind_VAR_RESET:
		c.setPath(defaultPath, s.GetIsLocal())
	}
}

// appendSchema leaves out what names no schema: "$user" and "".
func appendSchema(path []string, schema string) []string {
	if schema == "" || schema == "$user" {
		return path
	}
	return append(path, schema)
}

// callSetConfig executes set_config('search_path', …) in a SELECT without FROM,
// as pg_dump writes it.
func (c *Catalog) callSetConfig(s *pg_query.SelectStmt) {
	for _, target := range s.GetTargetList() {
		call := target.GetResTarget().GetVal().GetFuncCall()
		if call == nil || len(call.GetArgs()) != 3 || tree.Last(call.GetFuncname()) != "set_config" {
			continue
		}
		args := call.GetArgs()
		if strings.ToLower(args[0].GetAConst().GetSval().GetSval()) != "search_path" || args[1].GetAConst().GetSval() == nil {
			continue
		}
		c.setPath(splitPath(args[1].GetAConst().GetSval().GetSval()), isTrue(args[2]))
	}
}

// isTrue reads a boolean constant: true, 't', or true as the grammar writes it.
func isTrue(n *pg_query.Node) bool {
	if cast := n.GetTypeCast(); cast != nil {
		n = cast.GetArg()
	}
	constant := n.GetAConst()
	switch strings.ToLower(constant.GetSval().GetSval()) {
	case "t", "true", "on", "yes", "1":
		return true
	}
	return constant.GetBoolval().GetBoolval()
}

// splitPath reads a list of identifiers, as SplitIdentifierString does.
func splitPath(text string) []string {
	path := []string{}
	for text = strings.TrimSpace(text); text != ""; {
		var schema string
		if text[0] == '"' {
			rest := text[1:]
			for {
				end := strings.IndexByte(rest, '"')
				if end < 0 {
					return append(path, schema+rest)
				}
				schema += rest[:end]
				rest = rest[end+1:]
				if !strings.HasPrefix(rest, `"`) {
					break
				}
				schema += `"`
				rest = rest[1:]
			}
			_, text, _ = strings.Cut(rest, ",")
		} else {
			schema, text, _ = strings.Cut(text, ",")
			schema = strings.ToLower(strings.TrimSpace(schema))
		}
		path = appendSchema(path, schema)
		text = strings.TrimSpace(text)
	}
	return path
}
