-- comment above

-- +goose Up

SELECT seen('first');
