CREATE TABLE a (id bigserial PRIMARY KEY); -- want "whose sequence has privileges of its own"
CREATE TABLE b (id Serial8 PRIMARY KEY); -- want "^id is"
CREATE TABLE c (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE SEQUENCE s;
CREATE TABLE d (id bigint DEFAULT nextval('s') PRIMARY KEY);
