-- migrate:up
CREATE TABLE badges (badge_id uuid PRIMARY KEY);
CREATE TABLE visits (
    visit_id uuid PRIMARY KEY,
    badge_id uuid,
    CONSTRAINT visits_badge_id_fkey FOREIGN KEY (badge_id) REFERENCES badges (badge_id) ON DELETE SET NULL
);

-- migrate:down
DROP TABLE visits, badges;
