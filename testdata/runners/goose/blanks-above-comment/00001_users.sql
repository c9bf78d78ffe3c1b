-- +goose Up
SELECT seen('a');
  
-- the end
-- +goose Down
