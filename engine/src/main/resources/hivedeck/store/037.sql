-- Who has which variant of a flag, so that weights that change move nobody but those who have to.
CREATE TABLE flag_split (
  key TEXT PRIMARY KEY,
  base TEXT NOT NULL,
  parts TEXT NOT NULL
) STRICT, WITHOUT ROWID;
