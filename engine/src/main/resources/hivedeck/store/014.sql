-- Series of metrics: who they are, the running hour row by row, and what is older in chunks.
CREATE TABLE metric_series (
  id INTEGER PRIMARY KEY,
  labels TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL
);
CREATE TABLE metric_sample (
  series INTEGER NOT NULL REFERENCES metric_series(id) ON DELETE CASCADE,
  time INTEGER NOT NULL,
  value REAL,
  chunk BLOB,
  PRIMARY KEY (series, time)
) WITHOUT ROWID;
-- What is on its way from fine to coarse: step says how far apart points are, in milliseconds.
CREATE TABLE metric_chunk (
  series INTEGER NOT NULL REFERENCES metric_series(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  start INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (series, step, start)
) WITHOUT ROWID;
-- Alerts that are pending, firing or resolved a short while ago, by their rule and their labels.
CREATE TABLE alert (
  rule TEXT NOT NULL,
  labels TEXT NOT NULL,
  alert TEXT NOT NULL,
  PRIMARY KEY (rule, labels)
) WITHOUT ROWID;
CREATE TABLE alert_history (
  id INTEGER PRIMARY KEY,
  rule TEXT NOT NULL,
  labels TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  outcome TEXT NOT NULL,
  note TEXT
);
CREATE INDEX alert_history_by_rule ON alert_history(rule, began);
CREATE TABLE silence (
  id INTEGER PRIMARY KEY,
  matchers TEXT NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  author TEXT NOT NULL,
  comment TEXT NOT NULL
);
