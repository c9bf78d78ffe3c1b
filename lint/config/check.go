package config

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/spelling"
)

// check says what is wrong with a text of one of the kinds that Config holds.
func (r *reader) check(value any) error {
	switch v := value.(type) {
	case Pattern:
		return v.check()
	case TablePattern:
		if v == "" || !doublestar.ValidatePattern(string(v)) {
			return fmt.Errorf("%q is not a table's name or a glob on it", v)
		}
	case RunnerName:
		return CheckRunner(string(v))
	case RuleOrCategory:
		return r.checkRule(string(v))
	case Severity:
		_, err := lint.ParseSeverity(string(v))
		return err
	case FailOn:
		_, err := ParseFailOn(string(v))
		return err
	case Timeout:
		_, err := lock.ParseTimeout(string(v))
		return err
	case Format:
		if r.known.Format != nil {
			return r.known.Format(string(v))
		}
	case string:
		if v == "" {
			return errors.New("empty")
		}
	}
	return nil
}

func (p Pattern) check() error {
	switch {
	case p == "":
		return errors.New("empty")
	case strings.HasPrefix(string(p), "/"):
		return fmt.Errorf("%q is absolute: write it relative to this file's folder", p)
	case strings.HasPrefix(string(p)+"/", "../") || strings.Contains(string(p)+"/", "/../"):
		return fmt.Errorf("%q leads out of this file's folder", p)
	case !doublestar.ValidatePattern(string(p)):
		return fmt.Errorf("%q is not a valid glob", p)
	}
	return nil
}

// CheckRunner says whether a migration tool is known, and which are if not.
func CheckRunner(name string) error {
	var names []string
	for _, known := range migration.Runners {
		if known.Name == name {
			return nil
		}
		names = append(names, known.Name)
	}
	return fmt.Errorf("unknown runner %q%s", name, cmp.Or(spelling.DidYouMean(name, names), "; known are "+strings.Join(names, ", ")))
}

func (r *reader) checkRule(name string) error {
	var names []string
	for _, c := range lint.Categories {
		names = append(names, string(c))
	}
	for _, rule := range r.known.Rules {
		names = append(names, rule.Name)
	}
	for _, known := range names {
		if known == name {
			return nil
		}
	}
	hint := ""
	if r.known.Hint != nil {
		hint = r.known.Hint(name)
	}
	return fmt.Errorf("unknown rule or category %q%s", name, cmp.Or(hint, spelling.DidYouMean(name, names), "; `premortem rules` lists them"))
}

// ParseFailOn reads "error", "warning" or "never"; never is lint.Off.
func ParseFailOn(s string) (lint.Severity, error) {
	switch s {
	case "error":
		return lint.Error, nil
	case "warning":
		return lint.Warning, nil
	case "never":
		return lint.Off, nil
	}
	return 0, fmt.Errorf("unknown severity %q: use error, warning or never", s)
}
