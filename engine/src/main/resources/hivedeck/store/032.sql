-- What agents and people said of changes, section by section.
CREATE TABLE description(
  change INTEGER NOT NULL REFERENCES change(number),
  section TEXT NOT NULL,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  by_agent INTEGER NOT NULL,
  PRIMARY KEY (change, section)
) STRICT, WITHOUT ROWID;
