ALTER TABLE attempt ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN checkpoint TEXT;
CREATE INDEX attempt_by_lease ON attempt(state, lease_until);
CREATE INDEX attempt_by_start ON attempt(started_at);
ALTER TABLE task ADD COLUMN continues INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN timeout INTEGER;
DROP INDEX task_by_turn;
DROP INDEX task_open;
CREATE INDEX task_by_turn ON task(state, assigned, capabilities,
  ready_at + priority * 600000, place);

CREATE TABLE command (
  key TEXT PRIMARY KEY,
  what TEXT NOT NULL,
  result TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX command_by_time ON command(at);

CREATE TABLE tally (
  state TEXT PRIMARY KEY,
  tasks INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tally(state, tasks) SELECT state, count(*) FROM task GROUP BY state;
CREATE TRIGGER task_counted AFTER INSERT ON task BEGIN INSERT INTO tally(state, tasks) VALUES (new.state, 1) ON CONFLICT(state) DO UPDATE SET tasks = tasks + 1; END;
CREATE TRIGGER task_moved AFTER UPDATE OF state ON task WHEN old.state <> new.state BEGIN UPDATE tally SET tasks = tasks - 1 WHERE state = old.state; INSERT INTO tally(state, tasks) VALUES (new.state, 1) ON CONFLICT(state) DO UPDATE SET tasks = tasks + 1; END;
CREATE TRIGGER task_removed AFTER DELETE ON task BEGIN UPDATE tally SET tasks = tasks - 1 WHERE state = old.state; END;
