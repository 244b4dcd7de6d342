package dev.hivedeck.app.cli.slo;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.promql.Expr;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.alert.FireCheck;
import dev.hivedeck.engine.slo.exchange.Selectors;
import dev.hivedeck.engine.slo.rule.RuleFireCheck;
import dev.hivedeck.engine.slo.watch.ObjectiveReader;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Whether alerts can fire at all. */
@Command(
    name = "test",
    description =
        "Lets everything fail, in thought, and says which alerts fire, and after how long.")
final class TestCommand implements Callable<Integer> {
  /** Events in an hour: beyond it a year of them cannot be counted exactly. */
  private static final double MOST = 1e9;

  @ParentCommand SloCommands.Slo slo;

  @Option(names = "--per-hour", description = "Events that come in an hour.", defaultValue = "3600")
  double perHour;

  /**
   * What a check says.
   *
   * @param objective null where it is of a rule
   * @param rule null where it is of an objective
   * @param state {@code can-fire}, {@code cannot-fire} or {@code unchecked}
   * @param page seconds until a page; null for none
   */
  record Check(
      String objective,
      String rule,
      boolean canFire,
      String state,
      Long page,
      Long ticket,
      String why) {}

  @Override
  public Integer call() {
    if (!(perHour > 0 && perHour <= MOST)) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "--per-hour is " + perHour + ", which is no number of events in an hour.",
          "Give a number above 0, at most 1000000000, such as --per-hour 3600.");
    }
    var snapshot = ConfigSnapshot.read(slo.cli.workspace(), null);
    var config = snapshot.config().slo();
    var checks = new ArrayList<Check>();
    config
        .objectives()
        .forEach(
            (name, node) -> checks.add(check(ObjectiveReader.read(name, node), snapshot.hive())));
    try (var opened = EngineAccess.read(slo.cli.workspace())) {
      checks.addAll(rules(config, opened.door()));
    }
    if (checks.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_OBJECTIVES,
          "There are no objectives and no rules in .hivedeck/hive.yaml.",
          "docs/slo.md has an example of each kind.");
    }
    var table = new TextTable("Alerts of", "Page after", "Ticket after", "", "");
    for (var check : checks) {
      boolean rule = check.rule() != null;
      table.row(
          rule ? check.rule() : check.objective(),
          rule ? "" : after(check.page()),
          rule ? "" : after(check.ticket()),
          check.state().replace('-', ' '),
          check.why());
    }
    slo.cli.answer(checks, table.toString());
    return checks.stream().noneMatch(c -> c.state().equals("cannot-fire"))
        ? HivedeckCommand.DONE
        : HivedeckCommand.FAILED;
  }

  private Check check(Objective objective, String hive) {
    var result = FireCheck.of(objective, perHour);
    boolean can = result.canFire(objective);
    return new Check(
        objective.name(),
        null,
        can,
        can ? "can-fire" : "cannot-fire",
        result.after(Severity.PAGE).map(Duration::toSeconds).orElse(null),
        result.after(Severity.TICKET).map(Duration::toSeconds).orElse(null),
        doubts(objective, hive));
  }

  /** Alerts that come where nothing is wrong, with their lines, or that there are none. */
  private static String doubts(Objective objective, String hive) {
    if (objective.alerts().isEmpty()) {
      return "It has no alerts: the usual ones need a longer window. Write some below alerts.";
    }
    var yaml = new YamlSource(HiveConfig.FILE, hive, ErrorCode.CONFIG_INVALID);
    var doubts = new ArrayList<String>();
    String at = "/objectives/" + objective.name().replace("~", "~0").replace("/", "~1");
    for (int i = 0; i < objective.alerts().size(); i++) {
      int line = yaml.line(at + "/alerts/" + i);
      objective
          .alerts()
          .get(i)
          .doubt(objective.window())
          .ifPresent(why -> doubts.add("line " + line + ": " + why));
    }
    return String.join("; ", doubts);
  }

  private static List<Check> rules(SloConfig config, EngineApi engine) {
    var files = RuleFiles.read(new RuleFiles.Source(config, config), RuleFiles.NONE);
    var checks = new ArrayList<Check>();
    files
        .problems()
        .forEach(
            (place, problem) ->
                checks.add(
                    new Check(
                        null, place, false, "cannot-fire", null, null, problem.getMessage())));
    for (var check :
        new RuleFireCheck(selector -> isKnown(selector, engine))
            .of(List.copyOf(files.groups().values()))) {
      checks.add(
          new Check(
              null,
              check.rule(),
              check.state().equals("can-fire"),
              check.state(),
              null,
              null,
              check.why()));
    }
    return checks;
  }

  /** What the engine counts of itself is known before it was ever counted. */
  private static boolean isKnown(Expr.Selector selector, EngineApi engine) {
    String name = Selectors.name(selector);
    boolean own =
        Arrays.stream(EngineMetric.values())
            .filter(
                m ->
                    name.replaceAll("_(bucket|sum|count)$", "").equals(m.metric())
                        || name.equals(m.metric()))
            .anyMatch(
                m ->
                    selector.matchers().stream()
                        .allMatch(
                            l ->
                                l.name().equals(Labels.NAME)
                                    || l.name().equals("le")
                                    || m.labels().contains(l.name())));
    return own
        || !engine
            .query(
                new Query.MetricQuery(
                    "present_over_time(" + Selectors.text(selector) + "[7d])", null, null, null))
            .path("result")
            .isEmpty();
  }

  private static String after(Long seconds) {
    if (seconds == null) {
      return "never";
    }
    return seconds >= 7_200 ? seconds / 3_600 + " h" : (seconds + 59) / 60 + " min";
  }
}
