package dev.hivedeck.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.lesson.LessonLedger;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.RequirementLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.merge.BatchViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A database of each version there was, with rows in every table and in every state, is opened by
 * the present store. A new script is taken in by itself; once released, its print belongs below.
 */
class MigrationTest {
  /** Scripts that databases out there were made by: they never change again. */
  private static final Set<String> DOCUMENTS = Set.of("data", "result");

  private static final Map<Integer, String> RELEASED =
      Map.of(
          1, "3491cf8efabb41262607e9ccef6b0b40cc3781f6fec7370e04af1b086fb3eaa0",
          2, "b5961a1943c31f71e3f2027ac596801bfd890a7ec3a090d727db191af50c0302");

  private static final Map<String, Class<? extends Enum<?>>> STATES =
      Map.of(
          "task", TaskViews.TaskState.class,
          "attempt", AttemptViews.AttemptState.class,
          "agent_review", ChangeViews.AgentReviewState.class,
          "change", ChangeViews.ChangeState.class,
          "decision", DecisionViews.DecisionState.class,
          "failure", LessonViews.LessonState.class,
          "merge_batch", BatchViews.BatchState.class);

  private static final Set<String> LISTS =
      Set.of(
          "acceptance",
          "undressed",
          "capabilities",
          "produces",
          "context",
          "gates",
          "risks",
          "options",
          "unexplained",
          "encounters",
          "members",
          "runs",
          "asked",
          "results");

  /** What was measured of a change's diff. */
  private static final String FACTS =
      "{\"diff\":{\"lines\":3,\"skipped\":0,\"deletedTests\":[],\"lostTests\":0,\"lostAsserts\":0,"
          + "\"dependencies\":[]},\"size\":{\"warn\":500,\"max\":1000}}";

  private static final int LEAST = 3;

  /** From this version on requirements hold what is summed up of their tasks. */
  private static final int SUMS = 5;

  private static final String NOT_SUMMED =
      "SELECT count(*) FROM requirement r WHERE (tasks, merged, stages) <> (SELECT count(*),"
          + " coalesce(sum(t.merged), 0), coalesce(sum(t.stage), 0)"
          + " FROM link l JOIN task t ON t.id = l.task WHERE l.requirement = r.id)";

  /** From this version on agents have a tally of their attempts. */
  private static final int TALLIES = 9;

  private static final String NOT_TALLIED =
      "SELECT count(*) FROM attempt a LEFT JOIN agent_tally t USING (agent)"
          + " WHERE t.tokens IS NOT (SELECT sum(tokens_in + tokens_out) FROM attempt"
          + " WHERE agent = a.agent)";

  @TempDir Path folder;

  private record Column(String name, String type, boolean needed, int key) {}

  static List<Integer> versions() throws IOException {
    var all = new ArrayList<Integer>();
    for (int v = 1; !script(v).isEmpty(); v++) {
      all.add(v);
    }
    return all;
  }

  private static String script(int version) throws IOException {
    try (var in = Store.class.getResourceAsStream("/hivedeck/store/%03d.sql".formatted(version))) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatWasReleasedStaysAsItIs() throws Exception {
    for (var released : RELEASED.entrySet()) {
      byte[] text =
          script(released.getKey()).replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8);
      assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text)))
          .as(
              "%03d.sql has made databases that are in use; change them by a further script",
              released.getKey())
          .isEqualTo(released.getValue());
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aDatabaseOfEachVersionIsTakenOverWithAllThatIsInIt(int version) throws Exception {
    int newest = versions().getLast();
    Path file = folder.resolve("hive.db");
    Map<String, List<Map<String, String>>> before;
    try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + file))) {
      for (int v = 1; v <= version; v++) {
        for (String statement : script(v).split(";\\s*\\n")) {
          if (!statement.isBlank()) {
            sql.run(statement);
          }
        }
      }
      fill(sql);
      sql.run("INSERT INTO meta VALUES ('plan', 'Shop'), ('working', 'yes')");
      sql.run("PRAGMA user_version = " + version);
      before = rows(sql);
    }
    assertThat(before.values()).allSatisfy(rows -> assertThat(rows).isNotEmpty());
    assertThat(Backups.check(file)).as("what the test made").isEmpty();

    try (var store = Store.open(file, Clock.systemUTC())) {
      assertThat(store.<Long>read(sql -> sql.number("PRAGMA user_version"))).isEqualTo(newest);
      same(before, store.read(MigrationTest::rows));
      assertThat(store.<Integer>read(MigrationTest::views))
          .as("every row can be shown")
          .isGreaterThan(LEAST * 5);
      if (version < SUMS) {
        assertThat(store.<Long>read(sql -> sql.number(NOT_SUMMED)))
            .as("requirements that are further than their tasks, or less far")
            .isZero();
      }
      if (version < TALLIES) {
        assertThat(store.<Long>read(sql -> sql.number(NOT_TALLIED)))
            .as("attempts that are not in their agent's tally")
            .isZero();
      }
      long seq = store.seq();
      store.write(
          "test",
          tx -> {
            tx.emit(
                new EventType.Unknown("test.written", Topic.WORKSPACE), "workspace", null, null);
            return null;
          });
      assertThat(store.seq()).isEqualTo(seq + 1);
    }
    assertThat(Backups.check(file)).isEmpty();
    Path kept = folder.resolve("hive.db.before-" + newest);
    if (version == newest) {
      assertThat(kept).doesNotExist();
    } else {
      try (var sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + kept))) {
        assertThat(sql.number("PRAGMA user_version")).isEqualTo(version);
        assertThat(rows(sql)).isEqualTo(before);
      }
    }
    Store.open(file, Clock.systemUTC()).close();
    assertThat(Files.exists(folder.resolve("hive.db.before-" + newest + "-2"))).isFalse();
  }

  private static void same(
      Map<String, List<Map<String, String>>> before, Map<String, List<Map<String, String>>> after) {
    before.forEach(
        (table, rows) -> {
          var now = after.get(table);
          assertThat(now).as("rows of %s", table).hasSameSizeAs(rows);
          for (int i = 0; i < rows.size(); i++) {
            var there = new HashMap<>(now.get(i));
            there.keySet().retainAll(rows.get(i).keySet());
            assertThat(there).as("row %d of %s", i, table).isEqualTo(rows.get(i));
          }
        });
  }

  /** Reads all that the rooms above make of the rows. */
  private static int views(Sql sql) throws SQLException {
    return TaskLedger.views(sql).size()
        + RequirementLedger.views(sql).size()
        + AttemptLedger.views(sql, 1_000).size()
        + ChangeLedger.views(sql).size()
        + DecisionLedger.views(sql).size()
        + LessonLedger.views(sql).size()
        + PlanLedger.give(sql).tasks().size();
  }

  private static List<String> tables(Sql sql) throws SQLException {
    return sql.list(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            + " ORDER BY rowid",
        row -> row.text("name"));
  }

  private static List<Column> columns(Sql sql, String table) throws SQLException {
    return sql.list(
        "PRAGMA table_info(" + table + ")",
        row ->
            new Column(row.text("name"), row.text("type"), row.flag("notnull"), row.integer("pk")));
  }

  /** Rows for every table, in the order they were made in; what a trigger has filled is full. */
  private static void fill(Sql sql) throws SQLException {
    for (String table : tables(sql)) {
      if (sql.number("SELECT count(*) FROM " + table) > 0) {
        continue;
      }
      var columns = columns(sql, table);
      var refers = new HashMap<String, List<Object>>();
      sql.list(
          "PRAGMA foreign_key_list(" + table + ")",
          row -> refers.put(row.text("from"), List.of(row.text("table"), row.text("to"))));
      for (var e : refers.entrySet()) {
        String keys = "SELECT %2$s AS k FROM %1$s ORDER BY 1".formatted(e.getValue().toArray());
        e.setValue(List.copyOf(sql.list(keys, row -> (Object) row.text("k"))));
      }
      var states = STATES.get(table);
      int rows = states == null ? LEAST : states.getEnumConstants().length;
      for (int i = 0; i < rows; i++) {
        int n = i;
        var values = columns.stream().map(c -> value(table, c, n, refers.get(c.name()))).toArray();
        sql.update(
            "INSERT INTO %s VALUES (%s)"
                .formatted(table, String.join(", ", Collections.nCopies(columns.size(), "?"))),
            values);
      }
    }
  }

  private static final String SERVICE =
      """
      {"id":"db","origin":"address","state":"stopped","wanted":true,"why":"","folder":".",
       "needs":[],"watch":[],"instances":[],
       "check":{"kind":"tcp","path":"","every":5,"timeout":2,"rise":1,"fall":3}}
      """;

  private static final String ROLLOUT =
      """
      {"id":"R-1","name":"db","service":"db","stable":"v1","canary":"v2","state":"stepping",
       "step":0,"steps":[],"weight":5,"why":"","startedAt":"2026-01-05T12:00:00Z"}
      """;

  private static final String SAMPLE =
      """
      {"at":"2026-01-05T12:00:00Z","step":0,"weight":5,"odds":1,"metrics":[]}
      """;

  private static final String FLAG =
      """
      {"id":"new-checkout","killed":true,"because":"","changedAt":"2026-01-05T12:00:00Z"}
      """;

  private static final String PARTS =
      """
      [{"version":"on","from":0,"to":20000},{"version":"off","from":20000,"to":100000}]
      """;

  /** Words of the link to GitHub, of pull requests, of services, rollouts and flags. */
  private static final Map<String, String> FORGE =
      Map.ofEntries(
          Map.entry("pull_request.state", "open"),
          Map.entry("pull_request.mergeable", "unknown"),
          Map.entry("pull_request.review", "changes_requested"),
          Map.entry("pull_request.checks", "failing"),
          Map.entry("pull_request.runs", "[]"),
          Map.entry("forge_link.reach", "reached"),
          Map.entry("forge_link.merged_by", "queue"),
          Map.entry("service.told", SERVICE),
          Map.entry("rollout.told", ROLLOUT),
          Map.entry("rollout.progress", "{}"),
          Map.entry("rollout_sample.told", SAMPLE),
          Map.entry("flag.told", FLAG),
          Map.entry("flag.kept", "{}"),
          Map.entry("flag_split.parts", PARTS));

  private static Object value(String table, Column column, int n, List<Object> refers) {
    if (FORGE.containsKey(table + "." + column.name())) {
      return FORGE.get(table + "." + column.name());
    }
    if (refers != null && refers.isEmpty()) {
      return null; // of rows that come later
    }
    if (refers != null) {
      // The second of two keys differs from the first.
      return refers.get((n + Math.max(0, column.key() - 1)) % refers.size());
    }
    if (column.name().equals("state") && STATES.containsKey(table)) {
      return ((Enum<?>) STATES.get(table).getEnumConstants()[n]).name().toLowerCase(Locale.ROOT);
    }
    if (table.equals("change") && column.name().equals("review")) {
      return List.of("none", "wanted", "approved", "returned").get(n % 4);
    }
    if (column.name().equals("state") && table.equals("notification")) {
      return List.of("pending", "failed", "sent", "dead").get(n % 4);
    }
    if (LISTS.contains(column.name())) {
      return "[]";
    }
    if (column.name().equals("section")) {
      return "risk";
    }
    if (column.name().equals("review")) {
      return ChangeViews.ReviewState.values()[n % ChangeViews.ReviewState.values().length].word();
    }
    if (column.name().equals("holder")) {
      return ChangeViews.Holder.values()[n % ChangeViews.Holder.values().length].word();
    }
    if (column.name().equals("facts")) {
      return FACTS;
    }
    if (table.equals("event") && column.name().equals("topic")) {
      return List.copyOf(Topic.all()).get(n).word();
    }
    if (column.name().equals("choice")) {
      return "{}";
    }
    if (table.equals("proposal") && column.name().equals("what")) {
      return Json.write(
          new Command.AddTask(null, "Task " + n, null, null, null, null, null, null, null));
    }
    if (!column.needed() && column.key() == 0 && n % 2 == 1) {
      return null;
    }
    return switch (column.type()) {
      case "INTEGER" -> column.key() > 0 ? n + 1 : column.name().equals("merged") ? n % 2 : 7 + n;
      case "REAL" -> 0.5 + n;
      default -> DOCUMENTS.contains(column.name()) ? "{\"n\":" + n + "}" : column.name() + "-" + n;
    };
  }

  /** Every row of every table, each column as text. */
  private static Map<String, List<Map<String, String>>> rows(Sql sql) throws SQLException {
    var all = new TreeMap<String, List<Map<String, String>>>();
    for (String table : tables(sql)) {
      var names = columns(sql, table).stream().map(Column::name).toList();
      var keys =
          columns(sql, table).stream()
              .filter(c -> c.key() > 0)
              .map(c -> "\"" + c.name() + "\"")
              .toList();
      all.put(
          table,
          sql.list(
              "SELECT * FROM " + table + " ORDER BY " + String.join(", ", keys),
              row -> {
                var values = new LinkedHashMap<String, String>();
                for (String name : names) {
                  values.put(name, row.text(name));
                }
                return values;
              }));
    }
    return all;
  }
}
