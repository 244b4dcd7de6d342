package dev.hivedeck.engine.plan;

import java.util.List;

/**
 * A task as planned.
 *
 * @param agent who does it; null when any agent with the capabilities may
 * @param needs tasks whose work must be on main first
 * @param priority 1 (first) to 9
 * @param kind looks up the decision matrix; may be null
 * @param produces files it is to leave
 */
public record TaskSpec(
    String id,
    String title,
    List<String> requirements,
    String agent,
    List<String> capabilities,
    List<String> needs,
    int priority,
    String kind,
    String prompt,
    List<String> produces) {}
