package dev.hivedeck.engine.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a change from the queue, and from its turn, is asked when that is written. */
class QueueEntryTest {
  @TempDir Path folder;
  private final VirtualTime time = new VirtualTime();
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(folder.resolve("hive.db"), time.clock());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void change(int number, String state, String review, int lines, Integer below) {
    store.update(
        "test",
        tx -> {
          tx.sql()
              .update(
                  "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces,"
                      + " state, updated_at) VALUES (?, ?, 'One', '', 0, '[]', '[]', 'done', 0)",
                  "T-" + number,
                  number);
          tx.sql()
              .update(
                  "INSERT INTO change(number, task, attempt, agent, state, branch, base, head,"
                      + " files, additions, deletions, commits, gates, review, opened_at,"
                      + " updated_at, parent) VALUES (?, ?, 'x', 'a', ?, 'b', 'x', 'c0ffee', 1, ?,"
                      + " 0, 1, '[]', ?, 0, 0, ?)",
                  number,
                  "T-" + number,
                  state,
                  lines,
                  review,
                  below);
        });
  }

  private void rollout(int number, String service, RolloutState state) {
    var now = time.clock().instant();
    var view =
        new Rollout(
            "R-" + number,
            service,
            service,
            "v1",
            "C-1",
            state,
            0,
            List.of(),
            0,
            null,
            "",
            now,
            state.isOver() ? now : null,
            "C-1",
            "c0ffee",
            RolloutStrategy.CANARY);
    store.update("test", tx -> RolloutLedger.save(tx, new RolloutLedger.Row(view, "{}")));
  }

  private ChangeLedger.Row row(String id) {
    return store.read(sql -> ChangeLedger.get(sql, id));
  }

  @Test
  void aRolloutThatWasStartedSinceTheLineWasReadKeepsAChangeFromItsTurn() {
    change(1, "queued", "approved", 1, null);
    var line = store.read(MergeLine::of);
    assertThat(line.passing()).hasSize(1);
    rollout(1, "orders", RolloutState.STARTING);
    rollout(2, "payments", RolloutState.PROMOTING);
    assertThat(store.read(MergeLine::of).stacked())
        .as("whichever of them is the newest")
        .extracting(MergeLine.Stacked::why)
        .containsExactly("waits for its canary R-1");
    var recorder = new MergeRecorder(store, time, null, null, null, text -> text);
    assertThat(recorder.begin("test", line.passing().getFirst())).isFalse();
    rollout(1, "orders", RolloutState.ABORTED);
    assertThat(recorder.begin("test", line.passing().getFirst())).isTrue();
    assertThat(row("C-1").state()).isEqualTo(ChangeState.MERGING);
  }

  @Test
  void aStackIsQueuedAsAWholeOrNotAtAll() {
    change(1, "open", "approved", 1, null);
    change(2, "open", "wanted", 5_000, 1);
    var review = new ChangeReview(() -> null, null, () -> {}, 1, text -> text, (_, _, _, _) -> {});
    store.update(
        "test",
        tx ->
            assertThatThrownBy(() -> review.merge(tx, "C-2", null))
                .isInstanceOf(HiveException.class)
                .hasMessageContaining("5,000 lines"));
    assertThat(row("C-1").state()).as("committed, but with nothing").isEqualTo(ChangeState.OPEN);
  }
}
