-- pg: 14
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
ALTER TABLE t ALTER a TYPE bigint; -- want "fails with 42601"
