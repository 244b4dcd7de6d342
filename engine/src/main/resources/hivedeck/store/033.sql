-- Who said a comment elsewhere may not write to the repository: it asks for nothing.
ALTER TABLE comment ADD COLUMN outside INTEGER NOT NULL DEFAULT 0;
-- Whether its thread was settled there at the last look.
ALTER TABLE forge_comment ADD COLUMN resolved INTEGER NOT NULL DEFAULT 0;
