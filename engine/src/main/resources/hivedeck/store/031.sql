-- Rollouts: what was told of each last, what it went through, and what was counted over time.
CREATE TABLE rollout (
  number INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  ended_at INTEGER,
  told TEXT NOT NULL,
  progress TEXT NOT NULL
) STRICT;
CREATE INDEX rollout_service ON rollout(service, number);
CREATE TABLE rollout_sample (
  rollout INTEGER NOT NULL REFERENCES rollout(number),
  at INTEGER NOT NULL,
  told TEXT NOT NULL,
  PRIMARY KEY (rollout, at)
) STRICT, WITHOUT ROWID;
