-- Services: what was told of each last, and what people want of it.
CREATE TABLE service (
  id TEXT PRIMARY KEY,
  told TEXT NOT NULL,
  wanted INTEGER,
  turn INTEGER NOT NULL DEFAULT 0,
  seeded TEXT
) STRICT, WITHOUT ROWID;
