package dev.hivedeck.engine.forge;

import java.time.Instant;

/**
 * How many requests may be sent.
 *
 * @param limit until the next reset, in all
 * @param remaining of those
 * @param resetsAt when there are as many again
 */
public record RateLimit(int limit, int remaining, Instant resetsAt) {}
