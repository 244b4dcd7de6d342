package dev.hivedeck.engine.selection;

import java.util.List;

/**
 * An agent that could work.
 *
 * @param slots how many tasks it may hold at once
 * @param free how many it can take now: what it no longer holds may not have ended yet
 */
public record Offer(String agent, List<String> capabilities, int slots, int free) {}
