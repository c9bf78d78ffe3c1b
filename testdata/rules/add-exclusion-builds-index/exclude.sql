ALTER TABLE rooms ADD CONSTRAINT rooms_during_excl EXCLUDE USING gist (during WITH &&); -- want "^ADD EXCLUDE takes an ACCESS EXCLUSIVE lock on public.rooms, which blocks reads and writes until the index is built$"
ALTER TABLE rooms ADD EXCLUDE (id WITH =) WHERE (id > 0), ADD COLUMN note text; -- want "ADD EXCLUDE"

-- Nobody else sees the table yet.
CREATE TABLE halls (id bigint, during tsrange, EXCLUDE USING gist (during WITH &&));
ALTER TABLE halls ADD EXCLUDE USING gist (id WITH =, during WITH &&);
