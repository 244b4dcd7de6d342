-- What a person allowed for good by an answer was one command, not all that its * would match. Such
-- rules were written in the course of an attempt; others a person wrote, with wildcards on purpose.
ALTER TABLE permission ADD COLUMN literal INTEGER NOT NULL DEFAULT 0;
DROP INDEX permission_by_what;
CREATE UNIQUE INDEX permission_by_what ON permission(tool, what, literal, coalesce(agent, ''));
UPDATE permission SET literal = 1 WHERE EXISTS (
  SELECT 1 FROM event e JOIN attempt a ON a.correlation = e.correlation
  WHERE e.type = 'permission.set' AND e.id = CAST(permission.id AS TEXT));
