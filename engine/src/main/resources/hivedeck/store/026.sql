-- What is known of one repository says nothing of another: each row says whose it is, as
-- "API owner/name". Rows of which nobody knows it are of none.
ALTER TABLE pull_request ADD COLUMN origin TEXT NOT NULL DEFAULT '';
UPDATE pull_request SET origin =
  coalesce((SELECT api || ' ' || repository FROM forge_link ORDER BY id LIMIT 1), '');
-- Labels and reviewers that it has not got yet.
ALTER TABLE pull_request ADD COLUMN undressed TEXT NOT NULL DEFAULT '[]';
-- Commits that Hivedeck pushes to the branch of a change, written down before it does so.
CREATE TABLE forge_push (
  change INTEGER NOT NULL REFERENCES change(number),
  head TEXT NOT NULL,
  PRIMARY KEY (change, head)
) STRICT, WITHOUT ROWID;
INSERT INTO forge_push(change, head)
  SELECT change, pushed FROM pull_request WHERE pushed IS NOT NULL;
CREATE TABLE forge_issue_of (
  origin TEXT NOT NULL,
  number INTEGER NOT NULL,
  task TEXT NOT NULL,
  url TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (origin, number)
) STRICT, WITHOUT ROWID;
INSERT INTO forge_issue_of(origin, number, task, url, told)
  SELECT coalesce((SELECT api || ' ' || repository FROM forge_link ORDER BY id LIMIT 1), ''),
    number, task, url, told FROM forge_issue;
DROP TABLE forge_issue;
ALTER TABLE forge_issue_of RENAME TO forge_issue;
