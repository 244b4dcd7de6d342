CREATE TABLE lesson (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  task TEXT NOT NULL REFERENCES task(id),
  attempt TEXT NOT NULL REFERENCES attempt(id),
  agent TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX lesson_by_attempt ON lesson(attempt);

CREATE TABLE proposal (
  decision INTEGER PRIMARY KEY REFERENCES decision(number),
  attempt TEXT NOT NULL REFERENCES attempt(id),
  parent TEXT REFERENCES task(id),
  title TEXT NOT NULL,
  what TEXT NOT NULL,
  task TEXT REFERENCES task(id)
) STRICT;
CREATE INDEX proposal_by_parent ON proposal(parent);
CREATE INDEX proposal_by_attempt ON proposal(attempt);
CREATE INDEX decision_by_attempt ON decision(attempt);
