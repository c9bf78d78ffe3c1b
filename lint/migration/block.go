package migration

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Code is one step of a DO block: a statement, or a fork.
type Code struct {
	Statement *Statement
	// Arms are the parts of a fork (IF, CASE, a loop, BEGIN … EXCEPTION) that
	// hold statements. At most one of them runs, perhaps none.
	Arms []Arm
}

// Arm is one way through a fork.
type Arm struct {
	Code []Code
	// Settled: what the arm does is done afterwards, whether it ran or had
	// nothing to do, as in IF NOT EXISTS (…) THEN CREATE … END IF.
	Settled bool
	// Subtransaction: the arm is the body of a BEGIN … EXCEPTION.
	Subtransaction bool

	handlers []handler // of a BEGIN … EXCEPTION, in order
}

// Run returns the statements that the migration runs, in order. Those in a DO
// block, of all arms of a fork, stand for the block.
func (m *Migration) Run() []*Statement {
	if !slices.ContainsFunc(m.Statements, func(s *Statement) bool { return s.Body != nil }) {
		return m.Statements
	}
	var all []*Statement
	var add func(s *Statement)
	add = func(s *Statement) {
		if s.Body == nil {
			all = append(all, s)
		}
		eachStatement(s.Body, add)
	}
	for _, s := range m.Statements {
		add(s)
	}
	return all
}

// Outermost returns the statement of the migration that holds this one: a DO block,
// or else itself.
func (s *Statement) Outermost() *Statement {
	for s.Do != nil {
		s = s.Do
	}
	return s
}

// Caught reports whether an error of the statement, with a SQLSTATE, ends in an
// EXCEPTION that its DO block has for it.
func (s *Statement) Caught(state string) bool {
	return caught(s.Outermost().Body, s, state, false)
}

func caught(code []Code, s *Statement, state string, inside bool) bool {
	for _, step := range code {
		if step.Statement != nil && (step.Statement == s && inside || caught(step.Statement.Body, s, state, inside)) {
			return true
		}
		for _, a := range step.Arms {
			if caught(a.Code, s, state, inside || catches(a.handlers, state)) {
				return true
			}
		}
	}
	return false
}

// eachStatement visits the statements of code, but not those in their own DO blocks.
func eachStatement(code []Code, visit func(*Statement)) {
	for _, step := range code {
		if step.Statement != nil {
			visit(step.Statement)
		}
		for _, arm := range step.Arms {
			eachStatement(arm.Code, visit)
		}
	}
}

// maxBlockDepth bounds how deep DO blocks are read that stand in strings of
// each other, and maxSteps what loops over lists are unrolled to.
const (
	maxBlockDepth = 4
	maxSteps      = 500
)

// readBlock reads the body of a DO block, and returns what of it is not analysed.
// The tokens are the statement's, in text.
func (s *Statement) readBlock(text passage, tokens []Token, depth int) []Gap {
	gap := func(reason string) []Gap { return []Gap{{Range: s.Range, Reason: reason, Inside: true}} }
	for _, n := range s.Node.GetDoStmt().Args {
		option := n.GetDefElem()
		if language := option.GetArg().GetString_().GetSval(); option.GetDefname() == "language" && language != "plpgsql" {
			return gap("a DO block in " + language + " is not analysed")
		}
	}
	if depth >= maxBlockDepth {
		return gap("DO blocks inside of each other are not analysed")
	}
	i := slices.IndexFunc(tokens, func(t Token) bool { return t.Kind == String })
	if i < 0 {
		return gap("a DO block without a body")
	}
	body, ok := text.literal(tokens[i])
	if !ok {
		return gap("a DO block in a string with escapes is not analysed")
	}
	r := &blockReader{do: s, depth: depth, text: body}
	r.read()
	s.Body = r.body
	if len(r.gaps) == 0 && !r.templated {
		// The parser knows no types: what else it says may be wrong, such as that
		// r.id is no variable.
		if _, err := parsePLpgSQL(s.Text()); err != nil && !r.newer && strings.HasPrefix(err.Error(), "syntax error") {
			return gap("a DO block that is not PL/pgSQL: " + err.Error())
		}
	}
	return r.gaps
}

// blockReader reads PL/pgSQL: it finds the SQL statements in it, and which of
// them may not run. It follows pl_gram.y.
type blockReader struct {
	do    *Statement
	depth int
	text  passage // the body

	tokens   []Token   // of the body, without comments
	comments []Comment // with their ranges in the file
	said     int       // comments that a statement has
	at       int       // index of the next token

	loops    int
	steps    int
	variable map[string]variable

	body             []Code
	newer, templated bool // some statement is
	gaps             []Gap
}

// variable is what is known of a variable of the block.
type variable struct {
	writes int
	value  []Token // the expression that it is set to
	known  *passage
}

func (r *blockReader) read() {
	for _, t := range Scan(r.text.bytes, 0) {
		if !t.isComment() {
			r.tokens = append(r.tokens, t)
			continue
		}
		s := splitter{text: r.text.bytes}
		c := s.comment(t)
		c.Range = r.text.place(t.Range)
		r.comments = append(r.comments, c)
	}
	if treeDepth(r.text.bytes, r.tokens) > maxDepth {
		r.gap(Range{0, len(r.text.bytes)}, fmt.Sprintf("nested more than %d levels deep, which the parser does not survive", maxDepth))
		return
	}
	r.findVariables()
	r.body, _ = r.block(0)
}

func (r *blockReader) gap(at Range, reason string) {
	r.gaps = append(r.gaps, Gap{Range: r.text.place(at), Reason: reason, Inside: true})
}

func (r *blockReader) word(i int, keywords ...string) bool {
	return i >= 0 && i < len(r.tokens) && isAnyWord(r.text.bytes, r.tokens[i], keywords...)
}

func (r *blockReader) byte(i int, b byte) bool {
	return i >= 0 && i < len(r.tokens) && isByte(r.text.bytes, r.tokens[i], b)
}

func (r *blockReader) is(i int, text string) bool {
	return i >= 0 && i < len(r.tokens) && string(r.text.bytes[r.tokens[i].Pos:r.tokens[i].End]) == text
}

// until returns the index of the next token outside of parentheses that is a
// semicolon or one of the words.
func (r *blockReader) until(i int, keywords ...string) int {
	depth := 0
	for ; i < len(r.tokens); i++ {
		t := r.tokens[i]
		depth += nesting(r.text.bytes, t)
		if depth <= 0 && (isByte(r.text.bytes, t, ';') || isAnyWord(r.text.bytes, t, keywords...)) {
			return i
		}
	}
	return i
}

// semicolon moves behind the end of the statement.
func (r *blockReader) semicolon() { r.at = min(r.until(r.at)+1, len(r.tokens)) }

// label moves behind <<name>>.
func (r *blockReader) label() {
	if r.is(r.at, "<<") && r.is(r.at+2, ">>") {
		r.at += 3
	}
}

// maxNesting bounds the recursion into blocks.
const maxNesting = 200

// block reads [DECLARE …] BEGIN … [EXCEPTION …] END, with its semicolon. leaves
// is true where a RETURN or EXIT can end it early.
func (r *blockReader) block(nesting int) (code []Code, leaves bool) {
	r.label()
	if r.word(r.at, "DECLARE") {
		r.at++
		for r.at < len(r.tokens) && !r.word(r.at, "BEGIN") {
			r.semicolon()
		}
	}
	if !r.word(r.at, "BEGIN") {
		r.at = len(r.tokens)
		return nil, false
	}
	r.at++
	start := r.at
	body, leaves := r.statements(nesting)
	if !r.word(r.at, "EXCEPTION") {
		r.semicolon()
		return body, leaves
	}
	r.at++
	eachStatement(body, func(s *Statement) { s.Subtransaction = true })
	var arms []Arm
	var handlers []handler
	settles := true // the conditions say that the body had nothing to do
	fatal := true   // every handler fails
	for r.word(r.at, "WHEN") {
		r.at++
		then := r.until(r.at, "THEN")
		conditions := r.tokens[r.at:then]
		r.at = then + 1
		first := r.at
		handler, l := r.statements(nesting)
		leaves = leaves || l
		fails := r.raises(first, r.at)
		handlers = append(handlers, r.handler(conditions, fails))
		if fails {
			continue
		}
		fatal = false
		settles = settles && r.settles(body, conditions)
		if len(handler) > 0 {
			arms = append(arms, Arm{Code: handler})
		}
	}
	r.semicolon()
	if r.at == start {
		r.at = len(r.tokens)
	}
	if fatal || len(body) == 0 && len(arms) == 0 {
		return body, leaves
	}
	arm := Arm{Code: body, Settled: settles, Subtransaction: true, handlers: handlers}
	return []Code{{Arms: append([]Arm{arm}, arms...)}}, leaves
}

// raises reports whether a handler between two tokens always fails: RAISE and
// RAISE EXCEPTION stand in it, and in no branch.
func (r *blockReader) raises(first, end int) bool {
	depth := 0
	for i := first; i < end; i++ {
		switch {
		case r.word(i, "END") && r.word(i+1, "IF", "LOOP", "CASE"):
			depth--
			i++
		case r.word(i, "END"):
			depth--
		case r.word(i, "IF", "LOOP", "CASE", "BEGIN") && !r.word(i-1, "END"):
			depth++
		case depth == 0 && r.word(i, "RAISE") && !r.word(i+1, "NOTICE", "WARNING", "INFO", "LOG", "DEBUG"):
			return true
		}
	}
	return false
}

// statements reads up to END, ELSE and their like.
func (r *blockReader) statements(nesting int) (code []Code, leaves bool) {
	if nesting > maxNesting {
		if r.at < len(r.tokens) {
			r.gap(r.tokens[r.at].Range, fmt.Sprintf("blocks nested more than %d levels deep", maxNesting))
		}
		r.at = len(r.tokens)
		return nil, false
	}
	dead := false     // behind RETURN
	var query []Token // the last one that asks something
	add := func(more ...Code) {
		if !dead {
			code = append(code, more...)
		}
	}
	for r.at < len(r.tokens) && !r.word(r.at, "END", "ELSE", "ELSIF", "ELSEIF", "EXCEPTION", "WHEN") {
		before := r.at
		var l bool
		var guard guard
		r.label()
		switch {
		case r.word(r.at, "DECLARE", "BEGIN"):
			var more []Code
			more, l = r.block(nesting + 1)
			add(more...)
		case r.word(r.at, "IF"):
			var fork Code
			fork, guard, l = r.ifStatement(nesting, query)
			if len(fork.Arms) > 0 {
				add(fork)
			}
		case r.word(r.at, "CASE"):
			r.at = r.until(r.at+1, "WHEN")
			var fork Code
			for r.word(r.at, "WHEN", "ELSE") {
				if r.word(r.at, "WHEN") {
					r.at = r.until(r.at, "THEN")
				}
				r.at++
				l = r.arm(&fork, nesting, guard) || l
			}
			r.semicolon()
			if len(fork.Arms) > 0 {
				add(fork)
			}
		case r.word(r.at, "LOOP", "WHILE", "FOR", "FOREACH"):
			var more []Code
			more, l = r.loop(nesting)
			add(more...)
		case r.word(r.at, "RETURN"):
			r.semicolon()
			leaves = true
			dead = true
		case r.word(r.at, "EXIT", "CONTINUE"):
			dead = dead || !r.word(r.until(r.at, "WHEN"), "WHEN")
			r.semicolon()
			leaves = true
		case r.word(r.at, "RAISE", "ASSERT", "NULL", "GET", "OPEN", "FETCH", "MOVE", "CLOSE"):
			r.semicolon()
		case r.word(r.at, "EXECUTE"):
			add(r.execute(r.at+1, r.until(r.at))...)
			r.semicolon()
		default:
			end := r.until(r.at)
			if s := r.statement(r.at, end); s != nil {
				add(Code{Statement: s})
			}
			query = r.tokens[r.at:end]
			r.semicolon()
		}
		if l {
			// What follows runs only if the branch did not leave.
			rest, _ := r.statements(nesting + 1)
			if len(rest) > 0 {
				add(Code{Arms: []Arm{{Code: rest, Settled: guard.opposite().settles(rest)}}})
			}
			return code, true
		}
		if r.at == before {
			r.at++
		}
	}
	return code, leaves
}

// arm reads the statements of one arm.
func (r *blockReader) arm(fork *Code, nesting int, g guard) (leaves bool) {
	code, leaves := r.statements(nesting + 1)
	if len(code) > 0 {
		fork.Arms = append(fork.Arms, Arm{Code: code, Settled: g.settles(code)})
	}
	return leaves
}

func (r *blockReader) ifStatement(nesting int, query []Token) (fork Code, first guard, leaves bool) {
	for n := 0; r.word(r.at, "IF", "ELSIF", "ELSEIF", "ELSE"); n++ {
		var g guard
		if !r.word(r.at, "ELSE") {
			then := r.until(r.at, "THEN")
			g = r.guard(r.tokens[r.at+1:max(then, r.at+1)], query)
			r.at = min(then, len(r.tokens)-1)
		} else if n == 1 {
			g = first.opposite()
		}
		if n == 0 {
			first = g
		}
		r.at++
		l := r.arm(&fork, nesting, g)
		leaves = leaves || l
		if n > 0 {
			first.kind = noGuard // of more arms than one
		}
	}
	r.semicolon() // END IF
	return fork, first, leaves
}

// loop reads a loop. One over a list of constants is unrolled where its
// statements are made of them.
func (r *blockReader) loop(nesting int) (code []Code, leaves bool) {
	head := r.at
	r.at = r.until(r.at, "LOOP")
	loop := r.at
	if r.word(head, "FOR") {
		if in := r.until(head, "IN"); in < loop {
			in++
			if r.word(in, "EXECUTE") {
				code = r.execute(in+1, loop)
			} else if r.word(in, "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "TABLE", "VALUES") {
				if s := r.statement(in, loop); s != nil {
					code = append(code, Code{Statement: s})
				}
			}
		}
	}
	r.at++
	first := r.at
	if name, values := r.list(head, loop); len(values) > 0 && r.executes(first) {
		old, said, before, gaps := r.variable[name], r.said, r.gaps, r.gaps
		query := len(code)
		for i := range values {
			r.at, r.said = first, said
			r.variable[name] = variable{writes: 1, known: &values[i]}
			var more []Code
			more, leaves = r.statements(nesting + 1)
			if i == 0 {
				gaps = r.gaps
			} else {
				r.gaps = gaps // those of one round are enough
			}
			if r.steps += len(more); r.steps > maxSteps {
				r.gap(Range{r.tokens[head].Pos, r.tokens[min(loop, len(r.tokens)-1)].End}, "a loop over more values than are followed")
				break
			}
			code = append(code, more...)
		}
		r.variable[name] = old
		if !leaves {
			r.semicolon() // END LOOP
			return code, false
		}
		r.at, r.said, r.gaps, code = first, said, before, code[:query]
	}
	r.loops++
	var fork Code
	r.arm(&fork, nesting, guard{})
	r.loops--
	r.semicolon() // END LOOP
	if len(fork.Arms) > 0 {
		code = append(code, fork)
	}
	// EXIT ends the loop only, RETURN the block: what follows is read as certain
	// unless a RETURN stands in the loop.
	for i := first; i < r.at; i++ {
		leaves = r.word(i, "RETURN") || leaves && i > first
	}
	return code, leaves
}

// executes reports whether the loop whose body begins at a token has an EXECUTE.
func (r *blockReader) executes(i int) bool {
	for depth := 1; i < len(r.tokens) && depth > 0; i++ {
		switch {
		case r.word(i, "LOOP") && r.word(i-1, "END"):
			depth--
		case r.word(i, "LOOP"):
			depth++
		case r.word(i, "EXECUTE"):
			return true
		}
	}
	return false
}

// statement parses the SQL statement between two tokens, nil if there is none
// or it is a gap.
func (r *blockReader) statement(first, end int) *Statement {
	if first >= end || r.tokens[first].Kind != Identifier ||
		r.is(first+1, ":=") || r.byte(first+1, '=') || r.byte(first+1, '.') || r.byte(first+1, '[') {
		return nil // or an assignment
	}
	return r.parse(r.text, r.tokens[first:end])
}

// parse parses one statement of a passage.
func (r *blockReader) parse(text passage, tokens []Token) *Statement {
	r.steps++
	at := Range{tokens[0].Pos, tokens[len(tokens)-1].End}
	s := &Statement{
		Range:   text.place(at),
		Message: r.do.Message,
		Do:      r.do,
		Loop:    r.loops > 0,
		literal: r.do.literal,
		file:    r.do.file,
	}
	s.base = s.Pos
	if part, exact := text.partOf(at); exact {
		s.quote = part.quote
	} else {
		s.derived = text.derive(at, s.Range, r.do.file.Source)
	}
	for r.said < len(r.comments) && r.comments[r.said].Pos < s.End {
		s.Comments = append(s.Comments, r.comments[r.said])
		r.said++
	}
	clone := bytes.Clone(text.bytes[at.Pos:at.End])
	local := make([]Token, len(tokens))
	for i, t := range tokens {
		t.Pos -= at.Pos
		t.End -= at.Pos
		local[i] = t
	}
	kept := withoutInto(clone, local)
	if isWord(clone, kept[0], "PERFORM") {
		copy(clone[kept[0].Pos:], "SELECT ")
		kept[0].End--
	}
	reason, err := s.read(clone, kept)
	if reason != "" {
		r.gaps = append(r.gaps, Gap{Range: s.Range, Reason: "in a DO block: " + reason, Inside: true, At: text.placeOf(s.stoppedAt(err, clone, kept), s, at)})
		return nil
	}
	r.newer = r.newer || s.Newer != nil
	r.templated = r.templated || s.Templated
	s.commands = s.findCommands(clone, kept)
	if s.Node.GetDoStmt() != nil {
		r.gaps = append(r.gaps, s.readBlock(text, tokens, r.depth+1)...)
	}
	return s
}

// withoutInto masks INTO and the variables behind it, which SQL has not.
func withoutInto(text []byte, tokens []Token) []Token {
	if !isAnyWord(text, tokens[0], "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH") {
		return tokens
	}
	kept := tokens[:0]
	for i := 0; i < len(tokens); {
		if i > 0 && isWord(text, tokens[i], "INTO") && !isAnyWord(text, tokens[i-1], "INSERT", "MERGE") {
			targets := intoTargets(text, tokens[i:])
			blank(text[tokens[i].Pos:tokens[i+targets-1].End])
			i += targets
			continue
		}
		kept = append(kept, tokens[i])
		i++
	}
	return kept
}

// intoTargets counts the tokens of INTO a, b.c at the start.
func intoTargets(text []byte, tokens []Token) int {
	n := 1
	if n < len(tokens) && isWord(text, tokens[n], "STRICT") {
		n++
	}
	for n < len(tokens) && (tokens[n].Kind == Identifier || tokens[n].Kind == QuotedIdentifier) {
		n++
		if n >= len(tokens) || !isByte(text, tokens[n], ',') && !isByte(text, tokens[n], '.') {
			break
		}
		n++
	}
	return min(n, len(tokens))
}

func isAnyWord(source []byte, t Token, keywords ...string) bool {
	return slices.ContainsFunc(keywords, func(k string) bool { return isWord(source, t, k) })
}

// guard is what the condition of a branch says of the objects that it names.
type guard struct {
	kind  guardKind
	names []string // in lower case
}

type guardKind uint8

const (
	noGuard guardKind = iota
	ifAbsent
	ifPresent
)

func (g guard) opposite() guard {
	switch g.kind {
	case ifAbsent:
		g.kind = ifPresent
	case ifPresent:
		g.kind = ifAbsent
	}
	return g
}

// guard reads a condition: [NOT] EXISTS (SELECT … 'name' …), to_regclass('name')
// IS [NOT] NULL, [NOT] FOUND or [NOT] variable behind a query with such names.
func (r *blockReader) guard(condition, query []Token) guard {
	g := guard{kind: ifPresent}
	source := r.text.bytes
	is := func(i int, w ...string) bool {
		return i >= 0 && i < len(condition) && isAnyWord(source, condition[i], w...)
	}
	last := len(condition) - 1
	switch {
	case last < 0:
		return guard{}
	case is(0, "NOT"), is(last, "NULL") && is(last-1, "IS"), last > 0 && string(source[condition[last].Pos:condition[last].End]) == "0":
		g.kind = ifAbsent
	}
	if slices.ContainsFunc(condition, func(t Token) bool { return isWord(source, t, "OR") }) {
		return guard{}
	}
	for _, tokens := range [][]Token{condition, query} {
		for _, t := range tokens {
			if t.Kind != String {
				continue
			}
			literal, ok := r.text.literal(t)
			if !ok {
				continue
			}
			name := string(literal.bytes)
			name = name[strings.LastIndexByte(name, '.')+1:]
			g.names = append(g.names, strings.ToLower(strings.Trim(name, `"`)))
		}
		if len(g.names) > 0 {
			return g
		}
	}
	return guard{}
}

// settles reports whether what the code does is done where the guard keeps it
// from running: it creates, and first of all what the guard has not found, or
// drops what it has found.
func (g guard) settles(code []Code) bool {
	if g.kind == noGuard {
		return false
	}
	verdict := noGuard
	eachStatement(code, func(s *Statement) {
		if verdict == noGuard && s.does() != nothing {
			verdict = ifPresent // no
			if (s.does() == moves || s.does() == creates && g.kind == ifAbsent || s.does() == drops && g.kind == ifPresent) && s.mentions(g.names) {
				verdict = ifAbsent // yes
			}
		}
	})
	return verdict == ifAbsent
}

// settles reports whether the conditions of a handler say that the body's one
// statement had nothing to do.
func (r *blockReader) settles(body []Code, conditions []Token) bool {
	var does deed
	n := 0
	eachStatement(body, func(s *Statement) {
		if d := s.does(); d != nothing {
			does = d
			n++
		}
	})
	if n != 1 {
		return false
	}
	for _, t := range conditions {
		if t.Kind != Identifier || isWord(r.text.bytes, t, "OR") {
			continue
		}
		name := strings.ToLower(string(r.text.bytes[t.Pos:t.End]))
		if !(does == creates && (strings.HasPrefix(name, "duplicate_") || name == "invalid_table_definition") ||
			does == drops && strings.HasPrefix(name, "undefined_") ||
			does == moves && (strings.HasPrefix(name, "undefined_") || strings.HasPrefix(name, "duplicate_"))) {
			return false
		}
	}
	return len(conditions) > 0 && conditions[0].Kind == Identifier && !isWord(r.text.bytes, conditions[0], "SQLSTATE")
}

// deed is what a statement does to the schema.
type deed uint8

const (
	nothing deed = iota
	creates
	drops
	moves // renames
	changes
)

// does says it by the first words.
func (s *Statement) does() deed {
	words := s.words()
	source := s.source()
	is := func(i int, w ...string) bool { return i < len(words) && isAnyWord(source, words[i], w...) }
	switch {
	case is(0, "CREATE"):
		return creates
	case is(0, "DROP"):
		return drops
	case !is(0, "ALTER"):
		return nothing
	}
	for i := 1; i < len(words); i++ {
		switch {
		case is(i, "ADD"):
			return creates
		case is(i, "DROP"):
			return drops
		case is(i, "RENAME"):
			return moves
		}
		if is(i, "ALTER", "SET", "VALIDATE") {
			break
		}
	}
	return changes
}

// mentions reports whether a name stands in the statement, in lower case.
func (s *Statement) mentions(names []string) bool {
	source := s.source()
	for _, t := range s.words() {
		if t.Kind != Identifier && t.Kind != QuotedIdentifier && t.Kind != String {
			continue
		}
		if slices.Contains(names, strings.ToLower(strings.Trim(string(source[t.Pos:t.End]), `"'`))) {
			return true
		}
	}
	return false
}
