-- Who sent which command, by which entry point, and what became of it.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  entry_point TEXT NOT NULL,
  command TEXT NOT NULL,
  about TEXT,
  error TEXT,
  message TEXT,
  fields TEXT NOT NULL,
  correlation TEXT NOT NULL
);
CREATE INDEX audit_at ON audit(at);
