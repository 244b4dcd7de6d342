-- What speaks against merging a change and a person lets be, as it said then.
CREATE TABLE clearance (
  change INTEGER NOT NULL REFERENCES change(number),
  code TEXT NOT NULL,
  head TEXT NOT NULL,
  said TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (change, code)
) STRICT;
