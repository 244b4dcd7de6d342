package dev.hivedeck.engine.security.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.api.AttemptApi;
import dev.hivedeck.engine.api.Authenticator.Caller;
import dev.hivedeck.engine.area.CommandObserver.Sent;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.protocol.Sender.EntryPoint;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.audit.AuditQuery;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who did what is written down, whatever becomes of it, and only people read it. */
class AuditTest {
  private static final Sender YOU = Sender.person(EntryPoint.CLI);

  @TempDir Path folder;

  private static List<AuditEntry> entries(EngineApi engine, String since, String by, int limit) {
    var all = new ArrayList<AuditEntry>();
    engine
        .query(new AuditQuery.Entries(since, by, limit))
        .forEach(node -> all.add(Json.as(node, AuditEntry.class)));
    return all;
  }

  private static Command.AddTask task(String title) {
    return new Command.AddTask(null, title, null, null, null, null, null, null, null);
  }

  @Test
  void whoDidWhatIsListedWithItsOutcome() {
    try (Engine engine = new TestRepository(folder).open()) {
      var before = entries(engine, null, null, 0).size();
      var door = engine.sentBy(YOU);
      door.execute(task("Sort the imports"), "c-1", "key-1");
      door.execute(task("Sort the imports"), "c-1", "key-1"); // heard already: nothing is done
      assertThatThrownBy(() -> door.execute(new Command.PauseTask("T-99"), "c-2"))
          .isInstanceOf(HiveException.class);
      engine.sentBy(new Sender(EntryPoint.MCP, "T-1.1")).execute(new Command.Reconcile(), "c-3");

      var all = entries(engine, null, null, 0);
      assertThat(all).hasSize(before + 3);
      var reconciled = all.get(0);
      assertThat(reconciled.command()).isEqualTo("drift.reconcile");
      assertThat(reconciled.who()).isEqualTo("T-1.1");
      assertThat(reconciled.entryPoint()).isEqualTo(EntryPoint.MCP);
      var refused = all.get(1);
      assertThat(refused.command()).isEqualTo("task.pause");
      assertThat(refused.about()).isEqualTo("T-99");
      assertThat(refused.error()).isEqualTo(ErrorCode.NO_TASK.word());
      assertThat(refused.correlation()).isEqualTo("c-2");
      var added = all.get(2);
      assertThat(added.command()).isEqualTo("task.add");
      assertThat(added.who()).isEqualTo("you");
      assertThat(added.entryPoint()).isEqualTo(EntryPoint.CLI);
      assertThat(added.refused()).isFalse();
      assertThat(added.fields()).isEqualTo("{\"title\":\"Sort the imports\"}");

      assertThat(entries(engine, null, "cli", 0)).containsExactly(refused, added);
      assertThat(entries(engine, null, "t-1.1", 0)).containsExactly(reconciled);
      assertThat(entries(engine, null, null, 1)).containsExactly(reconciled);
      assertThat(entries(engine, "2999-01-01T00:00:00Z", null, 0)).isEmpty();
      assertThatThrownBy(() -> entries(engine, "yesterday", null, 0))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.is(ErrorCode.BAD_TIME)).isTrue());
      var told = engine.snapshot(Set.of(Topic.of("audit"))).things().get(Topic.of("audit"));
      assertThat(told).hasSameSizeAs(all);
      assertThat(told.getLast()).isEqualTo(reconciled);
    }
  }

  @Test
  void onlyPeopleReadIt() {
    try (Engine engine = new TestRepository(folder).open()) {
      engine.sentBy(YOU).execute(task("Sort the imports"), null);
      var attempt = AttemptApi.of(engine, Caller.attempt("T-1.1"));
      assertThatThrownBy(() -> entries(attempt, null, null, 0))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.is(ErrorCode.NOT_ALLOWED)).isTrue());
      var topic = Topic.of("audit");
      assertThatThrownBy(() -> attempt.query(new Query.Thing(topic, "E-1")))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.is(ErrorCode.NOT_ALLOWED)).isTrue());
      assertThat(attempt.snapshot(Set.of(topic)).things().get(topic)).isEmpty();
      assertThat(engine.query(new Query.Thing(topic, "E-1")).path("id").asText()).isEqualTo("E-1");
    }
  }

  @Test
  void secretsAreMaskedBeforeAnythingIsCutAndTheOldestGo() {
    String secret = "0123abcd-sesame-open-4567efgh";
    var log = new AuditLog(text -> text.replace(secret, "•••"));
    var command = task("x".repeat(190) + secret);
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      store.write(
          "c",
          tx -> {
            log.carriedOut(tx, new Sent(command, RequestParser.word(command), YOU));
            // As if many had come since.
            tx.sql().update("UPDATE sqlite_sequence SET seq = ? WHERE name = 'audit'", 10_000);
            log.refused(
                tx,
                new Sent(command, RequestParser.word(command), YOU),
                new HiveException(ErrorCode.NOT_NOW, "It says " + secret + ".", "Wait."));
            return null;
          });
      var kept =
          store.read(
              sql ->
                  AuditLog.entries(
                      sql, new AuditQuery.Entries(null, null, 0), Clock.systemUTC().instant()));
      assertThat(kept).hasSize(1);
      assertThat(kept.getFirst().id()).isEqualTo("E-10001");
      assertThat(kept.getFirst().message()).isEqualTo("It says •••.");
      assertThat(kept.getFirst().fields()).contains("x•••").doesNotContain("0123abcd");
      assertThat(store.events(0, 10)).noneMatch(e -> e.data().toString().contains("0123abcd"));
    }
  }
}
