package dev.hivedeck.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.flag.FlagViews;
import dev.hivedeck.engine.protocol.forge.ForgeViews;
import dev.hivedeck.engine.protocol.merge.BatchViews;
import dev.hivedeck.engine.protocol.merge.MergeViews;
import dev.hivedeck.engine.protocol.rollout.RolloutViews;
import dev.hivedeck.engine.protocol.service.ServiceViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Reads the columns that hold more than plain text or numbers as the engine does. SQLite says that
 * a file is whole; only this says that its rows can be understood.
 */
final class ContentCheck {
  /** More of one column tell nothing new. */
  private static final int SHOWN = 3;

  private static final int LONGEST = 60;

  /**
   * A column and what it holds.
   *
   * @param key the column that tells one row from another
   * @param type an enum for one of its words, else what its JSON is read as
   */
  private record Column(String table, String key, String name, Class<?> type) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("event", "seq", "topic", Topic.class),
          new Column("event", "seq", "data", JsonNode.class),
          new Column("requirement", "id", "acceptance", String[].class),
          new Column("task", "id", "state", TaskViews.TaskState.class),
          new Column("task", "id", "capabilities", String[].class),
          new Column("task", "id", "produces", String[].class),
          new Column("task", "id", "context", JsonNode[].class),
          new Column("attempt", "id", "state", AttemptViews.AttemptState.class),
          new Column("attempt", "id", "gates", GateViews.GateResult[].class),
          new Column("attempt", "id", "choice", AttemptViews.Choice.class),
          new Column("change", "number", "state", ChangeViews.ChangeState.class),
          new Column("change", "number", "review", ChangeViews.ReviewState.class),
          new Column("change", "number", "gates", GateViews.GateResult[].class),
          new Column("change", "number", "risks", ChangeViews.Risk[].class),
          new Column("change", "number", "facts", JsonNode.class),
          new Column("change_holder", "id", "holder", ChangeViews.Holder.class),
          new Column("change_holder", "id", "review", ChangeViews.ReviewState.class),
          new Column("agent_review", "change", "state", ChangeViews.AgentReviewState.class),
          new Column("merge", "id", "unexplained", MergeViews.Unexplained[].class),
          new Column("merge_batch", "id", "state", BatchViews.BatchState.class),
          new Column("merge_batch", "id", "members", BatchViews.Member[].class),
          new Column("merge_batch", "id", "runs", BatchViews.Run[].class),
          new Column("merge_batch", "id", "asked", String[].class),
          new Column("red_main", "id", "results", GateViews.GateResult[].class),
          new Column("forecast", "change", "encounters", MergeViews.Encounter[].class),
          new Column("pull_request", "change", "state", ForgeViews.PullState.class),
          new Column("pull_request", "change", "runs", ForgeViews.CheckRun[].class),
          new Column("pull_request", "change", "undressed", String[].class),
          new Column("forge_link", "id", "reach", ForgeViews.Reach.class),
          new Column("service", "id", "told", ServiceViews.Service.class),
          new Column("rollout", "number", "told", RolloutViews.Rollout.class),
          new Column("rollout", "number", "progress", JsonNode.class),
          new Column("rollout_sample", "rollout", "told", RolloutViews.RolloutSample.class),
          new Column("flag", "key", "told", FlagViews.FlagSetting.class),
          new Column("flag", "key", "kept", JsonNode.class),
          new Column("flag_split", "key", "parts", JsonNode.class),
          new Column("decision", "number", "state", DecisionViews.DecisionState.class),
          new Column("decision", "number", "options", String[].class),
          new Column("failure", "id", "state", LessonViews.LessonState.class),
          new Column("proposal", "decision", "what", Command.AddTask.class),
          new Column("command", "key", "result", JsonNode.class),
          new Column("tally", "state", "state", TaskViews.TaskState.class));

  private ContentCheck() {}

  /**
   * What cannot be understood, with its table, row and column.
   *
   * @return empty when all can be
   */
  static List<String> wrong(Sql sql) throws SQLException {
    var wrong = new ArrayList<String>();
    for (var column : COLUMNS) {
      // An earlier version may lack it.
      if (sql.number(
              "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?",
              column.table(),
              column.name())
          > 0) {
        wrong.addAll(isWord(column.type()) ? words(sql, column) : documents(sql, column));
      }
    }
    return wrong;
  }

  private static boolean isWord(Class<?> type) {
    return type.isEnum() || type == Topic.class;
  }

  private static List<String> words(Sql sql, Column column) throws SQLException {
    var words =
        column.type() == Topic.class
            ? Topic.all().stream().map(Topic::word).toList()
            : Arrays.stream(column.type().getEnumConstants())
                .map(word -> ((Enum<?>) word).name().toLowerCase(Locale.ROOT))
                .toList();
    String known = words.stream().map(w -> "'" + w + "'").collect(Collectors.joining(", "));
    return sql.list(
        "SELECT %1$s AS row, %2$s AS value FROM %3$s WHERE lower(%2$s) NOT IN (%4$s) LIMIT %5$d"
            .formatted(column.key(), column.name(), column.table(), known, SHOWN),
        row -> place(column, row) + " is none of " + String.join(", ", words));
  }

  private static List<String> documents(Sql sql, Column column) throws SQLException {
    // What any JSON will do for, SQLite reads faster.
    String some =
        column.type() == JsonNode.class
            ? "json_valid(%s) = 0 LIMIT " + SHOWN
            : "%s NOT IN ('[]', '')";
    var wrong = new ArrayList<String>();
    sql.list(
        "SELECT %s AS row, %s AS value FROM %s WHERE "
                .formatted(column.key(), column.name(), column.table())
            + some.formatted(column.name()),
        row -> {
          if (wrong.size() < SHOWN && !reads(row.text("value"), column.type())) {
            wrong.add(place(column, row) + " is not what Hivedeck writes there");
          }
          return null;
        });
    return wrong;
  }

  private static boolean reads(String text, Class<?> type) {
    try {
      return Json.read(text, type) != null;
    } catch (HiveException e) {
      return false;
    }
  }

  private static String place(Column column, Sql.Row row) throws SQLException {
    String value = row.text("value");
    return "table %s, row %s, column %s: \"%s\""
        .formatted(
            column.table(),
            Printable.line(row.text("row")),
            column.name(),
            Printable.line(value.length() > LONGEST ? value.substring(0, LONGEST) + "…" : value));
  }
}
