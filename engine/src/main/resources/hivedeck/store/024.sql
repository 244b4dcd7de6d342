-- Whose turn it was with a change, and for how long.
CREATE TABLE change_holder (
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES change(number),
  holder TEXT NOT NULL,
  review TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX change_holder_open ON change_holder(change, ended_at);
CREATE INDEX change_holder_ended ON change_holder(ended_at);
CREATE INDEX change_by_merge ON change(merged_at);
