-- Merges that were made for changes, each with the proof that main is what the gates judged.
CREATE TABLE merge (
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES change(number),
  at INTEGER NOT NULL,
  base TEXT NOT NULL,
  head TEXT NOT NULL,
  made TEXT NOT NULL,
  tree TEXT NOT NULL,
  same INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  paths INTEGER NOT NULL,
  unexplained TEXT NOT NULL,
  accepted TEXT
) STRICT;
CREATE INDEX merge_by_change ON merge(change, head);
-- Why nothing is merged until a person says so.
CREATE TABLE queue_freeze (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  ended_at INTEGER,
  ended_reason TEXT
) STRICT;
CREATE INDEX queue_freeze_open ON queue_freeze(ended_at);
-- How each open change would get on with main and with the others.
CREATE TABLE forecast (
  change INTEGER PRIMARY KEY REFERENCES change(number),
  head TEXT NOT NULL,
  behind INTEGER NOT NULL,
  encounters TEXT NOT NULL
) STRICT;
-- What counts of a change's diff, and how large it may be.
ALTER TABLE change ADD COLUMN facts TEXT;
