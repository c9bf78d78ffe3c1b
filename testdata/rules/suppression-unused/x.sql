-- premortem:ignore create-index-not-concurrently: no longer true
CREATE INDEX CONCURRENTLY a_idx ON t (a); -- want-1 "silences nothing"

-- premortem:ignore create-index-not-concurrently: small table
CREATE INDEX b_idx ON t (b);

CREATE INDEX c_idx
  /* premortem:ignore create-index-not-concurrently: inside the statement */
  ON t (c);
