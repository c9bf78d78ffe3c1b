// Package report writes the result of a run: one file per output format.
//
// A result holds text that strangers wrote (names, paths, SQL). No format
// echoes it raw: control characters, and characters that are invisible or
// reorder text, become visible.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/premortem-lint/premortem/lint"
)

// Options is what the formats need to know besides the result.
type Options struct {
	// Path turns a File.Name, which is relative to the searched root, into the
	// path that a person at the shell can open. Nil: unchanged.
	Path func(name string) string
	// RepoPath turns a File.Name into the slash-separated path from the root
	// of the repository, for SARIF and GitHub. Nil: unchanged.
	RepoPath func(name string) string
	// Color allows colours in the text format. See UseColor.
	Color bool
	// FailOn is the least severity that fails the run.
	FailOn lint.Severity
	// Elapsed is how long the run took, for the text and github formats; the
	// others do not change from run to run. 0: not said.
	Elapsed time.Duration
	// ServerWhy says why the server was chosen, as a phrase: "--pg-version",
	// "the oldest supported major; set --pg-version".
	ServerWhy string
	// Version of premortem, such as "1.2.0".
	Version string
	// Category tells several SARIF uploads of one commit apart.
	Category string
	// Summary receives the Markdown of GitHub's job summary
	// ($GITHUB_STEP_SUMMARY). Nil: none.
	Summary io.Writer
	// Rules are the rules that ran, for the list that SARIF carries.
	Rules []*lint.Rule
	// ShowSuppressed reports suppressed diagnostics too, marked as such, in
	// the text and sarif formats. The json format always lists them apart.
	ShowSuppressed bool
}

// Format is one output format.
type Format struct {
	Name string // as in --format
	Doc  string // one phrase for help
	// Write writes the whole report. The error is the writer's.
	Write func(w io.Writer, r *lint.Result, o Options) error
}

// Formats are all output formats; the first is the default.
var Formats = []*Format{
	{Name: "text", Doc: "for people at a terminal", Write: writeText},
	{Name: "json", Doc: "for programs; see result.v1.json", Write: writeJSON},
	{Name: "sarif", Doc: "SARIF 2.1.0, for GitHub code scanning and editors", Write: writeSARIF},
	{Name: "github", Doc: "annotations of a GitHub Actions run", Write: writeGitHub},
}

// Output is one report that was asked for.
type Output struct {
	Format *Format
	Path   string // "" is standard output
}

// ParseOutputs reads a list such as "text,sarif:out.sarif": formats separated
// by commas, each with the file to write it to. One of them may go to
// standard output.
func ParseOutputs(s string) ([]Output, error) {
	var outputs []Output
	taken := map[string]string{} // path to format
	for _, item := range strings.Split(s, ",") {
		name, path, toFile := strings.Cut(strings.TrimSpace(item), ":")
		format := formatNamed(name)
		switch {
		case format == nil:
			return nil, fmt.Errorf("unknown format %q: use %s", name, formatNames())
		case toFile && path == "":
			return nil, fmt.Errorf("format %s: no file after the colon", name)
		}
		if other, ok := taken[path]; ok {
			if path == "" {
				return nil, fmt.Errorf("formats %s and %s would both go to standard output: give one of them a file, such as %s:FILE", other, name, name)
			}
			return nil, fmt.Errorf("formats %s and %s would both go to the file %s", other, name, path)
		}
		taken[path] = name
		outputs = append(outputs, Output{format, path})
	}
	return outputs, nil
}

func formatNamed(name string) *Format {
	for _, f := range Formats {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// formatNames lists the formats as a sentence has them: "a, b or c".
func formatNames() string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// UseColor decides whether a stream gets colours. flag is the value of
// --color: "always" and "never" decide alone; with anything else the
// environment does, in the order in which terminal programs agree on it, and
// then whether the stream is a terminal.
func UseColor(env func(string) string, isTerminal bool, flag string) bool {
	forced := func(name string) bool { v := env(name); return v != "" && v != "0" }
	switch {
	case flag == "always":
		return true
	case flag == "never", env("NO_COLOR") != "":
		return false
	case forced("FORCE_COLOR"), forced("CLICOLOR_FORCE"):
		return true
	case env("CLICOLOR") == "0", env("TERM") == "dumb":
		return false
	}
	return isTerminal
}

// path is the name for people at the shell.
func (o *Options) path(name string) string {
	if o.Path == nil {
		return name
	}
	return o.Path(name)
}

// repoPath is the name for what looks at the repository.
func (o *Options) repoPath(name string) string {
	if o.RepoPath == nil {
		return name
	}
	return o.RepoPath(name)
}
