-- pg: 13
-- There is no CONCURRENTLY before PostgreSQL 14.
ALTER TABLE events DETACH PARTITION events_1;
