-- What people did with feature flags, beside what hive.yaml says of them.
CREATE TABLE flag (
  key TEXT PRIMARY KEY,
  told TEXT NOT NULL,
  kept TEXT NOT NULL
) STRICT, WITHOUT ROWID;
