-- A comment may be about several lines, and say what they should be.
ALTER TABLE comment ADD COLUMN start_line INTEGER;
ALTER TABLE comment ADD COLUMN suggestion TEXT;
