-- An unlogged table cannot be referenced by a logged one.
ALTER TABLE latch_modes DROP CONSTRAINT IF EXISTS latch_modes_foreign;

ALTER TABLE latches SET UNLOGGED;
ALTER TABLE latch_modes SET UNLOGGED;

ALTER TABLE latch_modes ADD CONSTRAINT latch_modes_foreign
    FOREIGN KEY (name, key, token) REFERENCES latches(name, key, token) DEFERRABLE INITIALLY DEFERRED;
