package migration

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sort"
	"strings"
	"testing"
)

// deepStatements make a statement with a chain or nest of n.
var deepStatements = map[string]func(n int) string{
	"plus":        func(n int) string { return "SELECT 1" + strings.Repeat("+1", n) },
	"concatenate": func(n int) string { return "SELECT 'a'" + strings.Repeat("||'a'", n) },
	"union":       func(n int) string { return "SELECT 1" + strings.Repeat(" UNION SELECT 1", n) },
	"union all":   func(n int) string { return "SELECT 1" + strings.Repeat(" UNION ALL SELECT 1", n) },
	"and":         func(n int) string { return "SELECT a" + strings.Repeat(" AND a", n) },
	"or":          func(n int) string { return "SELECT a" + strings.Repeat(" OR a", n) },
	"and or":      func(n int) string { return "SELECT a" + strings.Repeat(" AND a OR a", n/2) },
	"not":         func(n int) string { return "SELECT " + strings.Repeat("NOT ", n) + "a" },
	"is null":     func(n int) string { return "SELECT a" + strings.Repeat(" IS NULL", n) },
	"cast":        func(n int) string { return "SELECT a" + strings.Repeat("::int", n) },
	"collate":     func(n int) string { return "SELECT a" + strings.Repeat(` COLLATE "C"`, n) },
	"at":          func(n int) string { return "SELECT a" + strings.Repeat(" AT TIME ZONE 'UTC'", n) },
	"minus":       func(n int) string { return "SELECT " + strings.Repeat("- ", n) + "1" },
	"arrow":       func(n int) string { return "SELECT a" + strings.Repeat("->'a'", n) },
	"subscript":   func(n int) string { return "SELECT a" + strings.Repeat("[1]", n) },
	"field":       func(n int) string { return "SELECT a" + strings.Repeat(".a", n) },
	"parentheses": func(n int) string { return "SELECT " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) },
	"row":         func(n int) string { return "SELECT " + strings.Repeat("(1, ", n) + "1" + strings.Repeat(")", n) },
	"call":        func(n int) string { return "SELECT " + strings.Repeat("f(", n) + "1" + strings.Repeat(")", n) },
	"case": func(n int) string {
		return "SELECT " + strings.Repeat("CASE WHEN a THEN ", n) + "1" + strings.Repeat(" END", n)
	},
	"else": func(n int) string {
		return "SELECT " + strings.Repeat("CASE WHEN a THEN 1 ELSE ", n) + "1" + strings.Repeat(" END", n)
	},
	"when":      func(n int) string { return "SELECT CASE" + strings.Repeat(" WHEN a THEN 1", n) + " END" },
	"subselect": func(n int) string { return "SELECT " + strings.Repeat("(SELECT ", n) + "1" + strings.Repeat(")", n) },
	"from": func(n int) string {
		return strings.Repeat("SELECT * FROM (", n) + "SELECT 1" + strings.Repeat(") a", n)
	},
	"with": func(n int) string {
		return strings.Repeat("WITH a AS (", n) + "SELECT 1" + strings.Repeat(") SELECT 1", n)
	},
	"exists": func(n int) string {
		return "SELECT " + strings.Repeat("EXISTS (SELECT 1 WHERE ", n) + "a" + strings.Repeat(")", n)
	},
	"array":      func(n int) string { return "SELECT " + strings.Repeat("ARRAY[", n) + "1" + strings.Repeat("]", n) },
	"brackets":   func(n int) string { return "SELECT ARRAY" + strings.Repeat("[", n) + "1" + strings.Repeat("]", n) },
	"join":       func(n int) string { return "SELECT 1 FROM a" + strings.Repeat(" JOIN a ON b", n) },
	"cross join": func(n int) string { return "SELECT 1 FROM a" + strings.Repeat(" CROSS JOIN a", n) },
	"join nested": func(n int) string {
		return "SELECT 1 FROM " + strings.Repeat("a JOIN ", n) + "a" + strings.Repeat(" ON b", n)
	},
	"join parens": func(n int) string {
		return "SELECT 1 FROM " + strings.Repeat("(a JOIN ", n) + "a" + strings.Repeat(" ON b)", n)
	},
	"comma":    func(n int) string { return "SELECT 1" + strings.Repeat(", 1", n) },
	"in in":    func(n int) string { return "SELECT a" + strings.Repeat(" IN (1)", n) },
	"values":   func(n int) string { return "INSERT INTO t VALUES (1)" + strings.Repeat(", (1)", n) },
	"operator": func(n int) string { return "SELECT a" + strings.Repeat(" OPERATOR(pg_catalog.+) a", n) },
	"any":      func(n int) string { return "SELECT a" + strings.Repeat(" = ANY (a)", n) },
	"rows from": func(n int) string {
		return "SELECT 1 FROM " + strings.Repeat("LATERAL (SELECT 1 FROM ", n) + "a" + strings.Repeat(") a", n)
	},
	"isnull":   func(n int) string { return "SELECT a" + strings.Repeat(" ISNULL", n) },
	"json":     func(n int) string { return "SELECT a" + strings.Repeat(" IS JSON", n) },
	"document": func(n int) string { return "SELECT a" + strings.Repeat(" IS DOCUMENT", n) },
	"local":    func(n int) string { return "SELECT a" + strings.Repeat(" AT LOCAL", n) },
	"coalesce": func(n int) string {
		return "SELECT " + strings.Repeat("coalesce(a, ", n) + "1" + strings.Repeat(")", n)
	},
	"xml": func(n int) string { return "SELECT " + strings.Repeat("xmlconcat(", n) + "a" + strings.Repeat(")", n) },
	"partition": func(n int) string {
		return "CREATE INDEX i ON t (" + strings.Repeat("(", n) + "a" + strings.Repeat(")", n) + ")"
	},
	"set":         func(n int) string { return "SELECT 1" + strings.Repeat("+set", n) },
	"values name": func(n int) string { return "SELECT 1" + strings.Repeat("+values", n) },
	"field from":  func(n int) string { return "SELECT 1" + strings.Repeat("+a.from", n) },
	"case a.end": func(n int) string {
		return "SELECT " + strings.Repeat("CASE WHEN a.end THEN ", n) + "1" + strings.Repeat(" END", n)
	},
	"as end": func(n int) string {
		return "SELECT " + strings.Repeat("(SELECT CASE WHEN a THEN b END + 1 AS end WHERE ", n) + "1" + strings.Repeat(")", n)
	},
	"cast set":    func(n int) string { return "SELECT a" + strings.Repeat("::set", n) },
	"collate set": func(n int) string { return "SELECT a" + strings.Repeat(" COLLATE set", n) },
	"intersect":   func(n int) string { return "(SELECT 1)" + strings.Repeat(" INTERSECT (SELECT 1)", n) },
	"except": func(n int) string {
		return strings.Repeat("(SELECT 1 EXCEPT ", n) + "SELECT 1" + strings.Repeat(")", n)
	},
	"values in": func(n int) string {
		return strings.Repeat("SELECT * FROM (VALUES (1), ((", n) + "SELECT 1" + strings.Repeat("))) a", n)
	},
}

// TestDeepStatements: none ends the process, and each that is as deep as the
// limit allows is analysed.
func TestDeepStatements(t *testing.T) {
	const child = "PREMORTEM_TEST_DEEP"
	if os.Getenv(child) != "" {
		for _, name := range slices.Sorted(maps.Keys(deepStatements)) {
			statement := deepStatements[name]
			most := sort.Search(2*maxDepth, func(n int) bool {
				text := []byte(statement(n + 1))
				return treeDepth(text, Scan(text, 0)) > maxDepth
			})
			for _, n := range []int{most, 100_000} {
				fmt.Printf("%s, %d: ", name, n)
				m := ParseFile(&File{Source: []byte(statement(n))})
				switch {
				case len(m.Statements) == 1:
					fmt.Println("analysed")
				case n > most && len(m.Gaps) == 1 && strings.HasPrefix(m.Gaps[0].Reason, "nested more than"):
					fmt.Println("too deep")
				default:
					fmt.Println("FAILED", m.Gaps[0].Reason)
				}
			}
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestDeepStatements$")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "FAILED") || strings.Count(string(out), "\n") < 2*len(deepStatements) {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
