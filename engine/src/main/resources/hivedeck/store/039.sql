-- The same task done by several agents, best of n: each does it in a task of its own, of which one
-- may be chosen. The task that was asked for is one of them, and stands for all to what needs it.
CREATE TABLE alternative (
  task TEXT PRIMARY KEY REFERENCES task(id),
  original TEXT NOT NULL REFERENCES task(id),
  place INTEGER NOT NULL,
  chosen_at INTEGER,
  aside INTEGER NOT NULL DEFAULT 0,
  UNIQUE (original, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alternative_chosen ON alternative(original) WHERE chosen_at IS NOT NULL;
