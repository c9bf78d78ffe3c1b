BEGIN;
CREATE TABLE payments (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE, -- want "referenced table public.users"
    order_id bigint CHECK (order_id > 0)
        CONSTRAINT payments_order REFERENCES orders (id) NOT NULL, -- want "referenced table public.orders"
    a int,
    b int,
    FOREIGN KEY (a, b) -- want "referenced table public.pairs"
        REFERENCES pairs (a, b)
);
SELECT count(*) FROM users;
COMMIT;
