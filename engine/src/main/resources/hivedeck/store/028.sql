-- The change that another was made on top of, as long as that is not on main.
ALTER TABLE change ADD COLUMN parent INTEGER REFERENCES change(number);
-- The same, remembered when it is on main.
ALTER TABLE change ADD COLUMN stacked_on INTEGER REFERENCES change(number);
-- The change that it is a part of.
ALTER TABLE change ADD COLUMN split_of INTEGER REFERENCES change(number);
CREATE INDEX change_by_parent ON change(parent) WHERE parent IS NOT NULL;
CREATE INDEX change_by_whole ON change(split_of) WHERE split_of IS NOT NULL;
-- The change that a task is worked on on top of although it needs that on main, and its commit.
ALTER TABLE task ADD COLUMN stands_on INTEGER REFERENCES change(number);
ALTER TABLE task ADD COLUMN stands_at TEXT;
