CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT
) STRICT;

CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  correlation TEXT NOT NULL,
  type TEXT NOT NULL,
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  text TEXT,
  data TEXT
) STRICT;

CREATE TABLE requirement (
  id TEXT PRIMARY KEY,
  place INTEGER NOT NULL,
  title TEXT NOT NULL,
  priority TEXT NOT NULL,
  acceptance TEXT NOT NULL
) STRICT;

CREATE TABLE task (
  id TEXT PRIMARY KEY,
  place INTEGER NOT NULL,
  title TEXT NOT NULL,
  prompt TEXT NOT NULL,
  priority INTEGER NOT NULL,
  kind TEXT,
  agent TEXT,
  capabilities TEXT NOT NULL,
  produces TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  assigned TEXT,
  turns INTEGER NOT NULL DEFAULT 0,
  context TEXT NOT NULL DEFAULT '[]',
  start TEXT,
  merged INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX task_by_state ON task(state, assigned, priority, place);
CREATE INDEX task_by_time ON task(state, not_before);

CREATE TABLE need (
  task TEXT NOT NULL REFERENCES task(id) DEFERRABLE INITIALLY DEFERRED,
  needed TEXT NOT NULL REFERENCES task(id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (task, needed)
) STRICT, WITHOUT ROWID;
CREATE INDEX need_by_needed ON need(needed);

CREATE TABLE link (
  task TEXT NOT NULL REFERENCES task(id) DEFERRABLE INITIALLY DEFERRED,
  requirement TEXT NOT NULL REFERENCES requirement(id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (task, requirement)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_requirement ON link(requirement);

CREATE TABLE attempt (
  id TEXT PRIMARY KEY,
  task TEXT NOT NULL REFERENCES task(id),
  agent TEXT NOT NULL,
  number INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  detail TEXT,
  stage INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  token TEXT NOT NULL,
  correlation TEXT NOT NULL,
  branch TEXT,
  worktree TEXT,
  start TEXT,
  head TEXT,
  pid INTEGER NOT NULL DEFAULT 0,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  cost REAL NOT NULL DEFAULT 0,
  lines INTEGER NOT NULL DEFAULT 0,
  activity TEXT,
  gates TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX attempt_by_task ON attempt(task, number);
CREATE INDEX attempt_by_agent ON attempt(agent, state);
CREATE INDEX attempt_by_state ON attempt(state);

CREATE TABLE agent (
  name TEXT PRIMARY KEY,
  paused INTEGER NOT NULL DEFAULT 0,
  since INTEGER NOT NULL
) STRICT;

CREATE TABLE change (
  number INTEGER PRIMARY KEY,
  task TEXT NOT NULL UNIQUE REFERENCES task(id),
  attempt TEXT NOT NULL,
  agent TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  branch TEXT NOT NULL,
  base TEXT NOT NULL,
  head TEXT NOT NULL,
  merge TEXT,
  files INTEGER NOT NULL,
  additions INTEGER NOT NULL,
  deletions INTEGER NOT NULL,
  commits INTEGER NOT NULL,
  gates TEXT NOT NULL,
  review TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  queued_at INTEGER,
  merged_at INTEGER,
  due_at INTEGER
) STRICT;
CREATE INDEX change_by_state ON change(state, queued_at);

CREATE TABLE comment (
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES change(number),
  author TEXT NOT NULL,
  file TEXT,
  line INTEGER NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX comment_by_change ON comment(change);

CREATE TABLE decision (
  number INTEGER PRIMARY KEY,
  task TEXT NOT NULL REFERENCES task(id),
  attempt TEXT NOT NULL,
  agent TEXT NOT NULL,
  kind TEXT,
  level INTEGER NOT NULL,
  question TEXT NOT NULL,
  detail TEXT,
  options TEXT NOT NULL,
  fallback TEXT,
  state TEXT NOT NULL,
  answer TEXT,
  comment TEXT,
  answered_by TEXT,
  opened_at INTEGER NOT NULL,
  due_at INTEGER,
  answered_at INTEGER
) STRICT;
CREATE INDEX decision_by_state ON decision(state, due_at);
CREATE INDEX decision_by_task ON decision(task)
