package lock

import (
	"strings"
	"testing"
)

// TestConflicts compares the matrix with the manual's table 13.2, row by row:
// x where the requested mode (row) conflicts with the held one (column),
// columns weakest first.
func TestConflicts(t *testing.T) {
	table := []struct {
		mode Mode
		row  string
	}{
		{AccessShare, ".......x"},
		{RowShare, "......xx"},
		{RowExclusive, "....xxxx"},
		{ShareUpdateExclusive, "...xxxxx"},
		{Share, "..xx.xxx"},
		{ShareRowExclusive, "..xxxxxx"},
		{Exclusive, ".xxxxxxx"},
		{AccessExclusive, "xxxxxxxx"},
	}
	for _, test := range table {
		var got strings.Builder
		for _, held := range Modes() {
			if test.mode.Conflicts(held) != held.Conflicts(test.mode) {
				t.Errorf("%s and %s: not symmetric", test.mode, held)
			}
			if test.mode.Conflicts(held) {
				got.WriteByte('x')
			} else {
				got.WriteByte('.')
			}
		}
		if got.String() != test.row {
			t.Errorf("%s: %s, manual has %s", test.mode, got.String(), test.row)
		}
	}
	if None.Conflicts(AccessExclusive) || AccessExclusive.Conflicts(None) || Mode(99).Conflicts(AccessShare) {
		t.Error("None or an odd mode conflicts")
	}
}

func TestBlocks(t *testing.T) {
	for _, m := range Modes() {
		if got, want := m.BlocksReads(), m == AccessExclusive; got != want {
			t.Errorf("%s.BlocksReads() = %v", m, got)
		}
		if got, want := m.BlocksWrites(), m >= Share; got != want {
			t.Errorf("%s.BlocksWrites() = %v", m, got)
		}
	}
}

func TestModeNames(t *testing.T) {
	for _, m := range Modes() {
		for _, name := range []string{m.String(), m.catalogName()} {
			if got, ok := ParseMode(name); !ok || got != m {
				t.Errorf("ParseMode(%q) = %v, %v", name, got, ok)
			}
		}
	}
	if got := ShareRowExclusive.catalogName(); got != "ShareRowExclusiveLock" {
		t.Error(got)
	}
	if _, ok := ParseMode("no"); ok {
		t.Error("None has no name to parse")
	}
	if Mode(99).String() != "unknown" || Work(99).String() != "unknown" {
		t.Error("odd values")
	}
}
