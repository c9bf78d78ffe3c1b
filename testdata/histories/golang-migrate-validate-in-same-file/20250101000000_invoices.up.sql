CREATE TABLE "vat_codes" ("id" character(26) NOT NULL, "rate" numeric NOT NULL, PRIMARY KEY ("id"));
CREATE TABLE "invoices" ("id" character(26) NOT NULL, "total" numeric NOT NULL, PRIMARY KEY ("id"));
CREATE TABLE "invoice_lines" ("id" character(26) NOT NULL, "invoice_id" character(26) NOT NULL, PRIMARY KEY ("id"));
