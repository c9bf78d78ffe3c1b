CREATE TABLE guests (
  id bigint PRIMARY KEY,
  paid money, -- want "^paid is money, which reads and shows"
  owed numeric(12, 2)
);
