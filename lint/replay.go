package lint

import (
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Visitor is what Replay calls. Nil functions are not called. An error ends
// the replay.
type Visitor struct {
	// Migration is called before the first statement of a migration;
	// Pass.Statement is nil.
	Migration func(Pass) error
	// Statement is called with the catalog and the session before the
	// statement, Applied with those after it.
	Statement, Applied func(Pass) error
	// End is called with the catalog behind the last up migration of a history;
	// Pass.Migration, Pass.Statement and Pass.Session are nil.
	End func(Pass) error
}

// Replay executes the histories in the catalog and the session, one after the
// other, and shows every statement in its context, history included. Run
// judges that way; others may only look. It fails on a configuration that
// cannot be meant (unknown rule, category or timeout).
func Replay(histories []*migration.History, config Config, v Visitor) error {
	if err := config.validate(); err != nil {
		return err
	}
	seed := config.seed()
	for _, h := range histories {
		if err := replayHistory(h, &config, seed, v); err != nil {
			return err
		}
	}
	return nil
}

// seed returns the statements of the schema, for each history's catalog.
func (c *Config) seed() []*migration.Statement {
	if c.Schema == nil {
		return nil
	}
	return migration.ParseFile(c.Schema).Statements
}

func replayHistory(h *migration.History, config *Config, seed []*migration.Statement, v Visitor) error {
	c := catalog.New()
	if seed != nil {
		c.Enter(nil)
		for _, s := range seed {
			c.Apply(s)
		}
	}
	session := lock.NewSession(c)
	r := newReversals(h)
	for _, m := range r.ups {
		r.before(m, c)
		if err := replay(m, config.forFile(m.File.Name), c, session, nil, v); err != nil {
			return err
		}
		r.after(m, c)
	}
	if v.End != nil {
		left, err := later(h, config, c)
		if err != nil {
			return err
		}
		if err := v.End(Pass{Server: config.server(), Catalog: left, Config: config}); err != nil {
			return err
		}
	}
	for _, m := range r.downs {
		if err := replay(m, config.forFile(m.File.Name), c, session, r.left[m], v); err != nil {
			return err
		}
	}
	return nil
}

// later returns the catalog that the migrations behind the last one under
// review leave. Downs are taken back before those are applied, and c remains as it is.
func later(h *migration.History, config *Config, c *catalog.Catalog) (*catalog.Catalog, error) {
	if len(h.Later) == 0 {
		return c, nil
	}
	c = c.Clone()
	session := lock.NewSession(c)
	for _, m := range h.Later {
		if err := replay(m, config.forFile(m.File.Name), c, session, nil, Visitor{}); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func replay(m *migration.Migration, config *Config, c *catalog.Catalog, session *lock.Session, left []catalog.Difference, v Visitor) error {
	if err := session.SetRunnerTimeouts(config.LockTimeout, config.StatementTimeout); err != nil {
		return err
	}
	c.Enter(m)
	session.Begin(m)
	defer session.End()
	pass := Pass{Server: config.server(), Migration: m, Catalog: c, Session: session, Config: config, NotRestored: left}
	if err := call(v.Migration, pass); err != nil {
		return err
	}
	gaps := m.Gaps
	for i, s := range m.Statements {
		gaps = doubt(c, session, m.File, gaps, s.Pos)
		session.Before(s)
		pass.Statement, pass.Index, pass.Effects = s, i, lock.Effects(s, c, session, pass.Server)
		if err := call(v.Statement, pass); err != nil {
			return err
		}
		c.Apply(s)
		session.Apply(s, pass.Effects)
		if err := call(v.Applied, pass); err != nil {
			return err
		}
	}
	doubt(c, session, m.File, gaps, len(m.File.Source))
	return nil
}

// doubt tells catalog and session of the gaps that begin before end, and returns the others.
func doubt(c *catalog.Catalog, session *lock.Session, f *migration.File, gaps []migration.Gap, end int) []migration.Gap {
	for len(gaps) > 0 && gaps[0].Pos < end {
		if !gaps[0].Harmless {
			c.Doubt(string(f.Source[gaps[0].Pos:gaps[0].End]))
			session.Fill()
		}
		gaps = gaps[1:]
	}
	return gaps
}

func call(visit func(Pass) error, pass Pass) error {
	if visit == nil {
		return nil
	}
	return visit(pass)
}
