package stats_test

import (
	"fmt"
	"testing"

	"github.com/premortem-lint/premortem/lint/stats"
)

func TestRead(t *testing.T) {
	s, err := stats.Read("s.json", []byte(`{"format": "premortem-stats/1", "server": 17, "countedSeconds": 100,
		"unknown": true, "tables": [
		{"schema": "public", "name": "events", "rows": 120000000, "bytes": 48000000000, "reads": 1000, "writes": 1000},
		{"schema": "public", "name": "new", "rows": null},
		{"schema": "public", "name": "small", "rows": 900, "bytes": 8192, "reads": 1999}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"events": "large true hot true: about 48 GB, 120 million rows",
		"new":    "large true hot false: ",
		"small":  "large false hot false: about 8.2 kB, 900 rows",
	} {
		table := s.Table("public", name)
		if got := fmt.Sprintf("large %v hot %v: %s", table.Large(), s.Hot(table), table.Size()); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if s.Table("other", "events") != nil || (*stats.Stats)(nil).Table("public", "events") != nil {
		t.Error("a table of nobody")
	}
}

func TestReadErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "s.json:1:1: the file is empty",
		"{\n  \"format\": \"premor": "s.json:2:20: the file ends too early",
		"{\n  \"server\": \"17\"}":  "s.json:2:17: json: cannot unmarshal string into Go struct field Stats.server of type int",
		"{\n  nonsense":             "s.json:2:3: invalid character 'n' looking for beginning of object key string",
		`{"format": "x/9"}`:         "s.json:1:1: the format is \"x/9\", not \"premortem-stats/1\": write the file anew with `premortem stats`",
		"[]":                        "s.json:1:2: json: cannot unmarshal array into Go value of type stats.Stats",
	} {
		if _, err := stats.Read("s.json", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestSize(t *testing.T) {
	for _, c := range []struct {
		rows, bytes int64
		want        string
	}{
		{0, 0, ""}, {1, 0, "about 1 row"}, {999, 999, "about 1000 bytes, 999 rows"}, {0, 1000, "about 1 kB"},
		{9_949, 9_949, "about 9.9 kB, 9.9 thousand rows"}, {9_950, 99_400, "about 99 kB, 10 thousand rows"},
		{123_456, 123_456, "about 120 kB, 120 thousand rows"}, {999_499, 999_499_999, "about 1000 MB, 1000 thousand rows"},
		{999_500, 1_000_000_000, "about 1 GB, 1 million rows"}, {1_260_000_000, 2_540_000_000_000_000, "about 2540 TB, 1.3 billion rows"},
	} {
		table := stats.Table{Rows: &c.rows, Bytes: c.bytes}
		if got := table.Size(); got != c.want {
			t.Errorf("%d rows, %d bytes: %q, want %q", c.rows, c.bytes, got, c.want)
		}
	}
}
