-- Main where gates fail on it without any change; one row while that is so.
CREATE TABLE red_main (
  id INTEGER PRIMARY KEY,
  tip TEXT NOT NULL,
  since INTEGER NOT NULL,
  again INTEGER NOT NULL,
  results TEXT NOT NULL
) STRICT;
