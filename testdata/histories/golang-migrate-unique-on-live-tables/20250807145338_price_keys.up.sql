-- create index "flatcharges_price_id" to table: "flat_charges"
-- atlas:nolint MF101
CREATE UNIQUE INDEX "flatcharges_price_id" ON "flat_charges" ("price_id");
-- modify "bulk_charges" table
ALTER TABLE "bulk_charges" DROP CONSTRAINT "bulk_charge_price_fk", ADD CONSTRAINT "bulk_charge_price_fk" FOREIGN KEY ("price_id") REFERENCES "prices" ("id") ON UPDATE NO ACTION ON DELETE RESTRICT;
-- create index "bulkcharges_price_id" to table: "bulk_charges"
-- atlas:nolint MF101
CREATE UNIQUE INDEX "bulkcharges_price_id" ON "bulk_charges" ("price_id");
