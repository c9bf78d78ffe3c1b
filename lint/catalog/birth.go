package catalog

// Birth says since when the relation exists, seen from the current migration
// and transaction.
func (c *Catalog) Birth(n Name) Birth {
	switch {
	case c.tables[n] != nil:
		t := c.tables[n]
		if born := c.BirthOf(t.Origin); t.Persistence != Temporary || born == BornInTransaction {
			return born
		}
		// Nobody but this session sees a temporary table.
		return BornInRelease
	case c.indexes[n] != nil:
		return c.BirthOf(c.indexes[n].Origin)
	case c.sequences[n] != nil:
		return c.BirthOf(c.sequences[n].Origin)
	}
	return BornBefore
}

// BirthOf does the same for any object's origin.
func (c *Catalog) BirthOf(o Origin) Birth {
	inTransaction := o.Transaction != 0 && o.Transaction == c.transaction
	inRelease := o.Migration != nil && o.Migration.UnderReview &&
		c.migration != nil && o.Migration.Release == c.migration.Release
	switch {
	case !inTransaction && !inRelease:
		return BornBefore
	case o.Maybe:
		return BornUnknown
	case inTransaction:
		return BornInTransaction
	}
	return BornInRelease
}
