-- How objectives and alerts were last told on the feed.
CREATE TABLE slo_view (
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  told INTEGER NOT NULL,
  view TEXT NOT NULL,
  PRIMARY KEY (topic, id)
) WITHOUT ROWID;
-- What is in force because an error budget runs low.
CREATE TABLE policy_act (
  objective TEXT NOT NULL,
  action TEXT NOT NULL,
  began INTEGER NOT NULL,
  budget_left REAL NOT NULL,
  agents REAL NOT NULL,
  kinds TEXT NOT NULL,
  lifted INTEGER NOT NULL,
  PRIMARY KEY (objective, action)
) WITHOUT ROWID;
-- For how long a person has lifted what an objective's policy would do.
CREATE TABLE policy_lift (
  objective TEXT PRIMARY KEY,
  ends INTEGER NOT NULL,
  author TEXT NOT NULL,
  comment TEXT NOT NULL
) WITHOUT ROWID;
