// Package stats reads what "premortem stats" has measured of a database: how
// large its tables are, how busy, and what the schema is.
package stats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Format is the value of Stats.Format that Read accepts.
const Format = "premortem-stats/1"

// Stats is what one database was at one moment. Nothing of it comes out of the
// rows of tables.
type Stats struct {
	Format    string    `json:"format"`
	Collected time.Time `json:"collected"`
	Server    int       `json:"server"` // the PostgreSQL major
	// CountedSeconds is for how long Reads and Writes were counted. Where the
	// server does not tell since when, it is how long the server has run, which may
	// be less.
	CountedSeconds int64   `json:"countedSeconds"`
	Tables         []Table `json:"tables"`

	byName map[string]*Table
}

// Table is a table, partitioned table or materialized view.
type Table struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
	// Rows is an estimate, that of pg_class.reltuples or of the statistics system;
	// nil where nothing has counted the table yet. A partitioned table has the sum of
	// its partitions' rows, bytes, reads and writes.
	Rows *int64 `json:"rows"`
	// Bytes is the size of the table with its TOAST table, IndexBytes that of its
	// indexes, both as VACUUM and ANALYZE left them in pg_class.relpages.
	Bytes      int64 `json:"bytes"`
	IndexBytes int64 `json:"indexBytes"`
	// Reads counts scans, Writes counts inserted, updated and deleted rows.
	Reads  int64 `json:"reads"`
	Writes int64 `json:"writes"`

	Columns     []string     `json:"columns"` // in order
	Indexes     []Index      `json:"indexes"`
	ForeignKeys []ForeignKey `json:"foreignKeys"`
}

// Index is an index of a table, in the table's schema.
type Index struct {
	Name  string `json:"name"`
	Valid bool   `json:"valid"`
}

// ForeignKey is a foreign key of a table.
type ForeignKey struct {
	Name       string `json:"name"`
	References string `json:"references"` // schema.table, as SQL writes it
	Validated  bool   `json:"validated"`
}

// From these on, a table counts as large, and as hot. A scan of LargeRows rows or
// LargeBytes takes some tens of milliseconds and an index build or rewrite some
// hundreds, measured on servers 14 to 18: from there on, users notice.
const (
	LargeRows      = 250_000
	LargeBytes     = 64 << 20
	HotPerSecond   = 20 // reads or written rows
	leastToCompare = 60 // seconds that must have been counted
)

// Read reads the file of "premortem stats". Errors begin with the name, the line
// and the column.
func Read(name string, text []byte) (*Stats, error) {
	var s Stats
	d := json.NewDecoder(bytes.NewReader(text))
	err := d.Decode(&s)
	offset := d.InputOffset()
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset - 1 // it counts the character that is wrong
	case errors.As(err, &kind):
		offset = kind.Offset
	case errors.Is(err, io.EOF):
		err = errors.New("the file is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset, err = int64(len(text)), errors.New("the file ends too early")
	case err == nil && s.Format != Format:
		offset, err = 0, fmt.Errorf("the format is %q, not %q: write the file anew with `premortem stats`", s.Format, Format)
	}
	if err != nil {
		before := text[:min(max(0, int(offset)), len(text))]
		line := bytes.Count(before, []byte("\n")) + 1
		column := len(before) - bytes.LastIndexByte(before, '\n')
		return nil, fmt.Errorf("%s:%d:%d: %w", name, line, column, err)
	}
	s.byName = make(map[string]*Table, len(s.Tables))
	for i := range s.Tables {
		s.byName[s.Tables[i].Schema+"."+s.Tables[i].Name] = &s.Tables[i]
	}
	return &s, nil
}

// Table returns a table, or nil where the database has none of that name, or s is nil.
func (s *Stats) Table(schema, name string) *Table {
	if s == nil {
		return nil
	}
	return s.byName[schema+"."+name]
}

// Large reports whether scans, index builds and rewrites of the table take a time
// that users notice. A table that nothing has counted yet may be large.
func (t *Table) Large() bool {
	return t.Rows == nil || *t.Rows >= LargeRows || t.Bytes >= LargeBytes
}

// Hot reports whether the table is in use all the time.
func (s *Stats) Hot(t *Table) bool {
	return s.CountedSeconds >= leastToCompare && (t.Reads+t.Writes)/s.CountedSeconds >= HotPerSecond
}

// Size says how large the table is in words, "about 48 GB, 120 million rows"; ""
// where nobody knows.
func (t *Table) Size() string {
	var words []string
	if t.Bytes > 0 {
		words = append(words, bytesInWords(t.Bytes))
	}
	if t.Rows != nil && *t.Rows > 0 {
		words = append(words, rowsInWords(*t.Rows))
	}
	if len(words) == 0 {
		return ""
	}
	return "about " + strings.Join(words, ", ")
}

func bytesInWords(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	size, unit := float64(n), 0
	for size >= 999.5 && unit < len(units)-1 {
		size, unit = size/1000, unit+1
	}
	return significant(size) + " " + units[unit]
}

func rowsInWords(n int64) string {
	switch {
	case n == 1:
		return "1 row"
	case n < 1000:
		return fmt.Sprintf("%d rows", n)
	case n < 999_500:
		return significant(float64(n)/1000) + " thousand rows"
	case n < 999_500_000:
		return significant(float64(n)/1e6) + " million rows"
	}
	return significant(float64(n)/1e9) + " billion rows"
}

// significant has two digits: estimates promise no more.
func significant(x float64) string {
	switch {
	case x < 9.95:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
	case x < 99.5:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.0f", float64(int64(x/10+0.5))*10)
}
