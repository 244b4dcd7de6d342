CREATE TABLE record (
  agent TEXT NOT NULL,
  kind TEXT NOT NULL,
  verified REAL NOT NULL,
  failed REAL NOT NULL,
  seconds REAL NOT NULL,
  cost REAL NOT NULL,
  round INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, agent)
) STRICT;
ALTER TABLE attempt ADD COLUMN choice TEXT;
CREATE INDEX attempt_by_end ON attempt(agent, ended_at)
