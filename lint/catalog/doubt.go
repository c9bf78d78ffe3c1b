package catalog

import (
	"strings"
	"unicode"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/tree"
)

// Doubt takes in a text that nobody could analyse, such as a definition inside
// of a DO block: the tables that it names may have more than the catalog shows.
func (c *Catalog) Doubt(text string) {
	words := wordsOf(text)
	c.suspect(words)
	for word := range words {
		for _, n := range c.namesakes.of(Name{Name: word}) {
			if c.tables[n].Complete {
				c.edit(n, func(t *Table) { t.Complete = false })
			}
		}
	}
}

// suspect marks what the words name: it may be gone.
func (c *Catalog) suspect(words map[string]bool) {
	for word := range words {
		for _, n := range c.namesakes.of(Name{Name: word}) {
			if !c.tables[n].Doubted {
				c.edit(n, func(t *Table) { t.Doubted = true })
			}
		}
	}
	for n, list := range c.functions {
		if words[n.Name] {
			put(&c.journal, c.functions, n, doubtedFunctions(list))
		}
	}
}

func doubtedFunctions(list []*Function) []*Function {
	var doubted []*Function
	for _, own := range list {
		f := *own
		f.Doubted = true
		doubted = append(doubted, &f)
	}
	return doubted
}

// suspectArguments marks what a function of the project gets as text, such as
// the table in SELECT drop_policies('users').
func (c *Catalog) suspectArguments(m proto.Message) {
	tree.Walk(m, func(m proto.Message) bool {
		call, ok := m.(*pg_query.FuncCall)
		if !ok || tree.Last(call.GetFuncname()) == "" || builtin.Volatility(tree.Last(call.GetFuncname()), 18) != 0 {
			return true
		}
		for _, argument := range call.GetArgs() {
			tree.Walk(argument, func(m proto.Message) bool {
				if constant, ok := m.(*pg_query.A_Const); ok && constant.GetSval() != nil {
					c.suspect(wordsOf(constant.GetSval().GetSval()))
				}
				return true
			})
		}
		return true
	})
}

func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		words[w], words[strings.ToLower(w)] = true, true
	}
	return words
}
