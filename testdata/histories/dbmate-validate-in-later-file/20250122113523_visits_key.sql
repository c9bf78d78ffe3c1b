-- migrate:up

-- A badge must stay while visits refer to it.
-- NOT VALID, so that no scan happens under the lock; the next migration validates.

ALTER TABLE visits
    DROP CONSTRAINT visits_badge_id_fkey,
    ADD CONSTRAINT visits_badge_id_fkey
        FOREIGN KEY (badge_id)
        REFERENCES badges (badge_id)
        ON DELETE NO ACTION
        NOT VALID;

-- migrate:down
