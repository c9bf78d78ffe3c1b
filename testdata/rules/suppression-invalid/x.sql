-- premortem:ignore create-index-not-concurrently
CREATE INDEX a_idx ON t (a); -- want-1 "^the suppression has no effect: it gives no reason: write one after a colon$"

-- premortem:ignore create-index-not-concurrently:
CREATE INDEX b_idx ON t (b); -- want-1 "gives no reason"

-- premortem:ignore create-index-not-concurently: small
CREATE INDEX c_idx ON t (c); -- want-1 "unknown rule .create-index-not-concurently., did you mean .create-index-not-concurrently."

-- premortem:ignore create-index-not-concurrently, no-such-rule: small
CREATE INDEX d_idx ON t (d); -- want-1 "unknown rule .no-such-rule."

-- premortem:ignore: everything
CREATE INDEX e_idx ON t (e); -- want-1 "does not have the form `premortem:ignore rule., rule.. until=2026-12-31.: reason`"

-- premortem: ignore create-index-not-concurrently: small
CREATE INDEX f_idx ON t (f); -- want-1 "does not have the form"

-- premortem:ignore create-index-not-concurrently until=soon: small
CREATE INDEX g_idx ON t (g); -- want-1 "until=soon is not a date such as until=2026-12-31"

-- premortem:ignore suppression-invalid: quiet
SELECT 1; -- want-1 "it names suppression-invalid, which no comment silences"

-- Behind a statement: nobody knows which one is meant.
CREATE INDEX h_idx ON t (h); -- premortem:ignore create-index-not-concurrently: small
-- want-1 "it stands behind a statement, and covers only one that it stands before or in"
CREATE INDEX i_idx ON t (i); /* premortem:ignore create-index-not-concurrently: small */ CREATE INDEX j_idx ON t (j);
-- want-1 "it stands behind a statement"

-- Safe.
-- premortem:ignore create-index-not-concurrently until=2099-12-31: small
CREATE INDEX k_idx ON t (k);
-- premortem is not premortem:ignore
CREATE INDEX CONCURRENTLY l_idx ON t (l);
SELECT '-- premortem:ignore nothing' AS "-- premortem:ignore nothing";

SELECT 2; -- premortem:ignore create-index-not-concurrently: the last one
-- want-1 "it stands behind a statement"
