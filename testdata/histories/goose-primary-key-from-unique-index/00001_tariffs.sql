-- +goose Up
CREATE TABLE "DepotTariff" (
    "id" uuid NOT NULL,
    "depotId" uuid NOT NULL,
    "cents" bigint NOT NULL
);
