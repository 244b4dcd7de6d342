package dev.hivedeck.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch.Pool;
import dev.hivedeck.engine.plan.TaskSpec;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.Evidence;
import dev.hivedeck.engine.selection.Offer;
import dev.hivedeck.engine.selection.TrackRecords;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue in the workspace's own database. */
class SqliteDispatchTest extends DispatchContract {
  private static final String TEXT =
      """
      version: 1
      defaults: { attempts: 2, backoff: [5s] }
      queue: { limit: 10 }
      agents:
        ann: { driver: command, run: work, capabilities: [java, gpu] }
        bob: { driver: command, run: work, capabilities: [java], owns: [docs/**] }
      """;

  private static final HiveConfig CONFIG = HiveConfig.parse("hive.yaml", TEXT);

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;
  private SqliteDispatch dispatch;
  private final TrackRecords records = new TrackRecords();
  private boolean choosing = true;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    var ids = new AtomicLong();
    var agents = new AgentLedger(CONFIG::agents, records);
    dispatch =
        new SqliteDispatch(
            store,
            this::config,
            agents,
            new Questions(store, () -> CONFIG, agents, () -> "q" + ids.incrementAndGet(), 1),
            new ActivityLogs(folder.resolve("logs"), time),
            (tx, work) -> {},
            () -> "id-" + ids.incrementAndGet(),
            1,
            records,
            new Random(1),
            new AgentTraffic(() -> CONFIG));
    var operatorActions = new OperatorActions(dispatch, agents, () -> {}, (attempt, text) -> {});
    store.write(
        "test",
        tx -> {
          operatorActions.work(tx, true, 8);
          return null;
        });
  }

  private HiveConfig config() {
    return choosing ? CONFIG : HiveConfig.parse("hive.yaml", TEXT + "schedule: { choice: off }\n");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  Dispatch dispatch() {
    return dispatch;
  }

  @Override
  void pass(Duration duration) {
    time.advance(duration);
  }

  /** A machine that slept has let its holders sleep too. */
  @Test
  void whoSleptWithTheQueueLosesNothing() {
    dispatch.submit(plan(task("A", null, List.of())), null);
    var held = dispatch.claim(POOL, 1, LEASE).claims().getFirst();
    pass(Duration.ofHours(8));
    assertThat(dispatch.claim(POOL, 1, LEASE).claims()).isEmpty();
    assertThat(dispatch.heartbeat("A", held.token(), LEASE)).isEqualTo(Dispatch.Hold.OK);
  }

  private static final Pool BOTH =
      new Pool(
          List.of(
              new Offer("ann", List.of("java"), 1, 1),
              new Offer("bob", List.of("java"), 1, 1),
              new Offer("you", List.of("java"), 9, 9)),
          Map.of());

  private static TaskSpec open(String id, String... produces) {
    return new TaskSpec(
        id, id, List.of(), null, List.of("java"), List.of(), 5, null, "Do it.", List.of(produces));
  }

  /** Ann verifies all of hers in a minute, Bob, whose boundary is docs, none of his. */
  private Map<String, Integer> given(int tasks, String... produces) {
    var given = new TreeMap<String, Integer>();
    for (int i = 0; i < tasks; i++) {
      dispatch.submit(plan(open("T-" + i, produces)), null);
      var claim = dispatch.claim(BOTH, 1, LEASE).claims().getFirst();
      given.merge(claim.agent(), 1, Integer::sum);
      begin(claim);
      pass(Duration.ofSeconds(20));
      if (claim.agent().equals("ann")) {
        assertThat(complete(claim)).isTrue();
      } else {
        var failure =
            new Dispatch.Failure(
                FailureReason.EXIT, "it ended with 1", List.of(), null, null, false, null);
        assertThat(dispatch.fail(claim.task(), claim.token(), failure)).isTrue();
        dispatch.cancel(claim.task());
      }
    }
    return given;
  }

  @Test
  void aTaskThatNamesNoAgentGoesToTheOneThatVerifiesAndTheReasonIsKept() {
    var given = given(40);
    assertThat(given).containsOnlyKeys("ann", "bob");
    assertThat(given.get("ann")).isGreaterThan(30);

    var choices =
        store.read(sql -> AttemptLedger.views(sql, 100)).stream()
            .map(AttemptViews.Attempt::choice)
            .toList();
    assertThat(choices).allSatisfy(c -> assertThat(c.work()).isEqualTo("java"));
    assertThat(choices.getFirst().words()).isEqualTo("chosen: no attempts at java yet");
    assertThat(choices.getLast().words())
        .matches("chosen: 100% of \\d+ recent attempts at java verified, 20 s");
    assertThat(choices)
        .as("bob was tried against the odds")
        .anySatisfy(c -> assertThat(c.words()).endsWith(" – tried instead of ann to learn"));
  }

  @Test
  void whoOwnsThePathsOfATaskGetsIt() {
    assertThat(given(3, "docs/a.md", "docs/b.md")).containsOnlyKeys("bob");
  }

  @Test
  void switchedOffTheFirstInTheFileGetsIt() {
    choosing = false;
    assertThat(given(12)).isEqualTo(Map.of("ann", 12));
    List<AttemptViews.Attempt> attempts = store.read(sql -> AttemptLedger.views(sql, 100));
    assertThat(attempts).allSatisfy(a -> assertThat(a.choice()).isNull());
  }

  /** As the writer sees it, which follows what it has committed. */
  private Evidence known(TrackRecords records) {
    return store.write("test", records::standing).ofAll("java");
  }

  @Test
  void whatIsKnownOfAgentsOutlivesTheEngineAndCanBeMadeFromTheAttempts() {
    given(20);
    var known = known(records);
    assertThat(known.tries()).isGreaterThan(10);
    assertThat(known(new TrackRecords())).isEqualTo(known);

    store.write("test", tx -> tx.sql().update("DELETE FROM record"));
    var fresh = new TrackRecords();
    store.write(
        "test",
        tx -> {
          fresh.catchUp(tx);
          return null;
        });
    var made = known(fresh);
    assertThat(made.verified()).isCloseTo(known.verified(), within(1e-6));
    assertThat(made.failed()).isCloseTo(known.failed(), within(1e-6));
    assertThat(made.seconds()).isCloseTo(known.seconds(), within(1e-3));
  }

  @Test
  void aFailureThatIsNotTheAgentsDoesNotCountAgainstIt() {
    dispatch.submit(plan(open("T-1")), null);
    var claim = dispatch.claim(BOTH, 1, LEASE).claims().getFirst();
    var failure =
        new Dispatch.Failure(
            FailureReason.ENGINE, "no space left", List.of(), null, null, false, null);
    dispatch.fail(claim.task(), claim.token(), failure);
    assertThat(known(records).tries()).isZero();
  }

  @Test
  void aClockThatIsSetBackDelaysNothing() {
    dispatch.submit(plan(task("A", "ann", List.of()), task("B", "bob", List.of())), null);
    var held = dispatch.claim(POOL, 2, LEASE).claims();
    var failure =
        new Dispatch.Failure(FailureReason.EXIT, "by test", List.of(), null, null, false, null);
    assertThat(dispatch.fail("A", held.getFirst().token(), failure)).isTrue();
    pass(Duration.ofSeconds(1));
    dispatch.claim(Dispatch.Pool.NONE, 0, LEASE);

    time.advance(Duration.ofHours(-5));
    assertThat(dispatch.claim(POOL, 2, LEASE).claims()).isEmpty();
    pass(Duration.ofSeconds(5));
    assertThat(dispatch.claim(POOL, 2, LEASE).claims()).hasSize(1); // its delay is over
    for (int i = 0; i < 3; i++) {
      pass(LEASE.dividedBy(2));
      dispatch.claim(Dispatch.Pool.NONE, 0, LEASE);
    }
    assertThat(dispatch.query("B").state()).isEqualTo(TaskState.READY); // so is its lease
  }

  @Test
  void aFullQueueRefusesAllOfAPlanAndSaysWhatToDo() {
    var many =
        java.util.stream.IntStream.rangeClosed(1, 11)
            .mapToObj(i -> task("T-" + i, null, List.of()))
            .toArray(dev.hivedeck.engine.plan.TaskSpec[]::new);
    assertThatThrownBy(() -> dispatch.submit(plan(many), null))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("queue-full");
              assertThat(e.hint()).contains("queue.limit");
            });
    assertThatThrownBy(() -> dispatch.query("T-1")).isInstanceOf(HiveException.class);
  }
}
