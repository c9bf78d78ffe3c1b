package migration

import (
	"encoding/json"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// Routine is what a function's body, a string, executes.
type Routine struct {
	// Statements are its SQL; expressions of PL/pgSQL stand as SELECT …. What
	// EXECUTE makes of more than one string is not among them.
	Statements []*pg_query.Node
	// Sources are the texts that they were parsed from, one for each.
	Sources []RoutineSource
	// Variables are the names of PL/pgSQL's variables and parameters, in lower case.
	Variables []string
	// RowFields are the fields of NEW and OLD that the body names.
	RowFields []string
}

// RoutineSource is a text that statements of a routine were parsed from.
type RoutineSource struct {
	// Text is the text as the body has it, but for the INTO of PL/pgSQL, for which
	// there are blanks.
	Text string
	// Lead is the length of what was put before it to make it SQL.
	Lead int
}

// In returns the offset in the body, or in any text around it, of what the parse
// tree has at a location; -1 if the text is not there as it was parsed, as in a
// string with doubled quotes.
func (r RoutineSource) In(body string, location int) int {
	at := location - r.Lead
	if at < 0 || at >= len(r.Text) {
		return -1
	}
	for start := 0; start+len(r.Text) <= len(body); start++ {
		same := 0
		for same < len(r.Text) && (body[start+same] == r.Text[same] || r.Text[same] == ' ') {
			same++
		}
		if same == len(r.Text) && !(start > 0 && inWord(body[start-1]) && inWord(r.Text[0])) && !(start+same < len(body) && inWord(body[start+same]) && inWord(r.Text[same-1])) {
			return start + at
		}
	}
	return -1
}

func inWord(b byte) bool { return byteClass[b]&wordByte != 0 }

// Routine returns the body of a CREATE FUNCTION in SQL or PL/pgSQL, which
// callers share and must not change; nil for other statements and languages,
// and for a body that does not parse: PostgreSQL may then find its mistake at the
// first call only. Each body is read once, when somebody asks for it.
func (s *Statement) Routine() *Routine {
	s.readRoutine.Do(func() { s.routine = readRoutine(s) })
	return s.routine
}

func readRoutine(s *Statement) *Routine {
	language, body := RoutineBody(s.Node.GetCreateFunctionStmt())
	if body == "" || tooDeep(body) {
		return nil
	}
	r := &Routine{}
	switch language {
	case "sql":
		if !r.parse("", body) {
			return nil
		}
		return r
	case "plpgsql":
		text, err := parsePLpgSQL(s.Text())
		var parsed any
		if err != nil || json.Unmarshal([]byte(text), &parsed) != nil {
			return nil
		}
		r.readPLpgSQL(parsed)
		return r
	}
	return nil
}

// RoutineBody returns the language of a CREATE FUNCTION, in lower case, and its
// body, "" if that is no string or one of C.
func RoutineBody(create *pg_query.CreateFunctionStmt) (language, body string) {
	language = "sql"
	for _, n := range create.GetOptions() {
		switch e := n.GetDefElem(); e.GetDefname() {
		case "language":
			language = strings.ToLower(e.GetArg().GetString_().GetSval())
		case "as":
			if as := e.GetArg().GetList().GetItems(); len(as) == 1 {
				body = as[0].GetString_().GetSval()
			}
		}
	}
	return language, body
}

// tooDeep reports whether a body is one that the parser may not survive.
func tooDeep(body string) bool {
	tokens := Scan([]byte(body), 0)
	blocks := 0
	for _, t := range tokens {
		if isAnyWord([]byte(body), t, "BEGIN", "IF", "CASE", "LOOP") {
			blocks++
		}
	}
	return blocks > 2*maxDepth || treeDepth([]byte(body), tokens) > maxDepth
}

// object is a node of the JSON that the PL/pgSQL parser writes: one key, the
// node's type, with the node as its value.
type object = map[string]any

// How PL/pgSQL reads an expression (RawParseMode of parser.h).
const (
	parsesExpression = 2
	parsesAssignment = 3 // and up to 5, for one, two and three names in front
)

func (r *Routine) readPLpgSQL(parsed any) {
	switch v := parsed.(type) {
	case []any:
		for _, item := range v {
			r.readPLpgSQL(item)
		}
	case object:
		if f, ok := v["PLpgSQL_function"].(object); ok {
			r.readVariables(f)
		}
		if e, ok := v["PLpgSQL_expr"].(object); ok {
			r.readExpression(e)
			return
		}
		if e, ok := v["PLpgSQL_stmt_dynexecute"].(object); ok {
			r.readExecute(e)
		}
		// The order of keys in Go's maps varies.
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			r.readPLpgSQL(v[key])
		}
	}
}

func (r *Routine) readVariables(f object) {
	rows := []any{f["new_varno"], f["old_varno"]}
	datums, _ := f["datums"].([]any)
	for _, d := range datums {
		for kind, datum := range d.(object) {
			datum, _ := datum.(object)
			if name, ok := datum["refname"].(string); ok {
				r.Variables = append(r.Variables, name)
			}
			if name, ok := datum["fieldname"].(string); ok && kind == "PLpgSQL_recfield" && slices.Contains(rows, datum["recparentno"]) && datum["recparentno"] != nil {
				r.RowFields = append(r.RowFields, name)
			}
		}
	}
}

func (r *Routine) readExpression(e object) {
	text, _ := e["query"].(string)
	mode, _ := e["parseMode"].(float64)
	lead := ""
	switch {
	case mode >= parsesAssignment:
		for _, t := range Scan([]byte(text), 0) {
			if word := text[t.Pos:t.End]; word == "=" || word == ":=" {
				lead, text = "SELECT ", text[t.End:]
				break
			}
		}
	case mode == parsesExpression:
		lead = "SELECT "
	}
	r.parse(lead, text)
}

// readExecute reads the SQL of EXECUTE '…'.
func (r *Routine) readExecute(e object) {
	query, _ := e["query"].(object)
	expr, _ := query["PLpgSQL_expr"].(object)
	text, _ := expr["query"].(string)
	tree, err := parseSQL("SELECT " + text)
	if err != nil || len(tree.GetStmts()) != 1 {
		return
	}
	targets := tree.GetStmts()[0].GetStmt().GetSelectStmt().GetTargetList()
	if len(targets) == 1 {
		if constant := targets[0].GetResTarget().GetVal().GetAConst().GetSval(); constant != nil && !tooDeep(constant.GetSval()) {
			r.parse("", constant.GetSval())
		}
	}
}

// parse adds the statements of a text, behind what makes it SQL, and reports
// whether it is.
func (r *Routine) parse(lead, text string) bool {
	tree, err := parseSQL(lead + text)
	for _, raw := range tree.GetStmts() {
		r.Statements = append(r.Statements, raw.GetStmt())
		r.Sources = append(r.Sources, RoutineSource{Text: text, Lead: len(lead)})
	}
	return err == nil
}
