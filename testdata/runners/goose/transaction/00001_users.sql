-- +goose Up
SELECT seen('table');
CREATE TABLE users (id bigint PRIMARY KEY, email text);
SELECT seen('rows'); SELECT seen('more rows'); -- one message
-- +goose StatementBegin
DO $$
BEGIN
  PERFORM seen('block');
END;
$$;
-- +goose StatementEnd

-- +goose Down
SELECT seen('down');
DROP TABLE users;
SELECT seen('gone');
