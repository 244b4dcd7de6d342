package dev.hivedeck.engine.config;

import java.time.Duration;
import java.util.List;

/**
 * A gate as configured: a command or a built-in.
 *
 * @param checkout {@code clean} or {@code attempt}, or null for either
 * @param warnBytes null for what is usual
 */
public record GateConfig(
    String name,
    String run,
    String builtin,
    List<String> at,
    Duration timeout,
    String checkout,
    int warn,
    int max,
    Long warnBytes,
    Long maxBytes) {}
