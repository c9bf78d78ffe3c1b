package lock

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// The directory of cases and records, from this package.
const locksDir = "../../testdata/locks"

// majors are the servers that records exist for.
var majors = pgtest.Majors

// lockCase is one case of testdata/locks/cases: a setup and the statement
// that is measured after it. See README.md for the format.
type lockCase struct {
	name         string
	file         string
	since, until int               // servers that know the syntax
	fails        string            // why the statement fails on a server
	unknown      string            // what Effects cannot know; its answer is an upper bound
	differs      string            // why Effects and record are not compared
	except       map[string]string // relations that are not compared -> why
	inBlockOnly  bool              // the statement is tried inside a transaction block only
	setup        string
	statement    string
}

func readCases(t testing.TB) []*lockCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(locksDir, "cases", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", locksDir, err)
	}
	sort.Strings(files)
	var cases []*lockCase
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parseCases(filepath.Base(file), string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range parsed {
			if seen[c.name] {
				t.Fatalf("%s: case %s is there twice", file, c.name)
			}
			seen[c.name] = true
		}
		cases = append(cases, parsed...)
	}
	return cases
}

func parseCases(file, text string) ([]*lockCase, error) {
	var cases []*lockCase
	var current *lockCase
	inStatement := false
	for number, line := range strings.Split(text, "\n") {
		fail := func(what string) error { return fmt.Errorf("%s:%d: %s", file, number+1, what) }
		key, value, isDirective := strings.Cut(strings.TrimPrefix(line, "-- "), ":")
		isDirective = isDirective && strings.HasPrefix(line, "-- ")
		value = strings.TrimSpace(value)
		if isDirective && key == "case" {
			current = &lockCase{name: value, file: file, since: majors[0], until: majors[len(majors)-1], except: map[string]string{}}
			cases = append(cases, current)
			inStatement = false
			continue
		}
		if current == nil {
			if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "--") {
				return nil, fail("SQL before the first case")
			}
			continue
		}
		if isDirective {
			switch key {
			case "servers":
				since, until, isRange := strings.Cut(value, "-")
				if since != "" {
					current.since, _ = strconv.Atoi(since)
				}
				if until != "" {
					current.until, _ = strconv.Atoi(until)
				}
				if !isRange || current.since < majors[0] || current.until > majors[len(majors)-1] {
					return nil, fail("servers: want 15-, -14 or 15-16")
				}
			case "fails":
				current.fails = value
			case "unknown":
				current.unknown = value
			case "differs":
				current.differs = value
			case "in block only":
				current.inBlockOnly = true
			case "except":
				relation, why, _ := strings.Cut(value, ": ")
				if why == "" {
					return nil, fail("except: want RELATION: reason")
				}
				current.except[relation] = why
			case "statement":
				inStatement = true
			default:
				return nil, fail("unknown directive " + key)
			}
			continue
		}
		if inStatement {
			current.statement += line + "\n"
		} else {
			current.setup += line + "\n"
		}
	}
	for _, c := range cases {
		c.statement = strings.TrimSpace(c.statement)
		if c.statement == "" {
			return nil, fmt.Errorf("%s: case %s has no statement", file, c.name)
		}
	}
	return cases, nil
}

// splitSetup cuts the setup where a line ends with a semicolon outside a
// dollar-quoted body.
func splitSetup(setup string) []string {
	var statements []string
	var statement strings.Builder
	for _, line := range strings.Split(setup, "\n") {
		statement.WriteString(line + "\n")
		if strings.HasSuffix(strings.TrimSpace(line), ";") && strings.Count(statement.String(), "$$")%2 == 0 {
			statements = append(statements, strings.TrimSpace(statement.String()))
			statement.Reset()
		}
	}
	if rest := strings.TrimSpace(statement.String()); rest != "" {
		statements = append(statements, rest)
	}
	return statements
}
