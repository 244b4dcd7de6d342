-- The commit that a comment's lines are of, the one that they were last looked for in, and whether
-- they are gone from that. What was said before counts as said of the latest.
ALTER TABLE comment ADD COLUMN head TEXT NOT NULL DEFAULT '';
ALTER TABLE comment ADD COLUMN placed TEXT NOT NULL DEFAULT '';
ALTER TABLE comment ADD COLUMN outdated INTEGER NOT NULL DEFAULT 0;
UPDATE comment SET head = (SELECT head FROM change WHERE number = comment.change),
  placed = (SELECT head FROM change WHERE number = comment.change);
