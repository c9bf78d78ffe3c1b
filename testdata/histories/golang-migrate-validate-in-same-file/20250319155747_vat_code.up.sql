-- modify "invoices" table
ALTER TABLE "invoices" ADD COLUMN "vat_note" character varying NULL, ADD COLUMN "vat_code_id" character(26) NULL, ADD CONSTRAINT "invoices_vat_codes_invoices" FOREIGN KEY ("vat_code_id") REFERENCES "vat_codes" ("id") ON UPDATE NO ACTION ON DELETE SET NULL NOT VALID;
-- create index "invoice_vat_code_id" to table: "invoices"
CREATE INDEX "invoice_vat_code_id" ON "invoices" ("vat_code_id");
ALTER TABLE "invoices" VALIDATE CONSTRAINT "invoices_vat_codes_invoices";
-- modify "invoice_lines" table
ALTER TABLE "invoice_lines" ADD COLUMN "vat_note" character varying NULL, ADD COLUMN "vat_code_id" character(26) NULL, ADD CONSTRAINT "invoice_lines_vat_codes_lines" FOREIGN KEY ("vat_code_id") REFERENCES "vat_codes" ("id") ON UPDATE NO ACTION ON DELETE SET NULL NOT VALID;
-- create index "invoiceline_vat_code_id" to table: "invoice_lines"
CREATE INDEX "invoiceline_vat_code_id" ON "invoice_lines" ("vat_code_id");
ALTER TABLE "invoice_lines" VALIDATE CONSTRAINT "invoice_lines_vat_codes_lines";
