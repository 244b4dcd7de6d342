-- Changes that were judged and merged at once, with the runs of the gates.
CREATE TABLE merge_batch (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  base TEXT NOT NULL,
  members TEXT NOT NULL,
  runs TEXT NOT NULL,
  text TEXT NOT NULL,
  asked TEXT NOT NULL,
  ended_at INTEGER
) STRICT;
-- Gates that failed on a commit on which they passed as well.
CREATE TABLE gate_flake (
  id INTEGER PRIMARY KEY,
  gate TEXT NOT NULL,
  made TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX gate_flake_by_gate ON gate_flake(gate, at);
-- How often in a row a change conflicted with main.
ALTER TABLE change ADD COLUMN conflicts INTEGER NOT NULL DEFAULT 0;
