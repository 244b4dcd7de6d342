ALTER TABLE alert_history ADD COLUMN source TEXT NOT NULL DEFAULT 'hivedeck';
-- Alerts of all sources as routes see them: those that fire, and those that ended a short while ago.
CREATE TABLE routed_alert (
  labels TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  alert TEXT NOT NULL
) WITHOUT ROWID;
-- Alerts that are told together, and what was told to whom last.
CREATE TABLE alert_group (
  name TEXT PRIMARY KEY,
  content TEXT NOT NULL
) WITHOUT ROWID;
-- Messages on their way to channels. A failed one is tried again when it is due, a dead one is not.
CREATE TABLE notification (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL,
  grouped TEXT NOT NULL,
  firing INTEGER NOT NULL,
  message TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'failed', 'sent', 'dead')),
  created INTEGER NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  sending INTEGER NOT NULL DEFAULT 0,
  doubtful INTEGER NOT NULL DEFAULT 0,
  answer TEXT,
  ended INTEGER
);
CREATE INDEX notification_open ON notification(channel, id) WHERE state IN ('pending', 'failed');
CREATE INDEX notification_of_group ON notification(channel, grouped, id);
CREATE INDEX notification_by_state ON notification(state, id);
-- What people are told in the workspace: one row as long as its alerts go on.
CREATE TABLE notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  grouped TEXT NOT NULL,
  episode INTEGER NOT NULL,
  content TEXT NOT NULL,
  at INTEGER NOT NULL,
  read_at INTEGER,
  UNIQUE (grouped, episode)
);
