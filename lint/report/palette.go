package report

import (
	"github.com/fatih/color"

	"github.com/premortem-lint/premortem/lint"
)

// palette paints words of one report. It never looks at the color package's
// global switch, which is about the process's standard output.
type palette struct {
	err, warning, good, bold, dim, gutter, note *color.Color
}

func newPalette(on bool) palette {
	paint := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return palette{
		err:     paint(color.FgRed, color.Bold),
		warning: paint(color.FgYellow, color.Bold),
		good:    paint(color.FgGreen, color.Bold),
		bold:    paint(color.Bold),
		dim:     paint(color.Faint),
		gutter:  paint(color.FgBlue),
		note:    paint(color.FgCyan),
	}
}

func (p *palette) severity(s lint.Severity) *color.Color {
	if s == lint.Error {
		return p.err
	}
	return p.warning
}
