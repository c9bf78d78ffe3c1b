package lock

import "github.com/premortem-lint/premortem/lint/migration"

// message is what the runner sends to the server at once, in one simple query.
type message struct {
	first, last *migration.Statement
	// size counts the statements, also those that could not be analysed.
	size int
}

// messages walks over the messages of a migration.
type messages struct {
	statements []*migration.Statement
	list       []message
	current    message // the one that carries the last entered statement
	next       int     // index into statements
	at         int     // index into list
}

// messagesOf groups the statements of a migration. Text that was not analysed
// counts as one statement of the message that holds it.
func messagesOf(m *migration.Migration) messages {
	ms := messages{statements: m.Statements}
	for i, st := range m.Statements {
		if i > 0 && m.Statements[i-1].Message == st.Message {
			group := &ms.list[len(ms.list)-1]
			group.last = st
			group.size++
			continue
		}
		ms.list = append(ms.list, message{first: st, last: st, size: 1})
	}

	sent, gaps := m.Section.Messages, m.Gaps
	for i := range ms.list {
		group := &ms.list[i]
		extent := migration.Range{Pos: group.first.Pos, End: group.last.End}
		for len(sent) > 0 && sent[0].End <= extent.Pos {
			sent = sent[1:]
		}
		switch {
		case len(sent) > 0 && sent[0].Pos <= extent.Pos:
			extent = sent[0]
		case m.Section.Messages == nil && m.Section.Scope == migration.SimpleQuery:
			extent = m.Section.Range
		}
		for len(gaps) > 0 && gaps[0].Pos < extent.End {
			if gap := gaps[0]; gap.Pos >= extent.Pos && !gap.Harmless && !gap.Inside {
				group.size++
			}
			gaps = gaps[1:]
		}
	}
	return ms
}

// enter moves on to the statement. One that is not of the migration is a
// message of its own.
func (ms *messages) enter(st *migration.Statement) {
	for i := ms.next; i < len(ms.statements); i++ {
		if ms.statements[i] != st {
			continue
		}
		for ; ms.next < i; ms.next++ {
			ms.pass()
		}
		ms.current = ms.list[ms.at]
		ms.pass()
		ms.next++
		return
	}
	ms.current = message{first: st, last: st, size: 1}
}

// pass moves over the statement at next.
func (ms *messages) pass() {
	if ms.list[ms.at].last == ms.statements[ms.next] {
		ms.at++
	}
}
