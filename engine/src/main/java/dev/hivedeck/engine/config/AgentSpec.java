package dev.hivedeck.engine.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An agent as configured.
 *
 * @param owns patterns of the paths it may change; empty for all
 * @param fallback agents that take over when it has had its tries
 * @param run what a {@code command} agent runs
 * @param recipe what a {@code scripted} agent follows, relative to the repository
 * @param env variables set for it
 * @param pass names of variables passed on from the engine's own environment
 */
public record AgentSpec(
    String name,
    String role,
    String driver,
    String version,
    String model,
    String category,
    List<String> capabilities,
    List<String> owns,
    Limits limits,
    List<String> fallback,
    String run,
    Path recipe,
    Map<String, String> env,
    List<String> pass) {

  /** Null where there is no limit of its own. */
  public record Limits(Duration timeout, Long tokens, Double cost) {}
}
