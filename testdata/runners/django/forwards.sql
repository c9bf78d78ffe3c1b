BEGIN;
--
-- Create model Customer
--
CREATE TABLE "shop_customer" ("id" bigserial NOT NULL PRIMARY KEY, "email" text NOT NULL);
--
-- Create model Purchase
--
CREATE TABLE "shop_purchase" ("id" bigserial NOT NULL PRIMARY KEY, "customer_id" bigint NOT NULL);
--
-- Raw SQL operation
--
SELECT public.seen('shop 1');
ALTER TABLE "shop_purchase" ADD CONSTRAINT "shop_purchase_customer_id_a96576f4_fk_shop_customer_id" FOREIGN KEY ("customer_id") REFERENCES "shop_customer" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "shop_purchase_customer_id_a96576f4" ON "shop_purchase" ("customer_id");
COMMIT;
BEGIN;
--
-- Add field name to customer
--
ALTER TABLE "shop_customer" ADD COLUMN "name" varchar(100) DEFAULT 'it''s; none' NOT NULL;
ALTER TABLE "shop_customer" ALTER COLUMN "name" DROP DEFAULT;
--
-- Alter field email on customer
--
--
-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL:
-- Raw Python operation
--
--
-- Raw SQL operation
--
SELECT public.seen('shop 2');
SELECT public.seen('shop 2 again');
COMMIT;
--
-- Raw SQL operation
--
SELECT public.seen('shop 3');
--
-- Concurrently create index customer_email on field(s) email of model customer
--
CREATE INDEX CONCURRENTLY "customer_email" ON "shop_customer" ("email");
--
-- Raw SQL operation
--
SELECT public.seen('shop 3 behind');
BEGIN;
--
-- MIGRATION NOW PERFORMS OPERATION THAT CANNOT BE WRITTEN AS SQL:
-- Raw Python operation
--
COMMIT;
BEGIN;
--
-- Create model Entry
--
CREATE TABLE "blog_entry" ("id" bigserial NOT NULL PRIMARY KEY, "title" text NOT NULL);
--
-- Raw SQL operation
--
SELECT public.seen('blog 1');
CREATE INDEX "blog_entry_title_e60c356f" ON "blog_entry" ("title");
CREATE INDEX "blog_entry_title_e60c356f_like" ON "blog_entry" ("title" text_pattern_ops);
COMMIT;
