-- +goose Up
-- +goose StatementBegin
LOCK TABLE stops IN ACCESS EXCLUSIVE MODE;

WITH twice AS (
    SELECT tour_id, placed_at, attempt
    FROM stops
    GROUP BY tour_id, placed_at, attempt
    HAVING count(*) > 1
), numbered AS (
    SELECT id, row_number() OVER (PARTITION BY tour_id, placed_at, attempt ORDER BY id) AS n
    FROM stops
    WHERE (tour_id, placed_at, attempt) IN (SELECT tour_id, placed_at, attempt FROM twice)
)
DELETE FROM stops
WHERE id IN (SELECT id FROM numbered WHERE n > 1);

DROP INDEX stops_tour_idx;

CREATE UNIQUE INDEX stops_tour_idx ON stops (
    tour_id ASC,
    placed_at ASC,
    attempt ASC
);

CREATE OR REPLACE FUNCTION stop_placed() RETURNS trigger AS $$
BEGIN
    INSERT INTO stops (id, tour_id, placed_at, attempt)
    VALUES (NEW.id, NEW.tour_id, now(), 0)
    ON CONFLICT (tour_id, placed_at, attempt) DO NOTHING;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd

-- +goose Down
DROP INDEX stops_tour_idx;
