CREATE TABLE "prices" ("id" character(26) NOT NULL, PRIMARY KEY ("id"));
CREATE TABLE "flat_charges" ("id" character(26) NOT NULL, "price_id" character(26) NULL, PRIMARY KEY ("id"));
CREATE TABLE "bulk_charges" ("id" character(26) NOT NULL, "price_id" character(26) NULL, PRIMARY KEY ("id"), CONSTRAINT "bulk_charge_price_fk" FOREIGN KEY ("price_id") REFERENCES "prices" ("id") ON DELETE CASCADE);
