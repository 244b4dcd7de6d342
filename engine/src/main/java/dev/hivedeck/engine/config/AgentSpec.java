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
 * @param sandbox what one that is no plain command may do unasked
 * @param program to run for it instead of the one that its driver is named after, or null
 * @param args more arguments for that program
 * @param recipe what a {@code scripted} agent follows, relative to the repository
 * @param env variables set for it
 * @param pass names of variables passed on from the engine's own environment
 * @param source the definition in the repository that it was made of, or null
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
    Sandbox sandbox,
    String program,
    List<String> args,
    Path recipe,
    Map<String, String> env,
    List<String> pass,
    String source) {

  /** What an agent may do unasked. */
  public enum Sandbox {
    /** Look, and ask for everything else, or leave it where it cannot ask. */
    READ_ONLY,
    /**
     * Change what is in its worktree and run commands there, as far as it can hold itself to it.
     */
    WORKSPACE,
    /** Anything that you may. */
    FULL
  }

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
