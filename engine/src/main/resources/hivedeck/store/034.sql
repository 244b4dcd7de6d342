-- The change whose commit a rollout exposes; null where it exposes another version.
ALTER TABLE rollout ADD COLUMN change INTEGER REFERENCES change(number);
ALTER TABLE rollout ADD COLUMN head TEXT;
CREATE INDEX rollout_change ON rollout(change, number);
