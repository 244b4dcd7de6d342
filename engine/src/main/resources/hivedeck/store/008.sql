CREATE TABLE failure (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  length INTEGER NOT NULL,
  head TEXT NOT NULL,
  template TEXT NOT NULL,
  seen INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  remedy TEXT,
  remedied_by TEXT,
  worded INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX failure_by_path ON failure(source, length, head);

CREATE TABLE sighting (
  failure INTEGER NOT NULL REFERENCES failure(id),
  attempt TEXT NOT NULL REFERENCES attempt(id),
  task TEXT NOT NULL REFERENCES task(id),
  agent TEXT NOT NULL,
  work TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  remedied TEXT,
  PRIMARY KEY (failure, attempt)
) STRICT;
CREATE INDEX sighting_by_task ON sighting(task, remedied)
