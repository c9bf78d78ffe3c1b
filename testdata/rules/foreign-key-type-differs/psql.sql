CREATE TABLE users (id bigint PRIMARY KEY, small int UNIQUE);
CREATE TABLE a (id bigint PRIMARY KEY, user_id int REFERENCES users); -- want "^user_id of public.a is integer, and id of public.users is bigint: keys that are too large cannot be referenced$"
CREATE TABLE b (id bigint PRIMARY KEY, user_id bigint REFERENCES users (small));
CREATE TABLE c (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE d (id bigint PRIMARY KEY, user_id smallint);
ALTER TABLE d ADD FOREIGN KEY (user_id) REFERENCES users (small); -- want "^user_id of public.d is smallint"
CREATE TABLE e (id bigint PRIMARY KEY, user_id int REFERENCES users);
ALTER TABLE e ALTER COLUMN user_id TYPE bigint;
