-- premortem:ignore create-index-not-concurrently
CREATE INDEX a_idx ON t (a); -- want-1 "gives no reason"

-- premortem:ignore create-index-not-concurently: small
CREATE INDEX b_idx ON t (b); -- want-1 "unknown rule .create-index-not-concurently., did you mean .create-index-not-concurrently."

-- premortem:ignore: everything
CREATE INDEX c_idx ON t (c); -- want-1 "does not have the form"

-- premortem:ignore create-index-not-concurrently until=soon: small
CREATE INDEX d_idx ON t (d); -- want-1 "until=soon is not a date"

-- premortem:ignore create-index-not-concurrently until=2099-12-31: small
CREATE INDEX e_idx ON t (e);

-- premortem is not premortem:ignore
CREATE INDEX CONCURRENTLY f_idx ON t (f);
