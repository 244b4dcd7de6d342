package dev.hivedeck.engine.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.change.batch.FlakeLedger;
import dev.hivedeck.engine.change.comment.AgentReviewLedger;
import dev.hivedeck.engine.change.comment.CommentLedger;
import dev.hivedeck.engine.change.forecast.ForecastLedger;
import dev.hivedeck.engine.change.health.ChangeFacts;
import dev.hivedeck.engine.change.health.ChangeFacts.PullTrouble;
import dev.hivedeck.engine.change.health.ChangeFacts.Spent;
import dev.hivedeck.engine.change.health.ChangeHealth;
import dev.hivedeck.engine.change.health.ClearanceLedger;
import dev.hivedeck.engine.change.health.DescriptionLedger;
import dev.hivedeck.engine.change.health.Verdicts;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.config.ChangeSize;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.health.HealthConfig;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Described;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.StackPlace;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.store.Sql;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads changes as clients see them, each with its health and its verdict. */
final class ChangeReader {
  static final String VIEW =
      "SELECT c.*, t.title, t.state AS task_state,"
          + " EXISTS (SELECT 1 FROM alternative a WHERE a.task = c.task AND a.chosen_at IS NULL)"
          + " AS alternative, EXISTS (SELECT 1 FROM change k WHERE k.parent = c.number) AS carries,"
          + " EXISTS (SELECT 1 FROM change k WHERE k.split_of = c.number) AS is_split"
          + " FROM change c JOIN task t ON t.id = c.task";

  private ChangeReader() {}

  /**
   * What was measured of a change when it was verified.
   *
   * @param size as it was configured then
   * @param health what it is made of, as it was configured then; null for the usual
   * @param survey what it means to others; null where nobody looked
   */
  record Measured(DiffFacts diff, ChangeSize size, HealthConfig health, ChangeSurvey survey) {
    /** The same of another difference, which means to others what this one did. */
    Measured with(DiffFacts facts, HiveConfig config) {
      return new Measured(facts, config.size(), config.health(), survey);
    }

    Measured {
      health = health == null ? HealthConfig.STANDARD : health;
      survey = survey == null ? ChangeSurvey.NOTHING : survey;
    }
  }

  static Optional<ChangeViews.Change> one(Sql sql, long number) throws SQLException {
    return sql.one(VIEW + " WHERE c.number = ?", row -> view(sql, row), number);
  }

  static List<ChangeViews.Change> all(Sql sql) throws SQLException {
    return sql.list(VIEW + " ORDER BY c.number", row -> view(sql, row));
  }

  private static ChangeViews.Change view(Sql sql, Sql.Row row) throws SQLException {
    var described = DescriptionLedger.of(sql, row.number("number"));
    var facts = facts(sql, row, described);
    var health = ChangeHealth.of(facts);
    return new ChangeViews.Change(
        "C-" + row.number("number"),
        row.integer("number"),
        row.text("task"),
        row.text("title"),
        row.text("agent"),
        row.text("attempt"),
        facts.state(),
        row.text("reason"),
        row.text("branch"),
        row.text("base"),
        row.text("head"),
        row.text("merge"),
        row.integer("files"),
        row.integer("additions"),
        row.integer("deletions"),
        row.integer("commits"),
        facts.gates(),
        CommentLedger.of(sql, row.number("number")),
        row.word("review", ReviewState.class),
        row.instant("opened_at"),
        row.instant("updated_at"),
        row.instant("merged_at"),
        row.instant("due_at"),
        facts.risks(),
        health.score(),
        health.reasons(facts.diff().lines()),
        facts.diff().lines(),
        verdict(sql, row, Verdicts.of(facts, health.obstacles())),
        place(sql, row),
        described,
        AgentReviewLedger.of(sql, row.number("number")));
  }

  /** Of an alternative that is not chosen, that one is to be. */
  private static Verdict verdict(Sql sql, Sql.Row row, Verdict usual) throws SQLException {
    if (usual.action() == NextAction.ANSWER
        || !row.flag("alternative")
        || row.word("state", ChangeState.class) != ChangeState.OPEN) {
      return usual;
    }
    String original = AlternativeLedger.original(sql, row.text("task")).orElseThrow();
    var chosen = AlternativeLedger.chosen(sql, original);
    return new Verdict(
        chosen.isPresent()
            ? "Close it, or choose it instead of " + chosen.get()
            : "Choose one of %d alternatives"
                .formatted(AlternativeLedger.tasks(sql, original).size()),
        NextAction.CHOOSE,
        Holder.YOU,
        usual.obstacles());
  }

  private static @Nullable StackPlace place(Sql sql, Sql.Row row) throws SQLException {
    boolean alone =
        row.isNull("parent")
            && row.isNull("split_of")
            && !row.flag("carries")
            && !row.flag("is_split");
    return alone ? null : StackLedger.place(sql, row.number("number"));
  }

  private static ChangeFacts facts(Sql sql, Sql.Row row, List<Described> described)
      throws SQLException {
    var state = row.word("state", ChangeState.class);
    boolean over = state.over();
    String task = row.text("task");
    var measured = measured(row);
    return new ChangeFacts(
        state,
        row.text("reason"),
        row.word("review", ReviewState.class),
        row.text("agent"),
        gates(row.text("gates")),
        risks(row.text("risks")),
        measured.diff(),
        measured.size(),
        row.word("task_state", TaskState.class),
        over ? Spent.NOTHING : spent(sql, task, row.number("number")),
        over
            ? List.of()
            : sql.list(
                "SELECT number FROM decision WHERE task = ? AND state = 'open' ORDER BY number",
                found -> "D-" + found.number("number"),
                task),
        over ? 0 : CommentLedger.unresolved(sql, row.number("number")),
        over ? null : forecast(sql, row),
        row.text("head"),
        measured.health(),
        measured.survey(),
        over ? Map.of() : FlakeLedger.counts(sql, row.instant("updated_at")),
        over ? null : pull(sql, row.number("number")),
        state == ChangeState.CLOSED || row.text("head") == null
            ? null
            : RolloutLedger.verdict(sql, row.number("number"), row.text("head")).orElse(null),
        measured.health().description().stream()
            .filter(wanted -> described.stream().noneMatch(d -> d.section() == wanted))
            .toList(),
        ClearanceLedger.of(sql, row.number("number")));
  }

  /** What its attempts cost, and the agents that looked at it. */
  private static Spent spent(Sql sql, String task, long number) throws SQLException {
    return sql.one(
            "SELECT count(*) AS attempts, coalesce(sum(cost), 0) + (SELECT coalesce(sum(cost), 0)"
                + " FROM agent_review WHERE change = ?) AS cost FROM attempt WHERE task = ?",
            row -> new Spent(row.integer("attempts"), row.real("cost")),
            number,
            task)
        .orElse(Spent.NOTHING);
  }

  /** What its pull request waits for that only a person can do. */
  private static PullTrouble pull(Sql sql, long number) throws SQLException {
    return sql.one(
            "SELECT problem, remedy FROM pull_request WHERE change = ? AND problem IS NOT NULL",
            row ->
                new PullTrouble(
                    row.text("problem"), row.isNull("remedy") ? "" : row.text("remedy")),
            number)
        .orElse(null);
  }

  private static Forecast forecast(Sql sql, Sql.Row row) throws SQLException {
    return ForecastLedger.of(sql, row.number("number")).orElse(null);
  }

  /** What was measured of a change when it was verified. */
  static Measured measured(Sql sql, long number) throws SQLException {
    return sql.one("SELECT * FROM change WHERE number = ?", ChangeReader::measured, number)
        .orElseThrow();
  }

  /** One that was verified before this was measured counts all its lines. */
  private static Measured measured(Sql.Row row) throws SQLException {
    String json = row.text("facts");
    if (json == null) {
      long lines = (long) row.integer("additions") + row.integer("deletions");
      return new Measured(
          new DiffFacts(lines, 0, List.of(), 0, 0, List.of()), ChangeSize.STANDARD, null, null);
    }
    return read(json, new TypeReference<Measured>() {});
  }

  static List<Risk> risks(String json) {
    return read(json, new TypeReference<List<Risk>>() {});
  }

  static List<GateResult> gates(String json) {
    return read(json, new TypeReference<List<GateResult>>() {});
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return Json.MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
