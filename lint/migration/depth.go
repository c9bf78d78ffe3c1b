package migration

// maxDepth bounds how deep a statement's parse tree may be, as treeDepth
// estimates it. The C library of the parser follows the tree by recursion and
// ends the process when its stack is full: measured, 1+1+… is refused with
// 10,000 terms and kills with 100,000. Real statements stay below 100.
const maxDepth = 1000

var (
	// deepening words nest what stands before them in a new level, as
	// operators do: a IS NULL IS NULL.
	deepening = keywords("NOT", "IS", "ISNULL", "NOTNULL", "COLLATE", "AT", "LIKE", "ILIKE", "SIMILAR", "BETWEEN", "IN", "OVERLAPS", "OPERATOR")
	// chaining words nest all that stands before them at their level of
	// parentheses: a UNION b UNION c, a JOIN b JOIN c.
	chaining = keywords("UNION", "INTERSECT", "EXCEPT", "JOIN")
	// flat words begin a new expression. Lists of AND and OR are flat in the tree.
	// All are reserved: others may be the name of a column, as in 1+set+set.
	flat = keywords("AND", "OR", "SELECT", "FROM", "WHERE", "ON", "HAVING", "GROUP", "ORDER", "LIMIT", "WHEN", "THEN", "ELSE", "RETURNING", "USING")
)

func keywords(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

// level is one level of parentheses, brackets, or CASE.
type level struct {
	expression int // levels of the expression that is open
	chain      int // of set operations and joins, all of the level
	isCase     bool
}

// treeDepth estimates from below the largest limit how deep the parse tree of
// a statement is; it never underestimates by more than a small factor.
func treeDepth(text []byte, tokens []Token) int {
	levels := []level{{}}
	sum, deepest := 0, 0
	var upper [16]byte
	push := func(isCase bool) {
		levels = append(levels, level{isCase: isCase})
		sum++
	}
	pop := func(isCase bool) {
		top := levels[len(levels)-1]
		if len(levels) > 1 && top.isCase == isCase {
			levels = levels[:len(levels)-1]
			sum -= 1 + top.expression + top.chain
		}
	}
	for i, t := range tokens {
		top := &levels[len(levels)-1]
		reset := func() {
			sum -= top.expression
			top.expression = 0
		}
		switch t.Kind {
		case Operator:
			top.expression++
			sum++
		case Punctuation:
			switch text[t.Pos] {
			case '(', '[':
				push(false)
			case ')', ']':
				pop(false)
			case ',', ';':
				reset()
			case ':':
				top.expression++
				sum++
			}
		case Identifier:
			if t.End-t.Pos > len(upper) || i > 0 && (isByte(text, tokens[i-1], '.') || isWord(text, tokens[i-1], "AS")) {
				break // too long for a keyword, or a name: a.end, AS end
			}
			word := upper[:0]
			for _, b := range text[t.Pos:t.End] {
				if 'a' <= b && b <= 'z' {
					b -= 'a' - 'A'
				}
				word = append(word, b)
			}
			switch w := word; {
			case flat[string(w)]:
				reset()
			case chaining[string(w)]:
				reset()
				top.chain++
				sum++
			case deepening[string(w)]:
				top.expression++
				sum++
			case string(w) == "CASE":
				push(true)
			case string(w) == "END":
				pop(true)
			}
		}
		deepest = max(deepest, sum)
	}
	return deepest
}
