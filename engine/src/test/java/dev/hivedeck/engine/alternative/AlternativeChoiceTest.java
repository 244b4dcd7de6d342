package dev.hivedeck.engine.alternative;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler.Work;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Alternatives end, are chosen, undone, closed and merged in any order, while engines come and go:
 * at most one is ever merged, only the chosen one is on its way, and nothing is lost.
 */
class AlternativeChoiceTest {
  private static final int RUNS = 25;
  private static final int STEPS = 60;
  private static final String AFTER = "T-2";

  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;
  private ChangeReview review;
  private AlternativeChoice choice;
  private ChangeReconciler reconciler;
  private Random random;

  /** What each task's change was verified as, by its task. */
  private final Map<String, String> heads = new HashMap<>();

  private static final ReworkHandler ATTEMPTS =
      new ReworkHandler() {
        @Override
        public void rework(
            Tx tx, String task, TaskLedger.Context context, String start, boolean counts)
            throws SQLException {
          TaskLedger.step(
              tx, task, TaskStateMachine.Step.REWORK, null, TaskEvent.RETURNED, task + " returns");
        }

        @Override
        public void stop(Tx tx, String task, String why) {}
      };

  private void open(Path file, String human) {
    var config =
        HiveConfig.parse(
            "hive.yaml", "version: 1\ndecisions: { default: { human: %s } }\n".formatted(human));
    store = Store.open(file, time.clock());
    review =
        new ChangeReview(() -> config, ATTEMPTS, () -> {}, 1, text -> text, (_, _, _, _) -> {});
    choice = new AlternativeChoice(review, ATTEMPTS, () -> {});
    reconciler = new ChangeReconciler(store, ATTEMPTS, review, () -> {}, () -> "test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "required", "advisory, within: 1h"})
  void inWhateverOrderOneIsMergedAtMostAndNothingIsLost(String human) {
    long seed = System.nanoTime();
    int merged = 0;
    for (int run = 0; run < RUNS; run++) {
      random = new Random(seed + run);
      heads.clear();
      var file = folder.resolve(run + ".db");
      open(file, human);
      store.write(
          "test",
          tx ->
              PlanLedger.take(
                  tx,
                  PlanDocument.parse(
                      "p.yaml",
                      "plan: P\ntasks:\n  - { id: T-1, title: One, agents: [a, b, c] }\n"
                          + "  - { id: T-2, title: After, agent: a, needs: [T-1] }\n"),
                  100));
      try {
        for (int step = 0; step < STEPS; step++) {
          if (random.nextInt(10) == 0) { // an engine ends, and another goes on
            store.close();
            open(file, human);
          }
          step();
          check("seed %d, run %d, step %d".formatted(seed, run, step));
        }
        merged += store.read(sql -> TaskLedger.get(sql, "T-1").merged()) ? 1 : 0;
      } finally {
        store.close();
      }
    }
    assertThat(merged).as("seed %d: some are merged, or this shows nothing", seed).isPositive();
  }

  private void step() {
    var tasks = store.read(sql -> AlternativeLedger.tasks(sql, "T-1"));
    String task = tasks.get(random.nextInt(tasks.size()));
    long before = store.read(sql -> sql.number("SELECT count(*) FROM event"));
    try {
      switch (random.nextInt(18)) {
        case 0, 1, 2 -> store.update("test", tx -> ends(tx, task));
        case 3, 4 -> store.update("test", tx -> choice.choose(tx, task, null));
        case 5 -> store.update("test", tx -> choice.undo(tx, task));
        case 6 -> store.update("test", tx -> review.approve(tx, change(tx, task), null, null));
        case 7 -> store.update("test", tx -> review.merge(tx, change(tx, task), null));
        case 8 -> {
          if (random.nextInt(4) == 0) {
            store.update("test", tx -> review.close(tx, change(tx, task), null));
          }
        }
        case 9 ->
            store.update("test", tx -> review.sendBack(tx, change(tx, task), "again", List.of()));
        case 10 -> store.update("test", tx -> retry(tx, task));
        case 11 -> store.update("test", tx -> cancel(tx, task));
        case 12 -> store.update("test", tx -> pause(tx, task));
        case 13 -> byHand(task);
        case 14 -> store.update("test", tx -> due(tx));
        default -> merges(random.nextBoolean());
      }
    } catch (HiveException e) {
      long after = store.read(sql -> sql.number("SELECT count(*) FROM event"));
      assertThat(after).as("what is refused changes nothing: %s", e.getMessage()).isEqualTo(before);
    }
  }

  private static String change(Tx tx, String task) throws SQLException {
    return ChangeLedger.ofTask(tx.sql(), task)
        .orElseThrow(() -> new HiveException(ErrorCode.NO_CHANGE, "None.", "Wait."))
        .id();
  }

  /** An attempt at it begins and passes its gates, or fails for good. */
  private void ends(Tx tx, String task) throws SQLException {
    if (TaskLedger.get(tx.sql(), task).state() != TaskState.READY) {
      return;
    }
    TaskLedger.step(
        tx, task, TaskStateMachine.Step.CLAIM, null, TaskEvent.STARTED, task + " begins");
    if (random.nextInt(6) == 0) {
      TaskLedger.step(
          tx, task, TaskStateMachine.Step.EXHAUST, "failed", TaskEvent.DEAD, task + " failed");
      return;
    }
    TaskLedger.step(
        tx, task, TaskStateMachine.Step.CHECK, null, TaskEvent.PROGRESSED, task + " is checked");
    TaskLedger.step(tx, task, TaskStateMachine.Step.PASS, null, TaskEvent.DONE, task + " is done");
    String head = "%040x".formatted(random.nextLong() & Long.MAX_VALUE);
    heads.put(task, head);
    review.verified(
        tx,
        new Work(
            task,
            "One",
            null,
            task + ".1",
            "a",
            "hive/" + task,
            "base",
            head,
            1,
            1,
            0,
            1,
            List.of(),
            List.of(),
            DiffFacts.NONE,
            ChangeSurvey.NOTHING,
            null,
            Map.of()));
  }

  /** As a person has it tried anew; the one that another choice stopped is done. */
  private static void retry(Tx tx, String task) throws SQLException {
    AlternativeLedger.checkNotMerged(tx.sql(), task);
    boolean aside =
        TaskLedger.get(tx.sql(), task).state() == TaskState.DONE
            && AlternativeLedger.isAside(tx.sql(), task);
    var step = aside ? TaskStateMachine.Step.REWORK : TaskStateMachine.Step.RETRY;
    TaskLedger.step(tx, task, step, null, TaskEvent.READY, task + " is tried anew");
  }

  private void cancel(Tx tx, String task) throws SQLException {
    AlternativeLedger.checkNotMerged(tx.sql(), task);
    review.withdraw(tx, task);
    TaskLedger.step(
        tx,
        task,
        TaskStateMachine.Step.CANCEL,
        "cancelled by you",
        TaskEvent.CANCELLED,
        task + " is cancelled");
  }

  private static void pause(Tx tx, String task) throws SQLException {
    boolean paused = TaskLedger.get(tx.sql(), task).state() == TaskState.PAUSED;
    var step = paused ? TaskStateMachine.Step.RESUME : TaskStateMachine.Step.PAUSE;
    TaskLedger.step(tx, task, step, null, TaskEvent.PAUSED, task + " is paused");
  }

  /** Somebody brings it to main by hand, chosen or not. */
  private void byHand(String task) {
    if (random.nextInt(4) > 0) {
      return;
    }
    var change = store.read(sql -> ChangeLedger.ofTask(sql, task));
    boolean merged = store.read(sql -> TaskLedger.get(sql, "T-1").merged());
    boolean waits = store.read(sql -> TaskLedger.get(sql, task).state()) == TaskState.DONE;
    if (!merged && waits && change.isPresent() && change.get().state() != ChangeState.CLOSED) {
      reconciler.onMain(change.get().id(), "hand");
    }
  }

  /** What nobody objected to in time is put in line, as far as it says that it is. */
  private static void due(Tx tx) throws SQLException {
    for (String id :
        tx.sql()
            .list(
                "SELECT number FROM change WHERE state = 'open' AND due_at IS NOT NULL",
                row -> "C-" + row.number("number"))) {
      ChangeLedger.step(
          tx, id, ChangeStateMachine.Step.ENQUEUE, null, ChangeEvent.QUEUED, "proceeds");
    }
  }

  /** The merge queue takes the next one. */
  private void merges(boolean lands) {
    for (String task : store.read(sql -> AlternativeLedger.tasks(sql, "T-1"))) {
      var change = store.read(sql -> ChangeLedger.ofTask(sql, task));
      if (change.isPresent() && change.get().state() == ChangeState.QUEUED) {
        store.update(
            "test",
            tx ->
                ChangeLedger.step(
                    tx,
                    change.get().id(),
                    ChangeStateMachine.Step.BEGIN,
                    null,
                    ChangeEvent.MERGING,
                    null));
      } else if (change.isPresent() && change.get().state() == ChangeState.MERGING && lands) {
        reconciler.onMain(change.get().id(), "merge");
      } else if (change.isPresent() && change.get().state() == ChangeState.MERGING) {
        store.update(
            "test",
            tx ->
                ChangeLedger.step(
                    tx,
                    change.get().id(),
                    ChangeStateMachine.Step.YIELD,
                    null,
                    ChangeEvent.QUEUED,
                    null));
      }
    }
  }

  private void check(String when) {
    store.read(
        sql -> {
          var tasks = AlternativeLedger.tasks(sql, "T-1");
          var chosen = AlternativeLedger.chosen(sql, "T-1");
          int merged = 0;
          for (String task : tasks) {
            var change = ChangeLedger.ofTask(sql, task);
            if (change.isEmpty()) {
              assertThat(heads).as("%s: %s", when, task).doesNotContainKey(task);
              continue;
            }
            assertThat(change.get().head())
                .as("%s: the work of %s is kept", when, task)
                .isEqualTo(heads.get(task));
            var state = change.get().state();
            merged += state == ChangeState.MERGED ? 1 : 0;
            if (state == ChangeState.QUEUED
                || state == ChangeState.MERGING
                || state == ChangeState.MERGED) {
              assertThat(chosen).as("%s: %s is %s", when, task, state).contains(task);
            }
            if (state == ChangeState.OPEN) {
              assertThat(TaskLedger.get(sql, task).state())
                  .as("%s: %s is open, so nobody is at work at it", when, task)
                  .isEqualTo(TaskState.DONE);
            }
            assertThat(
                    sql.number(
                        "SELECT count(*) FROM change WHERE task = ? AND due_at IS NOT NULL", task))
                .as("%s: only the chosen one proceeds by itself", when)
                .isLessThanOrEqualTo(chosen.filter(task::equals).isPresent() ? 1 : 0);
          }
          assertThat(merged).as(when).isLessThan(2);
          for (String task : merged == 1 ? tasks : List.<String>of()) {
            assertThat(TaskLedger.get(sql, task).state())
                .as("%s: one is on main, so nobody is at work at %s", when, task)
                .isIn(TaskState.DONE, TaskState.CANCELLED);
            assertThat(ChangeLedger.ofTask(sql, task).map(c -> c.state().over()).orElse(true))
                .as("%s: one is on main, so the change of %s is over", when, task)
                .isTrue();
          }
          assertThat(TaskLedger.get(sql, "T-1").merged()).as(when).isEqualTo(merged == 1);
          assertThat(TaskLedger.get(sql, AFTER).state())
              .as("%s: what needs it", when)
              .isEqualTo(merged == 1 ? TaskState.READY : TaskState.BLOCKED);
          var told = Comparisons.of(sql, "T-1", time.clock().instant());
          assertThat(told.chosen()).as(when).isEqualTo(chosen.orElse(null));
          return null;
        });
  }
}
