package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// GitHub's limits (docs.github.com, "SARIF support for code scanning"). It
// refuses a file that exceeds them.
const (
	maxSARIFResults   = 25_000
	maxSARIFLocations = 1_000 // of one result
	maxDescription    = 1_024 // characters
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/premortem-lint/premortem"
	rulePages   = homepage + "/blob/main/rules/"
)

// writeSARIF writes SARIF 2.1.0 as GitHub code scanning wants it.
//
// GitHub does not know the property suppressions and would open an alert for
// each suppressed diagnostic, so these are left out unless they are asked for.
func writeSARIF(w io.Writer, r *lint.Result, o Options) error {
	return encode(w, sarifLog{
		Schema:  sarifSchema,
		Version: "2.1.0",
		Runs:    []sarifRun{newSARIFRun(r, &o)},
	})
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool              sarifTool         `json:"tool"`
	AutomationDetails *sarifAutomation  `json:"automationDetails,omitempty"`
	Invocations       []sarifInvocation `json:"invocations"`
	ColumnKind        string            `json:"columnKind"`
	Results           []sarifResult     `json:"results"`
	Properties        sarifRunProps     `json:"properties"`
}

type sarifRunProps struct {
	Server    int    `json:"server"`
	ServerWhy string `json:"serverWhy,omitempty"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifAutomation struct {
	ID string `json:"id"`
}

type sarifInvocation struct {
	ExecutionSuccessful bool                `json:"executionSuccessful"`
	Notifications       []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID      string             `json:"id"`
	Short   sarifText          `json:"shortDescription"`
	Full    sarifText          `json:"fullDescription"`
	Help    sarifText          `json:"help"`
	HelpURI string             `json:"helpUri"`
	Default sarifConfiguration `json:"defaultConfiguration"`
	Props   sarifRuleProps     `json:"properties"`
}

type sarifConfiguration struct {
	Enabled bool   `json:"enabled"`
	Level   string `json:"level"`
}

type sarifRuleProps struct {
	Tags            []string `json:"tags"`
	Precision       string   `json:"precision"`
	ProblemSeverity string   `json:"problem.severity"`
}

type sarifResult struct {
	RuleID       string              `json:"ruleId"`
	RuleIndex    int                 `json:"ruleIndex"`
	Level        string              `json:"level"`
	Message      sarifText           `json:"message"`
	Locations    []sarifLocation     `json:"locations"`
	Fingerprints sarifFingerprints   `json:"partialFingerprints"`
	Related      []sarifLocation     `json:"relatedLocations,omitempty"`
	Fixes        []sarifFix          `json:"fixes,omitempty"`
	Suppressions *[]sarifSuppression `json:"suppressions,omitempty"` // all results have it, or none
}

type sarifFingerprints struct {
	PrimaryLocationLineHash string `json:"primaryLocationLineHash"`
}

type sarifLocation struct {
	ID       *int          `json:"id,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifText    `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifFix struct {
	Description sarifText     `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion `json:"deletedRegion"`
	Inserted sarifText   `json:"insertedContent"`
}

type sarifSuppression struct {
	Kind          string        `json:"kind"`
	Justification string        `json:"justification"`
	Location      sarifLocation `json:"location"`
}

func newSARIFRun(r *lint.Result, o *Options) sarifRun {
	rules := newRuleList(o.Rules)
	run := sarifRun{
		ColumnKind: "unicodeCodePoints",
		Properties: sarifRunProps{r.Server, o.ServerWhy},
		Results:    []sarifResult{},
	}
	if o.Category != "" {
		run.AutomationDetails = &sarifAutomation{strings.TrimSuffix(o.Category, "/") + "/"}
	}
	invocation := sarifInvocation{ExecutionSuccessful: len(r.Gaps) == 0, Notifications: []sarifNotification{}}
	for _, g := range groupGaps(r.Gaps) {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{
			"error", sarifMessage("not analysed: " + visible(g.describe())), []sarifLocation{newSARIFLocation(g.first.File, g.first.Place(), o)},
		})
	}

	kept := sarifDiagnostics(r, o)
	if left := len(kept) - maxSARIFResults; left > 0 {
		kept = kept[:maxSARIFResults]
		invocation.Notifications = append(invocation.Notifications, sarifNotification{
			Level: "warning", Message: sarifText{Text: fmt.Sprintf("%d findings of the least severity are left out: GitHub takes %d", left, maxSARIFResults)},
		})
	}
	occurrences := map[string]int{}
	for _, d := range kept {
		result := newSARIFResult(d, o)
		result.RuleIndex = rules.index(d)
		result.Fingerprints.PrimaryLocationLineHash = fingerprint(d, occurrences)
		run.Results = append(run.Results, result)
	}
	run.Invocations = []sarifInvocation{invocation}
	run.Tool.Driver = sarifDriver{"premortem", o.Version, homepage, rules.list}
	return run
}

// sarifDiagnostics are those to report: in their order, or errors first when
// there are more than GitHub takes.
func sarifDiagnostics(r *lint.Result, o *Options) []*lint.Diagnostic {
	var list []*lint.Diagnostic
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; d.Suppressed == nil || o.ShowSuppressed {
			list = append(list, d)
		}
	}
	if len(list) > maxSARIFResults {
		return mostSevere(r)
	}
	return list
}

func newSARIFResult(d *lint.Diagnostic, o *Options) sarifResult {
	result := sarifResult{
		RuleID:    d.Rule,
		Level:     d.Severity.String(),
		Message:   sarifMessage(explanation(d)),
		Locations: []sarifLocation{newSARIFLocation(d.File, d.Range, o)},
	}
	for i, r := range d.Related[:min(len(d.Related), maxSARIFLocations-1)] {
		l := newSARIFLocation(r.File, r.Range, o)
		message := sarifMessage(visible(r.Message))
		l.ID, l.Message = &i, &message
		result.Related = append(result.Related, l)
	}
	for _, f := range d.SuggestedFixes {
		change := sarifChange{Artifact: newSARIFArtifact(d.File, o), Replacements: []sarifReplacement{}}
		for _, e := range f.TextEdits {
			change.Replacements = append(change.Replacements, sarifReplacement{newSARIFRegion(d.File, e.Range), sarifText{Text: e.NewText}})
		}
		if len(change.Replacements) > 0 {
			result.Fixes = append(result.Fixes, sarifFix{sarifMessage(visible(f.Message)), []sarifChange{change}})
		}
	}
	if o.ShowSuppressed {
		suppressions := []sarifSuppression{}
		if s := d.Suppressed; s != nil {
			suppressions = append(suppressions, sarifSuppression{"inSource", visible(s.Reason), newSARIFLocation(s.File, s.Range, o)})
		}
		result.Suppressions = &suppressions
	}
	return result
}

// sarifMessage is a plain text message. SARIF reads [text](target) as a link
// in it (section 3.11.6), which a name in somebody's SQL must not become.
func sarifMessage(text string) sarifText {
	if strings.Contains(text, "](") {
		text = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
	}
	return sarifText{Text: text}
}

func newSARIFLocation(f *migration.File, r migration.Range, o *Options) sarifLocation {
	return sarifLocation{Physical: sarifPhysical{newSARIFArtifact(f, o), newSARIFRegion(f, tight(f, r))}}
}

func newSARIFArtifact(f *migration.File, o *Options) sarifArtifact {
	return sarifArtifact{uri(o.repoPath(f.Name)), "%SRCROOT%"}
}

// uri is the relative URI reference of a slash-separated path.
func uri(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		// A colon in the first segment would end a scheme.
		segments[i] = strings.ReplaceAll(url.PathEscape(s), ":", "%3A")
	}
	return strings.Join(segments, "/")
}

func newSARIFRegion(f *migration.File, r migration.Range) sarifRegion {
	start, end := f.Position(r.Pos), f.Position(r.End)
	return sarifRegion{start.Line, start.Column, end.Line, end.Column}
}

// fingerprint identifies a diagnostic across versions of the repository: by
// its rule and its statement's words, not by where they stand, with a number
// for the statements that a run has more than once.
func fingerprint(d *lint.Diagnostic, occurrences map[string]int) string {
	sum := sha256.Sum256([]byte(d.Rule + "\x00" + subject(d)))
	hash := hex.EncodeToString(sum[:8])
	occurrences[hash]++
	return fmt.Sprintf("%s:%d", hash, occurrences[hash])
}

// subject is the statement's text without comments, blanks made one; for a
// diagnostic about a whole migration the file's name.
func subject(d *lint.Diagnostic) string {
	if d.Statement == nil {
		return "file " + d.File.Name
	}
	var b strings.Builder
	at := d.Statement.Pos
	for _, c := range d.Statement.Comments {
		if c.Pos >= at && c.End <= d.Statement.End {
			b.Write(d.File.Source[at:c.Pos])
			b.WriteByte(' ')
			at = c.End
		}
	}
	b.Write(d.File.Source[at:d.Statement.End])
	return strings.Join(strings.Fields(b.String()), " ")
}

// ruleList is SARIF's list of rules, and where each one is in it.
type ruleList struct {
	list []sarifRule
	at   map[string]int
}

func newRuleList(rules []*lint.Rule) *ruleList {
	l := &ruleList{list: []sarifRule{}, at: map[string]int{}}
	for _, rule := range rules {
		l.add(rule)
	}
	return l
}

func (l *ruleList) add(rule *lint.Rule) int {
	l.at[rule.Name] = len(l.list)
	l.list = append(l.list, newSARIFRule(rule))
	return len(l.list) - 1
}

// index returns the place of a diagnostic's rule. One that the caller did not
// list is added, by name alone.
func (l *ruleList) index(d *lint.Diagnostic) int {
	if at, ok := l.at[d.Rule]; ok {
		return at
	}
	return l.add(&lint.Rule{Name: d.Rule, Category: d.Category, Severity: d.Severity})
}

func newSARIFRule(rule *lint.Rule) sarifRule {
	page := strings.TrimSpace(rule.Doc)
	if page == "" {
		page = rule.Name
	}
	summary, fact := pageSummary(page)
	address := rulePages + rule.Name + ".md"
	level := rule.Severity
	if level == lint.Off {
		level = lint.Warning
	}
	problem := level.String()
	if rule.Category == lint.Style {
		problem = "recommendation"
	}
	return sarifRule{
		ID:      rule.Name,
		Short:   sarifText{Text: shorten(summary, maxDescription)},
		Full:    sarifText{Text: shorten(fact, maxDescription)},
		Help:    sarifText{Text: page + "\n\n" + address, Markdown: page + "\n\n[" + rule.Name + "](" + address + ")\n"},
		HelpURI: address,
		Default: sarifConfiguration{rule.Severity != lint.Off, level.String()},
		Props:   sarifRuleProps{[]string{"postgresql", "migration", string(rule.Category)}, "high", problem},
	}
}

// pageSummary returns the first paragraph of a rule's page, and the summary
// together with the first paragraph of its first section.
func pageSummary(page string) (summary, fact string) {
	var texts []string
	for _, block := range strings.Split(strings.ReplaceAll(page, "\r\n", "\n"), "\n\n") {
		block = strings.Join(strings.Fields(block), " ")
		if block != "" && !strings.HasPrefix(block, "#") {
			texts = append(texts, block)
		}
	}
	switch len(texts) {
	case 0:
		title := strings.TrimSpace(strings.TrimLeft(page, "#"))
		return title, title
	case 1:
		return texts[0], texts[0]
	}
	return texts[0], texts[0] + " " + texts[1]
}

// shorten cuts a text to at most n characters.
func shorten(text string, n int) string {
	characters := []rune(text)
	if len(characters) <= n {
		return text
	}
	return string(characters[:n-1]) + "…"
}
