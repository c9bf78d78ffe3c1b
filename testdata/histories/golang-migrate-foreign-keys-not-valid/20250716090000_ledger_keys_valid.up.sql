ALTER TABLE ledger_splits VALIDATE CONSTRAINT ledger_splits_part_of;
ALTER TABLE ledger_splits VALIDATE CONSTRAINT ledger_splits_entry;
