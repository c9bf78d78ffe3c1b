-- migrate:up

-- Scans the table, and blocks neither reads nor writes.
ALTER TABLE visits
    VALIDATE CONSTRAINT visits_badge_id_fkey;

-- migrate:down
