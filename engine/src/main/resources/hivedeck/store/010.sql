-- Whether an agent is still as good as its record says.
ALTER TABLE record ADD COLUMN doubt REAL NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN doubt_verified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN doubt_failed INTEGER NOT NULL DEFAULT 0;
