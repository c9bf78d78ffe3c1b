-- lock_timeout: 0
-- statement_timeout: 90s
ALTER TABLE users ADD COLUMN a int; -- want "for up to 90s, and"
