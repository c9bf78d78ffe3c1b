CREATE TABLE users (id bigint PRIMARY KEY, UNIQUE (id));
CREATE TABLE a (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE); -- want "^no index of public.a begins with user_id, so ON DELETE CASCADE scans the table for every row that is deleted from public.users$"
CREATE TABLE b (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE SET NULL);
CREATE INDEX b_idx ON b (user_id, id);
CREATE TABLE c (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE d (user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE);
CREATE TABLE e (id bigint, user_id bigint REFERENCES users ON DELETE CASCADE, PRIMARY KEY (id, user_id)); -- want "public.e"
CREATE TABLE f (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE);
CREATE INDEX f_idx ON f (user_id) WHERE user_id IS NOT NULL;
CREATE TABLE g (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE); -- want "public.g"
CREATE INDEX g_idx ON g (user_id) WHERE id > 100;
CREATE TABLE h (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE);
DROP TABLE h;
-- The finding stands at the foreign key.
CREATE TABLE k (
    id bigint PRIMARY KEY,
    kind text CHECK (kind = 'root' OR user_id IS NOT NULL),
    user_id bigint REFERENCES users ON DELETE CASCADE -- want "public.k"
);
CREATE TABLE l (
    id bigint PRIMARY KEY,
    user_id bigint,
    FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE -- want "public.l"
);
CREATE TABLE m (id bigint PRIMARY KEY, user_id bigint);
ALTER TABLE m
    ALTER user_id SET NOT NULL,
    ADD CONSTRAINT m_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE; -- want "public.m"
