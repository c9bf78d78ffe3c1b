CREATE TABLE t (a int);
  ---- tern: disable-tx ----
CREATE INDEX CONCURRENTLY i ON t (a);
