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
	seeds := config.seeds()
	for _, h := range histories {
		if err := replayHistory(h, &config, seeds[config.forHistory(h.Dir).Schema], v); err != nil {
			return err
		}
	}
	return nil
}

// seeds returns the schemas, read, for the histories' catalogs.
func (c *Config) seeds() map[*migration.File]*migration.Migration {
	seeds := map[*migration.File]*migration.Migration{}
	for _, f := range c.Schemas() {
		seeds[f] = migration.ParseFile(f)
	}
	return seeds
}

func replayHistory(h *migration.History, config *Config, seed *migration.Migration, v Visitor) error {
	c := catalog.New()
	if seed != nil {
		c.Enter(nil)
		for _, s := range seed.Statements {
			c.Apply(s)
		}
	}
	a := replayer{h, config, c, lock.NewSession(c), v}
	r := newReversals(h)
	for _, m := range r.ups {
		r.before(m, c)
		if err := a.replay(m, nil); err != nil {
			return err
		}
		r.after(m, c)
	}
	if v.End != nil {
		left, err := a.later()
		if err != nil {
			return err
		}
		if err := v.End(Pass{Server: config.server(), Catalog: left, Config: config, history: h}); err != nil {
			return err
		}
	}
	for _, m := range r.downs {
		if err := a.replay(m, r.left[m]); err != nil {
			return err
		}
	}
	return nil
}

// replayer replays the migrations of one history.
type replayer struct {
	history *migration.History
	config  *Config // without overrides
	catalog *catalog.Catalog
	session *lock.Session
	visitor Visitor
}

// later returns the catalog that the migrations behind the last one under
// review leave. Downs are taken back before those are applied, and the
// replayer's own catalog remains as it is.
func (r replayer) later() (*catalog.Catalog, error) {
	if len(r.history.Later) == 0 {
		return r.catalog, nil
	}
	r.catalog = r.catalog.Clone()
	r.session, r.visitor = lock.NewSession(r.catalog), Visitor{}
	for _, m := range r.history.Later {
		if err := r.replay(m, nil); err != nil {
			return nil, err
		}
	}
	return r.catalog, nil
}

// replay replays one migration. notRestored is that of the Pass.
func (r replayer) replay(m *migration.Migration, notRestored []catalog.Difference) error {
	config, c, session, v := r.config.forFile(m.File.Name), r.catalog, r.session, r.visitor
	if err := session.SetRunnerTimeouts(config.LockTimeout, config.StatementTimeout); err != nil {
		return err
	}
	c.Enter(m)
	session.Begin(m)
	defer session.End()
	pass := Pass{Server: config.server(), Migration: m, Catalog: c, Session: session, Config: config, NotRestored: notRestored, history: r.history}
	if err := call(v.Migration, pass); err != nil {
		return err
	}
	gaps := m.Gaps
	for i, s := range m.Statements {
		gaps = doubt(c, session, m, gaps, s)
		session.Before(s)
		pass.Index = i
		if err := execute(s, pass, v, &gaps); err != nil {
			return err
		}
	}
	doubt(c, session, m, gaps, nil)
	return nil
}

// execute judges and applies a statement that the session is prepared for, and
// those of its DO block, between which gaps may stand.
func execute(s *migration.Statement, pass Pass, v Visitor, gaps *[]migration.Gap) error {
	c, session := pass.Catalog, pass.Session
	pass.Statement, pass.Effects = s, lock.Effects(s, c, session, pass.Server)
	if err := call(v.Statement, pass); err != nil {
		return err
	}
	if s.Body != nil {
		session.Enter(s)
		err := c.Run(s.Body, func(s *migration.Statement) error {
			*gaps = doubt(c, session, pass.Migration, *gaps, s)
			return execute(s, pass, v, gaps)
		}, session)
		session.Leave()
		if err != nil {
			return err
		}
	} else {
		c.Apply(s)
	}
	session.Apply(s, pass.Effects)
	return call(v.Applied, pass)
}

// doubt tells catalog and session of the gaps that begin before a statement, and
// returns the others. No statement: the end of the migration.
func doubt(c *catalog.Catalog, session *lock.Session, m *migration.Migration, gaps []migration.Gap, s *migration.Statement) []migration.Gap {
	for len(gaps) > 0 && (s == nil || gaps[0].Before(s)) {
		if !gaps[0].Harmless {
			c.Doubt(string(m.FileOf(gaps[0]).Source[gaps[0].Pos:gaps[0].End]))
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
