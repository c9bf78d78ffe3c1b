-- today: 2026-11-25

-- premortem:ignore create-index-not-concurrently until=2026-11-24: until the import
CREATE INDEX a_idx ON t (a); -- want-1 "^the suppression has no effect since it expired on 2026-11-24$"

-- premortem:ignore create-index-not-concurrently until=2026-11-25: until the import
CREATE INDEX b_idx ON t (b);

-- premortem:ignore create-index-not-concurrently: for ever
CREATE INDEX c_idx ON t (c);
