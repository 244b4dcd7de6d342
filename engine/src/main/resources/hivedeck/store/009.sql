-- What an agent has done is summed up along with its attempts: to tell of it costs the same after
-- a hundred thousand of them.
CREATE TABLE agent_tally (
  agent TEXT PRIMARY KEY,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  cost REAL NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO agent_tally(agent, succeeded, failed, tokens, cost)
  SELECT agent, count(*) FILTER (WHERE state = 'succeeded'),
    count(*) FILTER (WHERE state = 'failed'), sum(tokens_in + tokens_out), sum(cost)
  FROM attempt GROUP BY agent;
CREATE TRIGGER attempt_made AFTER INSERT ON attempt BEGIN INSERT INTO agent_tally(agent, succeeded, failed, tokens, cost) VALUES (new.agent, new.state = 'succeeded', new.state = 'failed', new.tokens_in + new.tokens_out, new.cost) ON CONFLICT(agent) DO UPDATE SET succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed, tokens = tokens + excluded.tokens, cost = cost + excluded.cost; END;
CREATE TRIGGER attempt_went AFTER UPDATE OF state, tokens_in, tokens_out, cost ON attempt BEGIN UPDATE agent_tally SET succeeded = succeeded + (new.state = 'succeeded') - (old.state = 'succeeded'), failed = failed + (new.state = 'failed') - (old.state = 'failed'), tokens = tokens + new.tokens_in + new.tokens_out - old.tokens_in - old.tokens_out, cost = cost + new.cost - old.cost WHERE agent = new.agent; END;
CREATE TRIGGER attempt_removed AFTER DELETE ON attempt BEGIN UPDATE agent_tally SET succeeded = succeeded - (old.state = 'succeeded'), failed = failed - (old.state = 'failed'), tokens = tokens - old.tokens_in - old.tokens_out, cost = cost - old.cost WHERE agent = old.agent; END;

-- An agent's latest attempts are found without sorting all of them.
DROP INDEX attempt_by_agent;
CREATE INDEX attempt_by_agent ON attempt(agent, started_at);
-- The index of leases begins with the state too.
DROP INDEX attempt_by_state;

-- The last place in the plan, and the plan in its order.
CREATE INDEX task_by_place ON task(place);
