-- Why a person must approve a change, whatever its kind of work.
ALTER TABLE change ADD COLUMN risks TEXT NOT NULL DEFAULT '[]';
