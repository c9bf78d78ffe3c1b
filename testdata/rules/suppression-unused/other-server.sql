-- pg: 13

-- Safe: PostgreSQL 13 does not know what the rule asks for.
-- premortem:ignore detach-partition-not-concurrently: small table
ALTER TABLE t DETACH PARTITION p;
