package dev.hivedeck.engine.slo.history;

import java.time.Instant;

/**
 * A change that came to main.
 *
 * @param change its id
 * @param number as people say it
 * @param at when it was merged
 */
public record Merge(String change, int number, String title, String agent, Instant at) {}
