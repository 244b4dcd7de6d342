-- The hunks of each change as it is now, by what they say.
CREATE TABLE hunk (
  change INTEGER NOT NULL REFERENCES change(number),
  place INTEGER NOT NULL,
  path TEXT NOT NULL,
  hash TEXT NOT NULL,
  lines INTEGER NOT NULL,
  PRIMARY KEY (change, place)
) STRICT;
-- Hunks that a person has seen, whatever became of their change since.
CREATE TABLE seen_hunk (
  change INTEGER NOT NULL REFERENCES change(number),
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (change, hash)
) STRICT;
-- How long a person read each state of a change, and what there was to read.
CREATE TABLE reading (
  change INTEGER NOT NULL REFERENCES change(number),
  head TEXT NOT NULL,
  lines INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  verdict_at INTEGER,
  PRIMARY KEY (change, head)
) STRICT;
CREATE INDEX reading_by_verdict ON reading(verdict_at);
