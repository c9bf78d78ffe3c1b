-- +goose Up
CREATE TABLE parcels (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    depot_id bigint NOT NULL,
    tracking_id uuid,
    weight_grams integer
);

-- +goose Down
DROP TABLE parcels;
