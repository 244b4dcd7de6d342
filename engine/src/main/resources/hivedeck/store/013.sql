-- The text that the plan has by now for a task that was done, or is being done, by another.
ALTER TABLE task ADD COLUMN planned_title TEXT;
ALTER TABLE task ADD COLUMN planned_prompt TEXT;
