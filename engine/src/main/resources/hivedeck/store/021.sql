-- The repository on GitHub that a person linked, and how the last look at it ended.
CREATE TABLE forge_link (
  id INTEGER PRIMARY KEY,
  repository TEXT NOT NULL,
  host TEXT NOT NULL,
  api TEXT NOT NULL,
  token_from TEXT NOT NULL,
  login TEXT,
  merged_by TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  reach TEXT NOT NULL,
  problem TEXT,
  remedy TEXT,
  remaining INTEGER,
  most INTEGER,
  resets_at INTEGER,
  synced_at INTEGER,
  retry_at INTEGER,
  failures INTEGER NOT NULL DEFAULT 0
) STRICT;
-- The pull request of each change.
CREATE TABLE pull_request (
  change INTEGER PRIMARY KEY REFERENCES change(number),
  number INTEGER NOT NULL,
  node TEXT NOT NULL,
  url TEXT NOT NULL,
  state TEXT NOT NULL,
  head TEXT NOT NULL,
  pushed TEXT,
  body TEXT,
  mergeable TEXT NOT NULL,
  review TEXT NOT NULL,
  checks TEXT NOT NULL,
  runs TEXT NOT NULL,
  rounds INTEGER NOT NULL DEFAULT 0,
  returned_head TEXT,
  returned_at INTEGER,
  problem TEXT,
  remedy TEXT,
  done INTEGER NOT NULL DEFAULT 0,
  changed_at INTEGER NOT NULL
) STRICT;
-- What was said on both sides: each comment goes over once.
CREATE TABLE forge_comment (
  remote TEXT PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES change(number),
  local INTEGER UNIQUE
) STRICT, WITHOUT ROWID;
-- Issues that became tasks.
CREATE TABLE forge_issue (
  number INTEGER PRIMARY KEY,
  task TEXT NOT NULL,
  url TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Webhooks that were taken, so that none counts twice.
CREATE TABLE forge_delivery (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
