-- modify "ledger_splits" table
-- NOT VALID: orphans are cleaned up first, then a job validates the keys.
ALTER TABLE "ledger_splits" ADD CONSTRAINT "ledger_splits_part_of" FOREIGN KEY ("part_of_id") REFERENCES "ledger_splits" ("id") ON UPDATE NO ACTION ON DELETE RESTRICT NOT VALID, ADD CONSTRAINT "ledger_splits_entry" FOREIGN KEY ("entry_id") REFERENCES "ledger_entries" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION NOT VALID;
