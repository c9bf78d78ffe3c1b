-- New rows are checked from now on.
ALTER TABLE pushes
    ADD CONSTRAINT pushes_stamp_id CHECK (stamp_id IS NOT NULL) NOT VALID;

-- The old ones are checked in the background.
INSERT INTO jobs (ordering, name, progress, after) VALUES
  (7701, 'pushes_stamp_id', '{}', 'pushes_fill_stamp_id');
