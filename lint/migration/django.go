package migration

import "regexp"

// Django is what `manage.py sqlmigrate` has printed, of one migration or of
// several, for psql to execute: where one ends, the text does not tell. Facts are
// from running 3.2.25; since 4.1 it has other words for what is not SQL.
var Django = &Runner{
	Name:      "django",
	Detect:    detectMark("an operation as sqlmigrate prints it", isPsqlName, djangoOperation.Match),
	ParseName: parsePsqlName,
	NameOf:    numberedName("%05d_%s.sql"),
	Skips:     func(string) string { return "" },
	Less:      func(a, b FileName) bool { return a.Base < b.Base },
	Split: func(f *File, n FileName) ([]Section, []Problem) {
		s := Section{Range: Range{0, len(f.Source)}, Scope: Autocommit, Direction: n.Direction}
		for _, t := range Scan(f.Source, 0) {
			if t.Kind != LineComment || !djangoPython.Match(f.Source[t.Pos:t.End]) {
				continue
			}
			s.Gaps = append(s.Gaps, Gap{
				Range:  trimmed(f.Source, t.Range),
				Reason: "an operation in Python, which Django executes itself",
				Inside: true,
			})
		}
		return []Section{s}, nil
	},
	Draft: func(statements []string, noTransaction bool) []string {
		text := "class Migration(migrations.Migration):\n"
		if noTransaction {
			text += "    atomic = False\n"
		}
		text += "    operations = [\n"
		for _, s := range statements {
			if concurrentIndex.MatchString(s) {
				text += "        # or AddIndexConcurrently and RemoveIndexConcurrently of django.contrib.postgres.operations\n"
			}
			text += "        migrations.RunSQL(" + pythonString(s) + "),\n"
		}
		return []string{text + "    ]\n"}
	},
	SendsRows:          true,
	Printed:            true,
	PsqlCommands:       true,
	WithoutTransaction: "write atomic = False into the migration's class",
}

// What sqlmigrate prints before each operation.
var (
	djangoOperation = regexp.MustCompile(`(?m)^--\r?\n(?:-- MIGRATION NOW PERFORMS .*\n)?-- (?:` +
		`(?:Create|Delete) model \w+` +
		`|Rename model \w+ to \w+` +
		`|(?:Add|Remove|Alter|Rename) field \w+ (?:to|from|on) \w+(?: to \w+)?` +
		`|(?:Concurrently c|C)reate index \S+ on .* model \w+` +
		`|(?:Concurrently r|R)emove index \S+ from \w+` +
		`|(?:Create(?: not valid)?|Validate) constraint \S+ on model \w+` +
		`|Remove constraint \S+ from model \w+` +
		`|Alter (?:unique|index)_together for \w+ \(.*` +
		`|Change Meta options on \w+` +
		`|Raw (?:SQL|Python) operation` +
		`|Custom state/database change combination` +
		`)\r?\n--\r?$`)
	djangoPython = regexp.MustCompile(`^-- (?:MIGRATION NOW PERFORMS|THIS) OPERATION(?: THAT)? CANNOT BE WRITTEN AS SQL`)
)
