package dev.hivedeck.engine.config;

import dev.hivedeck.engine.config.gate.CoverageRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gate as configured: a command or a built-in.
 *
 * @param checkout {@code clean} or {@code attempt}, or null for either
 * @param warnBytes null for what is usual
 * @param coverage of the changed lines; null where it is not measured
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
    Long maxBytes,
    @Nullable CoverageRule coverage) {}
