-- +goose Up
ALTER TABLE orders
	ADD COLUMN note text DEFAULT '📦 new',
	ADD CONSTRAINT orders_user_id_fkey
		FOREIGN KEY (user_id) REFERENCES users (id);

-- premortem:ignore drop-column: nobody has read it since 2.3
ALTER TABLE orders DROP COLUMN "数量";

UPDATE orders SET note = '';

-- +goose Down
SELECT 1;
