-- premortem:ignore create-index-not-concurrently: no longer true
CREATE INDEX CONCURRENTLY a_idx ON t (a); -- want-1 "^the suppression of create-index-not-concurrently silences nothing: the statement does not raise it$"

-- premortem:ignore create-index-not-concurrently: small table
CREATE INDEX b_idx ON t (b);

CREATE INDEX c_idx
  /* premortem:ignore create-index-not-concurrently: inside the statement */
  ON t (c);

-- One of two rules is raised, and each comment counts by itself.
-- premortem:ignore create-index-not-concurrently, update-without-where: small table
CREATE INDEX d_idx ON t (d); -- want-1 "of update-without-where silences nothing"
-- premortem:ignore create-index-not-concurrently: small table
-- premortem:ignore delete-without-where: small table
CREATE INDEX e_idx ON t (e); -- want-1 "of delete-without-where silences nothing"

-- It covers one statement, not the next.
-- premortem:ignore update-without-where: small table
UPDATE t SET a = 1;
-- premortem:ignore update-without-where: small table
SELECT 1; UPDATE t SET a = 1; -- want-1 "of update-without-where silences nothing"
