package dev.hivedeck.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that live at random: what is told of them, and what is counted along, stays true. */
class TaskLedgerTest {
  private static final int TASKS = 12;
  private static final int REQUIREMENTS = 3;
  @TempDir Path folder;

  @Test
  void whateverHappensEventsAndCountsAreWhatIsThere() throws Exception {
    long first = System.nanoTime();
    for (long seed = first; seed < first + 8; seed++) {
      var random = new Random(seed);
      Path file = Files.createTempDirectory(folder, "life").resolve("hive.db");
      try (var store = Store.open(file, Clock.systemUTC())) {
        store.write("test", tx -> PlanLedger.take(tx, plan(random), 1_000));
        for (int i = 0; i < 60; i++) {
          long before = store.seq();
          store.write(
              "test",
              tx -> {
                happen(tx, random);
                return null;
              });
          told(store, before, seed);
          store.read(
              sql -> {
                counted(sql, random.nextInt(REQUIREMENTS));
                return null;
              });
        }
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** Tasks that need those before them and belong to some requirements, by chance. */
  private static PlanDocument plan(Random random) {
    var requirements =
        IntStream.range(0, REQUIREMENTS)
            .mapToObj(i -> new RequirementSpec("R-" + i, "r", "high", List.of()))
            .toList();
    var tasks = new ArrayList<TaskSpec>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(
          new TaskSpec(
              "T-" + i,
              "t",
              some(random, "R-", REQUIREMENTS),
              random.nextBoolean() ? "ada" : null,
              random.nextBoolean() ? List.of("java") : List.of(),
              some(random, "T-", i),
              5,
              null,
              "p",
              List.of()));
    }
    return new PlanDocument("Life", requirements, tasks);
  }

  private static List<String> some(Random random, String prefix, int all) {
    return IntStream.range(0, all)
        .filter(i -> random.nextInt(3) == 0)
        .mapToObj(i -> prefix + i)
        .toList();
  }

  private static void happen(Tx tx, Random random) throws SQLException {
    String id = "T-" + random.nextInt(TASKS);
    switch (random.nextInt(8)) {
      case 0 -> PlanLedger.take(tx, plan(random), 1_000);
      case 1 -> {
        if (TaskLedger.get(tx.sql(), id).state().active()) {
          TaskLedger.reached(tx, id, 25 * random.nextInt(4));
          TaskLedger.tell(tx, id, TaskEvent.PROGRESSED, null);
        }
      }
      case 2 -> {
        if (TaskLedger.get(tx.sql(), id).state() == TaskState.DONE) {
          tx.sql().update("UPDATE task SET merged = 1 WHERE id = ?", id);
          TaskLedger.unblockAfter(tx, id);
          TaskLedger.tell(tx, id, TaskEvent.MERGED, null);
        }
      }
      default -> step(tx, id, random);
    }
  }

  private static void step(Tx tx, String id, Random random) throws SQLException {
    var state = TaskLedger.get(tx.sql(), id).state();
    var steps =
        List.of(TaskStateMachine.Step.values()).stream()
            .filter(step -> TaskStateMachine.TABLE.allows(state, step))
            .toList();
    if (steps.isEmpty()) {
      return;
    }
    var step = steps.get(random.nextInt(steps.size()));
    if (step == TaskStateMachine.Step.DELAY) {
      tx.sql().update("UPDATE task SET not_before = ? WHERE id = ?", tx.now().plusSeconds(9), id);
    }
    TaskLedger.step(tx, id, step, random.nextBoolean() ? "because" : null, TaskEvent.CHANGED, null);
  }

  /** The last that was told of each thing is how it stands, as far as it was told of. */
  private static void told(Store store, long before, long seed) {
    for (var event : store.events(before, 1_000).reversed()) {
      boolean last =
          store.events(event.seq(), 1_000).stream()
              .noneMatch(later -> later.id().equals(event.id()));
      if (last && event.topic() == Topic.TASK) {
        var view = store.<TaskViews.Task>read(sql -> TaskLedger.view(sql, event.id()));
        assertThat(event.data()).as("seed %d, %s", seed, event).isEqualTo(Json.tree(view));
      }
      if (last && event.topic() == Topic.REQUIREMENT) {
        var view =
            store.<TaskViews.Requirement>read(sql -> RequirementLedger.view(sql, event.id()));
        assertThat(event.data()).as("seed %d, %s", seed, event).isEqualTo(Json.tree(view));
      }
    }
  }

  private static void counted(Sql sql, int requirement) throws SQLException {
    var all = TaskLedger.views(sql);
    for (var state : TaskState.values()) {
      assertThat(TaskLedger.count(sql, state))
          .as("tasks that are %s", state)
          .isEqualTo((int) all.stream().filter(t -> t.state() == state).count());
    }
    var view = RequirementLedger.view(sql, "R-" + requirement);
    var linked = all.stream().filter(t -> t.requirements().contains(view.id())).toList();
    assertThat(view.tasks()).as("tasks of %s", view.id()).isEqualTo(linked.size());
    assertThat(view.done())
        .as("merged tasks of %s", view.id())
        .isEqualTo((int) linked.stream().filter(TaskViews.Task::merged).count());
    assertThat(view.stage())
        .as("stage of %s", view.id())
        .isEqualTo((int) linked.stream().mapToInt(TaskViews.Task::stage).average().orElse(0));
    for (var task : all) {
      assertThat(task.stage())
          .as("stage of %s, which is %s", task.id(), task.state())
          .isBetween(task.state() == TaskState.DONE ? 100 : 0, task.state().active() ? 75 : 100);
    }
  }
}
