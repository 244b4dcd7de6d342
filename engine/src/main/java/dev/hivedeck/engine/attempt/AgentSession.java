package dev.hivedeck.engine.attempt;

import dev.hivedeck.engine.protocol.Act;

/**
 * A conversation of an agent.
 *
 * @param total what was used in all of it, as the agent counts
 * @param place where it was led: most agents find it only there again
 */
public record AgentSession(String id, Act.Spend total, String place) {}
