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
 * @param parallel how many tasks it may work on at once
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
    int parallel,
    String run,
    Path recipe,
    Map<String, String> env,
    List<String> pass) {

  /**
   * Null where there is no limit. Those of {@code defaults.limits} are in it already, but for the
   * timeout.
   *
   * @param memory bytes that all processes of an attempt may hold at once
   * @param cpu cores that they may keep busy
   * @param processes how many of them may live at once
   */
  public record Limits(
      Duration timeout, Long tokens, Double cost, Long memory, Double cpu, Integer processes) {}
}
