package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.view.AgentDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An agent as configured.
 *
 * @param owns patterns of the paths it may change; empty for all
 * @param fallback agents that take over when it has had its tries
 * @param parallel how many tasks it may work on at once
 * @param run what a {@code command} agent runs
 * @param format whose events a {@code command} agent prints, or null for plain lines
 * @param sandbox what it may do unasked
 * @param held how far the machine holds it to that, or null: its sandbox is its own, or there is
 *     none
 * @param program to run for it instead of the one that its driver is named after, or null
 * @param args more arguments for that program
 * @param recipe what a {@code scripted} agent follows, or null
 * @param env variables set for it
 * @param pass names of variables passed on from the engine's own environment
 * @param source the definition in the repository that it was made of, or null
 */
public record AgentSpec(
    String name,
    String role,
    AgentDriver driver,
    String version,
    String model,
    String category,
    List<String> capabilities,
    List<String> owns,
    Limits limits,
    List<String> fallback,
    int parallel,
    String run,
    String format,
    Sandbox sandbox,
    SandboxOptions held,
    String program,
    List<String> args,
    RecipeFile recipe,
    Map<String, String> env,
    List<String> pass,
    String source) {

  /**
   * What a {@code scripted} agent follows, as it was when it was read.
   *
   * @param path relative to the repository
   * @param text of the file; null when it was not read
   * @param trouble why there is no text, in words; null when nobody tried
   */
  public record RecipeFile(Path path, String text, String trouble) {}

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

  /** The same, which may only look. */
  public AgentSpec reading() {
    return with(Sandbox.READ_ONLY, recipe);
  }

  /** The same with a recipe that was read. */
  AgentSpec with(RecipeFile read) {
    return with(sandbox, read);
  }

  private AgentSpec with(Sandbox may, RecipeFile read) {
    return new AgentSpec(
        name,
        role,
        driver,
        version,
        model,
        category,
        capabilities,
        owns,
        limits,
        fallback,
        parallel,
        run,
        format,
        may,
        held,
        program,
        args,
        read,
        env,
        pass,
        source);
  }

  /**
   * What the machine lets it do.
   *
   * @param network whether it may use the network
   * @param caches folders that it may change besides its own
   * @param read what it may read though that is hidden usually
   */
  public record SandboxOptions(boolean network, List<Path> caches, List<Path> read) {}

  /** What keeps it from doing all that the user may, for people; said where they consent. */
  public String sandboxInWords() {
    if (!driver.isHeldByMachine() && driver != AgentDriver.SCRIPTED) {
      return switch (sandbox) {
        case READ_ONLY -> "its own sandbox: may only look";
        case WORKSPACE ->
            "its own sandbox: as far as " + driver.word() + " holds itself to its folder";
        case FULL -> "no sandbox: it has your rights";
      };
    }
    if (held == null) {
      return "no sandbox: it has your rights";
    }
    var words = new StringBuilder("sandbox: ");
    words.append(sandbox == Sandbox.READ_ONLY ? "changes nothing" : "changes only its own folder");
    if (!held.caches().isEmpty()) {
      words.append(sandbox == Sandbox.READ_ONLY ? " but " : " and ").append(listed(held.caches()));
    }
    if (!held.read().isEmpty()) {
      words.append("; reads your ").append(listed(held.read()));
    }
    return words.append(held.network() ? "; with network" : "; without network").toString();
  }

  private static String listed(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(", "));
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
