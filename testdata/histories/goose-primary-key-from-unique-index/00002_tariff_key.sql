-- +goose NO TRANSACTION

-- +goose Up
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "DepotTariff_pkey"
    ON "DepotTariff" ("id");

ALTER TABLE "DepotTariff"
    ADD CONSTRAINT "DepotTariff_pkey"
    PRIMARY KEY USING INDEX "DepotTariff_pkey";

-- +goose Down
ALTER TABLE "DepotTariff" DROP CONSTRAINT IF EXISTS "DepotTariff_pkey";

DROP INDEX CONCURRENTLY IF EXISTS "DepotTariff_pkey";
