-- +goose Up
CREATE TABLE labels (
    printed_on date NOT NULL,
    id bigint NOT NULL,
    extra jsonb
) PARTITION BY RANGE (printed_on);
CREATE TABLE labels_2025 PARTITION OF labels FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
