package dev.hivedeck.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.health.HealthConfig;
import dev.hivedeck.engine.config.metrics.MetricsConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.config.remote.RemoteConfig;
import dev.hivedeck.engine.config.review.ReviewConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.config.schedule.ScheduledTask;
import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
 * @param size how large a change should be
 * @param health what the health of a change is made of
 * @param merge how changes come to main
 * @param review who looks at changes before a person does
 * @param worktree what folders get before anybody works there
 * @param remote what is done with the remote that main follows
 * @param slo service level objectives and alerting rules
 * @param metrics where metrics come from and go to, and what is checked
 * @param notifications who is told of what, and how
 * @param github how changes and GitHub go together
 * @param gateway where traffic to services is split
 * @param services what is started and watched, by name
 * @param rollouts how new versions are exposed, by name
 * @param flags which variant of something who gets, by key
 * @param schedules tasks that come again and again, by name
 */
public record HiveConfig(
    String name,
    String main,
    IsolationConfig isolation,
    GitConfig git,
    Retention retention,
    TaskDefaults defaults,
    int backups,
    QueueConfig queue,
    ScheduleConfig schedule,
    boolean mcp,
    Budgets budgets,
    ModelPrices prices,
    Map<String, AgentSpec> agents,
    Map<String, GateConfig> gates,
    List<String> protectedPaths,
    Map<String, DecisionRule> decisions,
    ChangeSize size,
    HealthConfig health,
    MergeConfig merge,
    ReviewConfig review,
    WorktreeConfig worktree,
    RemoteConfig remote,
    SloConfig slo,
    MetricsConfig metrics,
    NotifyConfig notifications,
    GitHubConfig github,
    GatewayConfig gateway,
    Map<String, ServiceConfig> services,
    Map<String, RolloutConfig> rollouts,
    Map<String, FlagConfig> flags,
    Map<String, ScheduledTask> schedules) {

  /** Where the file is in a repository. */
  public static final String FILE = ".hivedeck/hive.yaml";

  static final int BACKUPS = 7;

  /** No team needs more to say; who puts more there wants to keep the engine busy. */
  public static final long LARGEST = 1 << 20;

  /** What holds where nothing is configured. */
  public static final HiveConfig NONE =
      new HiveConfig(
          null,
          null,
          IsolationConfig.STANDARD,
          GitConfig.STANDARD,
          Retention.STANDARD,
          TaskDefaults.STANDARD,
          BACKUPS,
          QueueConfig.STANDARD,
          ScheduleConfig.STANDARD,
          true,
          Budgets.NONE,
          ModelPrices.STANDARD,
          Map.of(),
          Map.of(),
          List.of(),
          Map.of(),
          ChangeSize.STANDARD,
          HealthConfig.STANDARD,
          MergeConfig.STANDARD,
          ReviewConfig.NONE,
          WorktreeConfig.NONE,
          RemoteConfig.NONE,
          SloConfig.NONE,
          MetricsConfig.NONE,
          NotifyConfig.STANDARD,
          GitHubConfig.STANDARD,
          GatewayConfig.OFF,
          Map.of(),
          Map.of(),
          Map.of(),
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
   * @throws HiveException {@code config-unreadable}
   */
  public static String read(Path file) {
    return TextFile.read(file, LARGEST, ErrorCode.CONFIG_UNREADABLE);
  }

  /**
   * @param file its name, for messages
   * @throws HiveException {@code config-invalid}
   */
  public static HiveConfig parse(String file, String yaml) {
    return parse(new YamlSource(file, yaml, ErrorCode.CONFIG_INVALID));
  }

  static HiveConfig parse(YamlSource source) {
    return ConfigReader.read(source);
  }

  /** The same with other agents. */
  public HiveConfig with(Map<String, AgentSpec> others) {
    return with(others, slo);
  }

  /** With other agents, and other objectives and rules. */
  HiveConfig with(Map<String, AgentSpec> others, SloConfig watched) {
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
        decisions,
        size,
        health,
        merge,
        review,
        worktree,
        remote,
        watched,
        metrics,
        notifications,
        github,
        gateway,
        services,
        rollouts,
        flags,
        schedules);
  }

  /** Service level objectives, as they are written. */
  public Map<String, JsonNode> objectives() {
    return slo.objectives();
  }

  /** The rule for a kind of decision: its own, the one named {@code default}, else a person's. */
  public DecisionRule rule(String kind) {
    var rule = kind == null ? null : decisions.get(kind);
    if (rule == null) {
      rule = decisions.get("default");
    }
    return rule != null ? rule : new DecisionRule(kind, DecisionRule.Human.REQUIRED, null, null);
  }
}
