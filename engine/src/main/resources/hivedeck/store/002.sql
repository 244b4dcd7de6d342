ALTER TABLE task ADD COLUMN ready_at INTEGER NOT NULL DEFAULT 0;
UPDATE task SET ready_at = updated_at WHERE state <> 'blocked';
DROP INDEX task_by_state;
CREATE INDEX task_by_turn ON task(state, assigned, ready_at + priority * 600000, place);
CREATE INDEX task_open ON task(state, capabilities, ready_at + priority * 600000, place)
  WHERE assigned IS NULL;
