-- +goose Up
CREATE TYPE vehicle AS ENUM ('BIKE', 'VAN', 'TRUCK');
CREATE TABLE quotas (
    id bigint PRIMARY KEY,
    kind vehicle NOT NULL,
    allowed integer NOT NULL
);
CREATE TABLE quota_alerts (
    id bigint PRIMARY KEY,
    kind vehicle NOT NULL
);
CREATE TABLE spare_parts (
    id bigint PRIMARY KEY,
    fits vehicle
);
