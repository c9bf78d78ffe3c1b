CREATE TABLE guests (
  id bigint PRIMARY KEY,
  a json, -- want "^a is json, which has no equality, so that SELECT DISTINCT, UNION and GROUP BY of it fail$"
  b jsonb,
  "json" text,
  "Odd" json -- want "^\"Odd\" is too$"
);
