package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.Member;
import dev.hivedeck.engine.protocol.merge.BatchViews.Run;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunOutcome;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How it stands with a batch while it is being judged, written down step by step. */
public final class BatchProgress {
  private final Clock clock;
  private final Writer writer;
  private final List<Member> members;
  private final List<Run> runs = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private @Nullable Batch batch;
  private String base = "";
  private long began;

  /** What is to be written. */
  @FunctionalInterface
  public interface Written {
    void run(Tx tx) throws SQLException;
  }

  /** Writes, however long that takes. */
  @FunctionalInterface
  public interface Writer {
    void write(Written what) throws InterruptedException;
  }

  public BatchProgress(Clock clock, Writer writer, List<Member> members) {
    this.clock = clock;
    this.writer = writer;
    this.members = new ArrayList<>(members);
  }

  /** One that is being judged. */
  public static Member member(String change, String title, String agent) {
    return new Member(change, title, agent, Fate.IN, "");
  }

  public void begin() throws InterruptedException {
    writer.write(tx -> batch = BatchLedger.begin(tx, List.copyOf(members)));
  }

  /**
   * It is judged on top of this.
   *
   * @param in the ids of those that are part of it
   */
  public void base(String commit, List<String> in) {
    base = commit;
    asked.clear();
    members.replaceAll(m -> m.ended(in.contains(m.change()) ? Fate.IN : Fate.LEFT, ""));
  }

  /** Gates begin to run on these. */
  public void runs(RunKind kind, List<String> changes) throws InterruptedException {
    began = clock.millis();
    runs.add(new Run(runs.size() + 1, kind, changes, RunOutcome.RUNNING, List.of(), 0));
    save();
  }

  /** What they said. */
  public void ran(List<GateResult> results) {
    var run = runs.removeLast();
    var failed = List.copyOf(Blame.failed(results));
    var outcome =
        !failed.isEmpty()
            ? RunOutcome.FAILED
            : results.isEmpty() ? RunOutcome.UNCHECKED : RunOutcome.PASSED;
    double seconds = (clock.millis() - began) / 1e3;
    runs.add(new Run(run.number(), run.kind(), run.changes(), outcome, failed, seconds));
  }

  /** Something was asked before anybody is blamed. */
  public void asked(String answer) {
    asked.add(answer);
  }

  /** What became of one of them. */
  public void member(String change, Fate fate, String why) {
    members.replaceAll(m -> m.change().equals(change) ? m.ended(fate, why) : m);
  }

  /** How often gates ran. */
  public int count() {
    return runs.size();
  }

  public void end(BatchState state, String text) throws InterruptedException {
    var now = now();
    if (now != null) {
      writer.write(tx -> BatchLedger.end(tx, now, state, text));
    }
  }

  private void save() throws InterruptedException {
    var now = now();
    if (now != null) {
      writer.write(tx -> BatchLedger.now(tx, now));
    }
  }

  private @Nullable Batch now() {
    return batch == null
        ? null
        : new Batch(
            batch.id(),
            batch.state(),
            batch.at(),
            null,
            base,
            List.copyOf(members),
            List.copyOf(runs),
            "",
            List.copyOf(asked));
  }
}
