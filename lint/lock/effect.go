package lock

import (
	"cmp"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Effect is one lock on one relation with the work done under it. A statement
// has one effect for each relation, command and transaction of its own: an
// ALTER TABLE with two commands has two effects on its table.
type Effect struct {
	migration.Range // the clause that causes it, in the file
	Relation        catalog.Name
	// Index is true when Relation is an index.
	Index bool
	Mode  Mode
	Work  Work
	// Implied is true when the statement does not name the relation.
	Implied bool
	// Why says how an implied relation comes in, as a phrase with names:
	// "referenced by orders_user_id_fkey", "default partition of public.events"; of a
	// type change that builds indexes, which: "builds public.users_email_idx anew".
	Why string
	// Unknown names what the catalog does not know and the effect depends on:
	// "the type of public.users.email". Mode and Work are then the worst case.
	// Empty: certain.
	Unknown string
	// Waits is true for commands that hold no strong lock while they work but
	// wait for older transactions (the CONCURRENTLY forms).
	Waits bool
	// Command is the 0-based number of the ALTER TABLE command, or 0.
	Command int
	// Transaction is the 0-based number of the statement's transaction: some
	// CONCURRENTLY forms take a weak lock in one and a strong one in the next.
	Transaction int
	// New is true when the open transaction created the relation: nobody else
	// waits for its lock.
	New bool
	// NeedsEmpty is true when the command adds a column that is NOT NULL and has no
	// default: it fails with 23502 at the first row of the relation.
	NeedsEmpty bool
}

// GrowsWithTable reports whether the work takes longer the larger the table is: a scan
// that fails at the first row does not.
func (e Effect) GrowsWithTable() bool {
	return e.Work.GrowsWithTable() && (!e.NeedsEmpty || e.Work == IndexBuild)
}

// existence is how Unknown begins where the relation itself may not be there.
const existence = "whether "

// MayBeMissing reports whether the statement may find nothing to lock: DROP …
// IF EXISTS of what no statement has shown.
func (e Effect) MayBeMissing() bool { return strings.HasPrefix(e.Unknown, existence) }

// Effects returns what the statement does to relations that exist before it
// (a table that it creates itself is left out), strongest named relation
// first, then implied ones by name. Server is a PostgreSQL major, 12 to 18.
// The catalog and the session are those before the statement.
//
// README.md says what is left out on purpose.
func Effects(s *migration.Statement, c *catalog.Catalog, session *Session, server int) []Effect {
	if s == nil || s.Node == nil {
		return nil
	}
	a := &analysis{
		statement: s,
		catalog:   c,
		session:   session,
		server:    server,
		at:        s.Range,
	}
	a.analyse(s.Node)
	effects := a.result()
	for i, e := range effects {
		effects[i].New = c.Birth(e.Relation) == catalog.BornInTransaction
	}
	return effects
}

// analysis collects the effects of one statement.
type analysis struct {
	statement *migration.Statement
	catalog   *catalog.Catalog
	session   *Session
	server    int

	// The ALTER TABLE command that is being read, or the whole statement.
	at          migration.Range
	command     int
	transaction int // the statement's own, where it commits on its way

	effects []Effect
	seen    map[key]int // place in effects
}

// key is what there is one effect for.
type key struct {
	relation             catalog.Name
	index                bool
	command, transaction int
}

// add adds an effect of the current command, or makes the one that the
// command has on the relation already as strong as both.
func (a *analysis) add(e Effect) {
	if e.Mode == None || e.Relation.Name == "" {
		return
	}
	e.Range, e.Command, e.Transaction = a.at, a.command, a.transaction
	k := key{e.Relation, e.Index, e.Command, e.Transaction}
	i, ok := a.seen[k]
	if !ok {
		if a.seen == nil {
			a.seen = map[key]int{}
		}
		a.seen[k] = len(a.effects)
		a.effects = append(a.effects, e)
		return
	}
	old := &a.effects[i]
	if e.Work > old.Work || old.Unknown != "" && e.Work == old.Work && e.Unknown == "" {
		old.Work, old.Unknown = e.Work, e.Unknown
	}
	old.Mode = max(old.Mode, e.Mode)
	old.Waits = old.Waits || e.Waits
	if old.Implied && !e.Implied {
		old.Implied, old.Why = false, ""
	}
}

// result returns the effects in order. Work that grows with the table is done
// under the strongest lock that any command of the statement takes.
func (a *analysis) result() []Effect {
	strongest := map[key]Mode{}
	ifExists := hasIfExists(a.statement.Node)
	of := func(e *Effect) key { return key{relation: e.Relation, index: e.Index, transaction: e.Transaction} }
	for i := range a.effects {
		e := &a.effects[i]
		strongest[of(e)] = max(strongest[of(e)], e.Mode)
	}
	var needEmpty []catalog.Name // most often none
	for _, e := range a.effects {
		if e.NeedsEmpty {
			needEmpty = append(needEmpty, e.Relation)
		}
	}
	for i := range a.effects {
		e := &a.effects[i]
		// The same pass over the rows does all scans, and stops at the first row.
		// Indexes are built before it.
		scans := e.Work == ValidationScan || e.Work == TableRewrite
		if e.Work.GrowsWithTable() && a.session.Emptied(a.tableOf(e)) || scans && !e.NeedsEmpty && slices.Contains(needEmpty, e.Relation) {
			e.Work, e.Unknown = CatalogOnly, ""
		}
		if e.Work.GrowsWithTable() {
			e.Mode = strongest[of(e)]
		}
		// What no statement has shown may not be there, and nothing is locked then.
		if n := e.Relation; ifExists && !e.Implied && !a.catalog.HasRelation(n) {
			e.Unknown = existence + n.String() + " exists"
		}
	}
	slices.SortStableFunc(a.effects, func(x, y Effect) int {
		switch {
		case x.Implied != y.Implied:
			if x.Implied {
				return 1
			}
			return -1
		case !x.Implied:
			return cmp.Compare(y.Mode, x.Mode)
		}
		return cmp.Or(x.Relation.Compare(y.Relation), cmp.Compare(x.Command, y.Command), cmp.Compare(x.Transaction, y.Transaction))
	})
	return a.effects
}

// tableOf returns the table of an effect, also where it is on an index.
func (a *analysis) tableOf(e *Effect) catalog.Name {
	if ix := a.catalog.Index(e.Relation); e.Index && ix != nil {
		return ix.Table
	}
	return e.Relation
}

// named adds a lock without work on a relation that the statement names.
func (a *analysis) named(r *pg_query.RangeVar, mode Mode) {
	if r != nil {
		a.relation(a.catalog.Resolve(r), mode, CatalogOnly)
	}
}

// relation adds an effect on a relation that the statement names, which may
// be an index.
func (a *analysis) relation(n catalog.Name, mode Mode, work Work) {
	a.add(Effect{Relation: n, Index: a.isIndex(n), Mode: mode, Work: work})
}

// implied adds a catalog-only effect on a relation that the statement does not name.
func (a *analysis) implied(n catalog.Name, mode Mode, why string) {
	a.add(Effect{Relation: n, Mode: mode, Implied: true, Why: why})
}

// lookedUp adds an effect on a relation that the statement does not name and
// whose rows it looks up by their keys.
func (a *analysis) lookedUp(n catalog.Name, mode Mode, why string) {
	a.add(Effect{Relation: n, Mode: mode, Work: RowReads, Implied: true, Why: why})
}

func (a *analysis) isIndex(n catalog.Name) bool {
	return a.catalog.Table(n) == nil && a.catalog.Index(n) != nil
}

func (a *analysis) kind(n catalog.Name) catalog.Kind {
	if t := a.catalog.Table(n); t != nil {
		return t.Kind
	}
	return 0
}

// tree adds an effect on a table and, unless only is set, on what is below it.
// The work is done where rows are: not on partitioned and foreign tables.
func (a *analysis) tree(root catalog.Name, only bool, mode Mode, work Work) {
	a.treeWork(root, only, mode, func(catalog.Name) (Work, string) { return work, "" })
}

// treeWork is tree with work that depends on the table; the function also
// says what it does not know.
func (a *analysis) treeWork(root catalog.Name, only bool, mode Mode, work func(catalog.Name) (Work, string)) {
	a.node(root, mode, work, Effect{Relation: root})
	if only {
		return
	}
	for _, n := range a.catalog.Descendants(root) {
		a.node(n, mode, work, Effect{Relation: n, Implied: true, Why: a.below(n, root)})
	}
}

func (a *analysis) node(n catalog.Name, mode Mode, work func(catalog.Name) (Work, string), e Effect) {
	e.Mode = mode
	switch t := a.catalog.Table(n); {
	case t == nil:
		e.Index = a.isIndex(n)
		e.Work, e.Unknown = work(n)
	case t.Kind == catalog.PartitionedTable && len(t.Children) == 0:
		if e.Work, e.Unknown = work(n); e.Work.GrowsWithTable() {
			e.Unknown = "the partitions of " + n.String()
		} else {
			e.Work, e.Unknown = CatalogOnly, ""
		}
	case t.Kind == catalog.PartitionedTable, t.Kind == catalog.ForeignTable, t.Kind == catalog.View:
	default:
		e.Work, e.Unknown = work(n)
	}
	a.add(e)
}

// below says how a table comes in that is below another.
func (a *analysis) below(n, root catalog.Name) string {
	if t := a.catalog.Table(n); t != nil && t.PartitionOf != nil {
		return "partition of " + root.String()
	}
	return "inherits from " + root.String()
}

// partitions returns what is below a partitioned table, nil for others.
func (a *analysis) partitions(n catalog.Name) []catalog.Name {
	if a.kind(n) != catalog.PartitionedTable {
		return nil
	}
	return a.catalog.Descendants(n)
}

// hasIfExists reports whether the statement lets its relation be missing.
func hasIfExists(n *pg_query.Node) bool {
	return n.GetDropStmt().GetMissingOk() || n.GetAlterTableStmt().GetMissingOk() || n.GetRenameStmt().GetMissingOk() ||
		n.GetAlterObjectSchemaStmt().GetMissingOk() || n.GetAlterSeqStmt().GetMissingOk()
}

// analyse adds the effects of one statement.
func (a *analysis) analyse(node *pg_query.Node) {
	switch n := node.GetNode().(type) {
	case *pg_query.Node_AlterTableStmt:
		a.alterTable(n.AlterTableStmt)
	case *pg_query.Node_RenameStmt:
		a.rename(n.RenameStmt)
	case *pg_query.Node_AlterTableMoveAllStmt:
		a.moveAll(n.AlterTableMoveAllStmt)

	case *pg_query.Node_IndexStmt:
		a.createIndex(n.IndexStmt)
	case *pg_query.Node_ReindexStmt:
		a.reindex(n.ReindexStmt)
	case *pg_query.Node_ClusterStmt:
		a.cluster(n.ClusterStmt)
	case *pg_query.Node_VacuumStmt:
		a.vacuum(n.VacuumStmt)

	case *pg_query.Node_DropStmt:
		a.drop(n.DropStmt)
	case *pg_query.Node_TruncateStmt:
		a.truncate(n.TruncateStmt)

	case *pg_query.Node_CreateStmt:
		a.createTable(n.CreateStmt)
	case *pg_query.Node_CreateForeignTableStmt:
		a.createTable(n.CreateForeignTableStmt.GetBaseStmt())
	case *pg_query.Node_CreateTableAsStmt:
		a.createTableAs(n.CreateTableAsStmt)
	case *pg_query.Node_ViewStmt:
		a.createView(n.ViewStmt)
	case *pg_query.Node_RefreshMatViewStmt:
		a.refresh(n.RefreshMatViewStmt)
	case *pg_query.Node_CreateSchemaStmt:
		for _, element := range n.CreateSchemaStmt.GetSchemaElts() {
			a.analyse(element)
		}
	case *pg_query.Node_CreateTrigStmt:
		a.createTrigger(n.CreateTrigStmt)
	case *pg_query.Node_RuleStmt:
		a.createRule(n.RuleStmt)
	case *pg_query.Node_CreatePolicyStmt:
		a.named(n.CreatePolicyStmt.GetTable(), AccessExclusive)
		a.query(n.CreatePolicyStmt.GetQual(), CatalogOnly)
		a.query(n.CreatePolicyStmt.GetWithCheck(), CatalogOnly)
	case *pg_query.Node_AlterPolicyStmt:
		a.named(n.AlterPolicyStmt.GetTable(), AccessExclusive)
		a.query(n.AlterPolicyStmt.GetQual(), CatalogOnly)
		a.query(n.AlterPolicyStmt.GetWithCheck(), CatalogOnly)
	case *pg_query.Node_CreateStatsStmt:
		for _, r := range n.CreateStatsStmt.GetRelations() {
			a.named(r.GetRangeVar(), ShareUpdateExclusive)
		}
	case *pg_query.Node_CreateSeqStmt:
		a.ownedBy(n.CreateSeqStmt.GetOptions())
	case *pg_query.Node_AlterSeqStmt:
		a.named(n.AlterSeqStmt.GetSequence(), ShareRowExclusive)
		a.ownedBy(n.AlterSeqStmt.GetOptions())
	case *pg_query.Node_AlterObjectSchemaStmt:
		a.named(n.AlterObjectSchemaStmt.GetRelation(), AccessExclusive)
	case *pg_query.Node_AlterObjectDependsStmt:
		a.dependsOnExtension(n.AlterObjectDependsStmt)
	case *pg_query.Node_AlterDomainStmt:
		a.alterDomain(n.AlterDomainStmt)
	case *pg_query.Node_CommentStmt:
		a.comment(n.CommentStmt)
	case *pg_query.Node_GrantStmt:
		a.grant(n.GrantStmt)
	case *pg_query.Node_CreatePublicationStmt:
		a.publication("", n.CreatePublicationStmt.GetPubobjects(), false)
	case *pg_query.Node_AlterPublicationStmt:
		p := n.AlterPublicationStmt
		replaces := p.GetAction() == pg_query.AlterPublicationAction_AP_SetObjects
		a.publication(p.GetPubname(), p.GetPubobjects(), replaces)
	case *pg_query.Node_CreateFunctionStmt:
		a.query(n.CreateFunctionStmt.GetSqlBody(), CatalogOnly)
	case *pg_query.Node_LockStmt:
		a.lockTable(n.LockStmt)

	case *pg_query.Node_SelectStmt, *pg_query.Node_InsertStmt, *pg_query.Node_UpdateStmt,
		*pg_query.Node_DeleteStmt, *pg_query.Node_MergeStmt:
		a.query(node, RowChanges)
	case *pg_query.Node_CopyStmt:
		a.copy(n.CopyStmt)
	case *pg_query.Node_ExplainStmt:
		changes := CatalogOnly
		if isOn(n.ExplainStmt.GetOptions(), "analyze", false) {
			changes = RowChanges
		}
		a.query(n.ExplainStmt.GetQuery(), changes)
	case *pg_query.Node_PrepareStmt:
		a.query(n.PrepareStmt.GetQuery(), CatalogOnly)
	case *pg_query.Node_DeclareCursorStmt:
		a.query(n.DeclareCursorStmt.GetQuery(), CatalogOnly)
	}
}
