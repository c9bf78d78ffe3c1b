package report

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// SchemaID is the address of the JSON Schema of the json format, version 1:
// schema/result.v1.json beside this file.
const SchemaID = "https://raw.githubusercontent.com/premortem-lint/premortem/main/lint/report/schema/result.v1.json"

// writeJSON writes for programs. The form is a promise: within version 1
// fields are added, never changed or removed.
func writeJSON(w io.Writer, r *lint.Result, o Options) error {
	return encode(w, newJSONReport(r, &o))
}

// encode writes an indented JSON text whose characters are all visible.
func encode(w io.Writer, value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(escapeInvisible(b.Bytes()))
	return err
}

type jsonReport struct {
	Schema      string           `json:"$schema"`
	Version     int              `json:"version"`
	Tool        jsonTool         `json:"tool"`
	Server      jsonServer       `json:"server"`
	FailOn      string           `json:"failOn"`
	Summary     jsonSummary      `json:"summary"`
	Histories   []jsonHistory    `json:"histories"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
	Suppressed  []jsonDiagnostic `json:"suppressed"`
	Gaps        []jsonGap        `json:"gaps"`
	Drift       []jsonDrift      `json:"drift,omitempty"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonServer struct {
	Major int    `json:"major"`
	Why   string `json:"why"`
}

type jsonSummary struct {
	Migrations int `json:"migrations"`
	Statements int `json:"statements"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Suppressed int `json:"suppressed"`
	Gaps       int `json:"gaps"`
}

type jsonHistory struct {
	Dir        string          `json:"dir"`
	Runner     string          `json:"runner"`
	Why        string          `json:"why"`
	Migrations []jsonMigration `json:"migrations"` // under review
	Skipped    []jsonSkipped   `json:"skipped"`
}

type jsonMigration struct {
	File      string `json:"file"`
	Version   string `json:"version"`
	Name      string `json:"name"`
	Direction string `json:"direction"`
	Scope     string `json:"scope"`
	Release   int    `json:"release"`
}

type jsonSkipped struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

type jsonDiagnostic struct {
	Rule        string           `json:"rule"`
	Category    string           `json:"category"`
	Severity    string           `json:"severity"`
	Message     string           `json:"message"`
	Location    jsonLocation     `json:"location"`
	Statement   *jsonRange       `json:"statement,omitempty"`
	Locks       []jsonLock       `json:"locks"`
	Related     []jsonRelated    `json:"related"`
	Instead     *jsonInstead     `json:"instead,omitempty"`
	Fixes       []jsonFix        `json:"fixes"`
	Suppression *jsonSuppression `json:"suppression,omitempty"`
}

type jsonLocation struct {
	File string `json:"file"`
	jsonRange
}

type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonPosition struct {
	Line       int `json:"line"`
	Column     int `json:"column"`
	ByteColumn int `json:"byteColumn"`
	Offset     int `json:"offset"`
}

type jsonLock struct {
	Schema       string `json:"schema"`
	Relation     string `json:"relation"`
	Index        bool   `json:"index"`
	Mode         string `json:"mode"`
	BlocksReads  bool   `json:"blocksReads"`
	BlocksWrites bool   `json:"blocksWrites"`
	Work         string `json:"work"`
	Implied      bool   `json:"implied"`
	Waits        bool   `json:"waits"`
	Why          string `json:"why,omitempty"`
	Unknown      string `json:"unknown,omitempty"`
}

type jsonRelated struct {
	Message  string       `json:"message"`
	Location jsonLocation `json:"location"`
}

type jsonInstead struct {
	Message    string   `json:"message"`
	Migrations []string `json:"migrations"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Edits   []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	jsonRange
	NewText string `json:"newText"`
}

type jsonSuppression struct {
	Reason   string       `json:"reason"`
	Until    string       `json:"until,omitempty"`
	Location jsonLocation `json:"location"`
}

type jsonGap struct {
	Reason   string       `json:"reason"`
	Location jsonLocation `json:"location"`
}

// jsonDrift is there with --stats only.
type jsonDrift struct {
	Dir     string `json:"dir"`
	Message string `json:"message"`
}

func newJSONReport(r *lint.Result, o *Options) jsonReport {
	t := count(r)
	report := jsonReport{
		Schema:  SchemaID,
		Version: 1,
		Tool:    jsonTool{"premortem", o.Version},
		Server:  jsonServer{r.Server, o.ServerWhy},
		FailOn:  o.FailOn.String(),
		Summary: jsonSummary{
			Migrations: r.Migrations, Statements: r.Statements,
			Errors: t.errors, Warnings: t.warnings, Suppressed: t.suppressed,
			Gaps: len(r.Gaps),
		},
		Histories:   make([]jsonHistory, 0, len(r.Histories)),
		Diagnostics: []jsonDiagnostic{},
		Suppressed:  []jsonDiagnostic{},
		Gaps:        make([]jsonGap, 0, len(r.Gaps)),
	}
	for _, h := range r.Histories {
		report.Histories = append(report.Histories, newJSONHistory(h, o))
	}
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; d.Suppressed == nil {
			report.Diagnostics = append(report.Diagnostics, newJSONDiagnostic(d, o))
		} else {
			report.Suppressed = append(report.Suppressed, newJSONDiagnostic(d, o))
		}
	}
	for _, g := range r.Gaps {
		report.Gaps = append(report.Gaps, jsonGap{g.Reason, newJSONLocation(g.File, g.Range, o)})
	}
	for _, d := range r.Drift {
		report.Drift = append(report.Drift, jsonDrift{o.path(d.Dir), d.Message})
	}
	return report
}

func newJSONHistory(h *migration.History, o *Options) jsonHistory {
	j := jsonHistory{Dir: o.path(h.Dir), Why: h.Why, Migrations: []jsonMigration{}, Skipped: []jsonSkipped{}}
	if h.Runner != nil {
		j.Runner = h.Runner.Name
	}
	for _, m := range h.Migrations {
		if m.UnderReview {
			j.Migrations = append(j.Migrations, jsonMigration{
				o.path(m.File.Name), m.Version, m.Name, m.Direction.String(), m.Section.Scope.String(), m.Release,
			})
		}
	}
	for _, s := range h.Skipped {
		j.Skipped = append(j.Skipped, jsonSkipped{o.path(s.Name), s.Reason})
	}
	return j
}

func newJSONDiagnostic(d *lint.Diagnostic, o *Options) jsonDiagnostic {
	j := jsonDiagnostic{
		Rule:     d.Rule,
		Category: string(d.Category),
		Severity: d.Severity.String(),
		Message:  d.Message,
		Location: newJSONLocation(d.File, d.Range, o),
		Locks:    make([]jsonLock, 0, len(d.Effects)),
		Related:  make([]jsonRelated, 0, len(d.Related)),
		Fixes:    make([]jsonFix, 0, len(d.SuggestedFixes)),
	}
	if d.Statement != nil {
		statement := newJSONRange(d.File, d.Statement.Range)
		j.Statement = &statement
	}
	for i := range d.Effects {
		j.Locks = append(j.Locks, newJSONLock(&d.Effects[i]))
	}
	for _, r := range d.Related {
		j.Related = append(j.Related, jsonRelated{r.Message, newJSONLocation(r.File, r.Range, o)})
	}
	if in := d.Instead; in != nil {
		j.Instead = &jsonInstead{in.Message, append([]string{}, in.Migrations...)}
	}
	for _, f := range d.SuggestedFixes {
		fix := jsonFix{Message: f.Message, Edits: make([]jsonEdit, 0, len(f.TextEdits))}
		for _, e := range f.TextEdits {
			fix.Edits = append(fix.Edits, jsonEdit{newJSONRange(d.File, e.Range), e.NewText})
		}
		j.Fixes = append(j.Fixes, fix)
	}
	if s := d.Suppressed; s != nil {
		j.Suppression = &jsonSuppression{Reason: s.Reason, Location: newJSONLocation(s.File, s.Range, o)}
		if !s.Until.IsZero() {
			j.Suppression.Until = s.Until.Format(time.DateOnly)
		}
	}
	return j
}

func newJSONLock(e *lock.Effect) jsonLock {
	return jsonLock{
		Schema:       e.Relation.Schema,
		Relation:     e.Relation.Name,
		Index:        e.Index,
		Mode:         e.Mode.String(),
		BlocksReads:  e.Mode.BlocksReads(),
		BlocksWrites: e.Mode.BlocksWrites(),
		Work:         e.Work.String(),
		Implied:      e.Implied,
		Waits:        e.Waits,
		Why:          e.Why,
		Unknown:      e.Unknown,
	}
}

func newJSONLocation(f *migration.File, r migration.Range, o *Options) jsonLocation {
	return jsonLocation{o.path(f.Name), newJSONRange(f, tight(f, r))}
}

func newJSONRange(f *migration.File, r migration.Range) jsonRange {
	return jsonRange{newJSONPosition(f, r.Pos), newJSONPosition(f, r.End)}
}

func newJSONPosition(f *migration.File, offset int) jsonPosition {
	at := f.Position(offset)
	return jsonPosition{at.Line, at.Column, at.ByteColumn, offset}
}
