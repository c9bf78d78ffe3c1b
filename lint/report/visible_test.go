package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain text":             "plain text",
		"tab\tstays":             "tab\tstays",
		"a\nb":                   "a<U+000A>b",
		"a\r\nb":                 "a<U+000D><U+000A>b",
		"\x1b[31mred":            "<U+001B>[31mred",
		"\x7f\u0085":             "<U+007F><U+0085>",
		"drop\u202Etable\u2066":  "drop<U+202E>table<U+2066>",
		"zero\u200Bwidth\uFEFF":  "zero<U+200B>width<U+FEFF>",
		"soft\u00ADhyphen":       "soft<U+00AD>hyphen",
		"hangul\u3164filler":     "hangul<U+3164>filler",
		"line\u2028separator":    "line<U+2028>separator",
		"latin\xe9":              "latin<0xE9>",
		"cut\xe6\x95":            "cut<0xE6><0x95>",
		"real \uFFFD":            "real \uFFFD",
		"größe 数量 é e\u0301":     "größe 数量 é e\u0301",
		"👩\u200D💻 ❤\uFE0F":       "👩\u200D💻 ❤\uFE0F",
		"joined\u200D":           "joined<U+200D>",
		"##[error]x":             "<U+0023>#[error]x",
		"a ##vso[task.x]":        "a <U+0023>#vso[task.x]",
		"point ## box, ##- text": "point ## box, ##- text",
	} {
		if got := visible(text); got != want {
			t.Errorf("visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestVisibleLines(t *testing.T) {
	got := strings.Join(visibleLines("SELECT 'a\r\n  ::error::x\n\t::text\n::text::jsonb\n\n\x1b\n\n"), "\n")
	want := "SELECT 'a\n  <U+003A>:error::x\n\t::text\n<U+003A>:text::jsonb\n\n<U+001B>"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEscapeInvisible(t *testing.T) {
	text := "a\u202Eb\x7f\U000E0041c\td 数量 📦\n"
	encoded, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	escaped := escapeInvisible(encoded)
	for _, r := range string(escaped) {
		if r != '\n' && invisible(r) {
			t.Errorf("%q has %U", escaped, r)
		}
	}
	var back string
	if err := json.Unmarshal(escaped, &back); err != nil || back != text {
		t.Errorf("%q came back as %q: %v", text, back, err)
	}
	if !strings.Contains(string(escaped), "数量 📦") {
		t.Errorf("%q escapes letters", escaped)
	}
}

func TestInvisible(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		if unicode.IsLetter(r) && invisible(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			t.Errorf("%U %c is a letter", r, r)
		}
		if unicode.IsControl(r) && !invisible(r) {
			t.Errorf("%U is a control character", r)
		}
	}
}
