-- +goose Up
CREATE TABLE scans (
    scanned_at date NOT NULL,
    id bigint NOT NULL,
    PRIMARY KEY (scanned_at, id)
) PARTITION BY RANGE (scanned_at);
CREATE TABLE scans_2025 PARTITION OF scans FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

CREATE TABLE scans_new (
    scanned_at date NOT NULL,
    id bigint NOT NULL,
    PRIMARY KEY (scanned_at, id)
) PARTITION BY RANGE (scanned_at);
CREATE UNLOGGED TABLE scans_new_2025 PARTITION OF scans_new FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
