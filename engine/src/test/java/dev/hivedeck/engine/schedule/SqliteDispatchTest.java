package dev.hivedeck.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue in the workspace's own database. */
class SqliteDispatchTest extends DispatchContract {
  private static final HiveConfig CONFIG =
      HiveConfig.parse(
          "hive.yaml",
          """
          version: 1
          defaults: { attempts: 2, backoff: [5s] }
          queue: { limit: 10 }
          agents:
            ann: { driver: command, run: work, capabilities: [java, gpu] }
            bob: { driver: command, run: work, capabilities: [java] }
          """);

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;
  private SqliteDispatch dispatch;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
    var ids = new AtomicLong();
    var agents = new Agents(CONFIG::agents);
    dispatch =
        new SqliteDispatch(
            store,
            () -> CONFIG,
            agents,
            new Questions(store, () -> CONFIG, agents, () -> "q" + ids.incrementAndGet(), 1),
            new Logs(folder.resolve("logs"), time),
            (tx, work) -> {},
            () -> "id-" + ids.incrementAndGet(),
            1);
    var steering = new Steering(dispatch, agents, () -> {}, (attempt, text) -> {});
    store.write(
        "test",
        tx -> {
          steering.work(tx, true, 8);
          return null;
        });
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
