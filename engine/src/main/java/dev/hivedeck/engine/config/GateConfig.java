package dev.hivedeck.engine.config;

import java.time.Duration;
import java.util.List;

/** A gate as configured: a command or a built-in. */
public record GateConfig(
    String name,
    String run,
    String builtin,
    List<String> at,
    Duration timeout,
    int warn,
    int max) {}
