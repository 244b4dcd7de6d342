-- Comments that answer others, and those whose wish is done.
ALTER TABLE comment ADD COLUMN parent INTEGER REFERENCES comment(id);
ALTER TABLE comment ADD COLUMN resolved_by TEXT;
