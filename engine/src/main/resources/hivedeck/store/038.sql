-- What agents say of a change before a person looks at it: such comments ask for nothing until a
-- person takes them up. One look for each commit of a change.
ALTER TABLE comment ADD COLUMN advisory INTEGER NOT NULL DEFAULT 0;
CREATE TABLE agent_review (
  change INTEGER NOT NULL REFERENCES change(number),
  head TEXT NOT NULL,
  agent TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  key TEXT NOT NULL,
  summary TEXT,
  detail TEXT,
  comments INTEGER NOT NULL DEFAULT 0,
  left_out INTEGER NOT NULL DEFAULT 0,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_cached INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  cost REAL NOT NULL DEFAULT 0,
  unpriced INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (change, head)
) STRICT, WITHOUT ROWID;
