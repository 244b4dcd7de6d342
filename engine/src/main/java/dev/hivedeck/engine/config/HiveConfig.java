package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code .hivedeck/hive.yaml}: the team's agents, gates and decisions.
 *
 * @param name of the workspace, or null
 * @param main the branch that changes merge into, or null to find out
 * @param isolation how attempts are kept apart from the user's repository
 * @param git what is done unasked in the user's repository
 * @param retention how long what is over is kept
 * @param backups how many daily copies of the database to keep
 * @param queue how the queue admits
 * @param schedule who gets what
 * @param mcp whether agents may use the engine by the Model Context Protocol
 * @param budgets what may be spent
 * @param prices of models
 * @param protectedPaths patterns of paths whose changes a person approves, besides the usual
 */
public record HiveConfig(
    String name,
    String main,
    IsolationConfig isolation,
    GitConfig git,
    Retention retention,
    Defaults defaults,
    int backups,
    QueueConfig queue,
    ScheduleConfig schedule,
    boolean mcp,
    Budgets budgets,
    Prices prices,
    Map<String, AgentSpec> agents,
    Map<String, GateConfig> gates,
    List<String> protectedPaths,
    Map<String, DecisionRule> decisions) {

  /** Where the file is in a repository. */
  public static final String FILE = ".hivedeck/hive.yaml";

  static final int BACKUPS = 7;

  private static final HiveConfig NONE =
      new HiveConfig(
          null,
          null,
          IsolationConfig.STANDARD,
          GitConfig.STANDARD,
          Retention.STANDARD,
          Defaults.STANDARD,
          BACKUPS,
          QueueConfig.STANDARD,
          ScheduleConfig.STANDARD,
          true,
          Budgets.NONE,
          Prices.STANDARD,
          Map.of(),
          Map.of(),
          List.of(),
          Map.of());

  /**
   * Reads a repository's configuration; without a file there are no agents and no gates.
   *
   * @throws HiveException {@code config-invalid} with every error by line and remedy
   */
  public static HiveConfig load(Path root) {
    String text = read(root.resolve(FILE));
    return text == null ? NONE : parse(FILE, text);
  }

  /**
   * @return null where there is no such file
   */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new HiveException(
          "config-unreadable",
          file + " cannot be read: " + e.getMessage(),
          "Check its rights and that it is UTF-8 text.",
          e);
    }
  }

  /**
   * @param file its name, for messages
   * @throws HiveException {@code config-invalid}
   */
  public static HiveConfig parse(String file, String yaml) {
    return ConfigReader.read(file, yaml);
  }

  /** The same with other agents. */
  HiveConfig with(Map<String, AgentSpec> others) {
    return new HiveConfig(
        name,
        main,
        isolation,
        git,
        retention,
        defaults,
        backups,
        queue,
        schedule,
        mcp,
        budgets,
        prices,
        others,
        gates,
        protectedPaths,
        decisions);
  }

  /** The rule for a kind of decision: its own, the one named {@code default}, else a person's. */
  public DecisionRule rule(String kind) {
    var rule = kind == null ? null : decisions.get(kind);
    if (rule == null) {
      rule = decisions.get("default");
    }
    return rule != null ? rule : new DecisionRule(kind, DecisionRule.Human.REQUIRED, null, null);
  }

  /** Every command that the workspace would run, with what it is for and what it is given. */
  public List<String> commands() {
    var commands = new ArrayList<String>();
    for (var agent : agents.values()) {
      String who = "agent " + agent.name() + ": ";
      if (agent.run() != null && !agent.driver().equals("acp")) {
        commands.add(who + agent.run() + given(agent));
      }
      if (agent.recipe() != null) {
        commands.add(who + "recipe " + agent.recipe() + given(agent));
      }
      if (agent.driver().equals("acp") || agent.run() == null && agent.recipe() == null) {
        commands.add(who + program(agent) + given(agent));
      }
    }
    for (var gate : gates.values()) {
      if (gate.run() != null) {
        commands.add("gate " + gate.name() + ": " + gate.run());
      }
    }
    return commands;
  }

  /** What its driver starts, and how much it may do. */
  private static String program(AgentSpec agent) {
    var words = new ArrayList<String>();
    words.add(
        agent.run() != null
            ? agent.run()
            : agent.program() == null ? agent.driver() : agent.program());
    words.addAll(agent.args());
    return String.join(" ", words)
        + switch (agent.sandbox()) {
          case READ_ONLY -> ", which may only look";
          case WORKSPACE -> "";
          case FULL -> ", which may do anything that you may";
        };
  }

  /** Variables decide what a command does, and may carry secrets to it. */
  private static String given(AgentSpec agent) {
    var words = new ArrayList<String>();
    new TreeMap<>(agent.env()).forEach((name, value) -> words.add(name + "=" + value));
    agent.pass().forEach(name -> words.add("your " + name));
    return words.isEmpty() ? "" : " (with " + String.join(", ", words) + ")";
  }

  /** Changes whenever what would be run changes. */
  public String fingerprint() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", commands()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
