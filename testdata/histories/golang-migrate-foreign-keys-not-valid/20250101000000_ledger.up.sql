CREATE TABLE "ledger_entries" ("id" character(26) NOT NULL, PRIMARY KEY ("id"));
CREATE TABLE "ledger_splits" ("id" character(26) NOT NULL, "part_of_id" character(26) NULL, "entry_id" character(26) NOT NULL, PRIMARY KEY ("id"));
