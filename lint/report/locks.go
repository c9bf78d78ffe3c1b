package report

import (
	"strings"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

// relationLock is what a diagnostic's effects mean for one relation: its
// strongest lock and all the work done.
type relationLock struct {
	lock.Effect
	work []lock.Work // costly work, in order of appearance
}

// relationLocks merges effects by relation, in order of appearance.
func relationLocks(effects []lock.Effect) []relationLock {
	type key struct {
		relation catalog.Name
		index    bool
	}
	place := map[key]int{}
	var locks []relationLock
	for _, e := range effects {
		k := key{e.Relation, e.Index}
		at, seen := place[k]
		switch {
		case !seen:
			at = len(locks)
			place[k] = at
			locks = append(locks, relationLock{Effect: e})
		case e.Mode > locks[at].Mode:
			locks[at].Effect = e
		}
		locks[at].addWork(e.Work)
	}
	return locks
}

func (l *relationLock) addWork(w lock.Work) {
	if w == lock.CatalogOnly {
		return
	}
	for _, have := range l.work {
		if have == w {
			return
		}
	}
	l.work = append(l.work, w)
}

// describe says the lock in one line: "SHARE on public.users (index build):
// blocks writes; reads go on".
func (l *relationLock) describe() string {
	var b strings.Builder
	b.WriteString(l.Mode.String() + " on ")
	if l.Index {
		b.WriteString("index ")
	}
	b.WriteString(visible(l.Relation.String()))
	var remarks []string
	for _, w := range l.work {
		remarks = append(remarks, w.String())
	}
	if l.Why != "" {
		remarks = append(remarks, visible(l.Why))
	}
	if l.Waits {
		remarks = append(remarks, "waits for older transactions")
	}
	if l.Unknown != "" {
		remarks = append(remarks, "at worst: unknown is "+visible(l.Unknown))
	}
	if len(remarks) > 0 {
		b.WriteString(" (" + strings.Join(remarks, "; ") + ")")
	}
	b.WriteString(": " + consequence(l.Mode))
	return b.String()
}

// consequence says which statements wait for a lock and which do not.
func consequence(m lock.Mode) string {
	switch {
	case m.BlocksReads():
		return "blocks reads and writes"
	case m.Conflicts(lock.RowShare):
		return "blocks writes and SELECT FOR UPDATE; reads go on"
	case m.BlocksWrites():
		return "blocks writes; reads go on"
	case m.Conflicts(m):
		return "reads and writes go on; other schema changes and VACUUM wait"
	}
	return "reads and writes go on"
}
