package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.merge.MergeEvent;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges main once while it is the same and gates fail on it, rather than for each change, and
 * writes down that it is so.
 */
public final class MainJudge {
  private final Store store;
  private final Clock clock;
  private final Duration rest;
  private final Told told;

  /** Tells of the merge queue. */
  @FunctionalInterface
  public interface Told {
    void tell(Tx tx, MergeEvent type, @Nullable String text) throws SQLException;
  }

  /**
   * @param rest so long what was found counts
   */
  public MainJudge(Store store, Clock clock, Duration rest, Told told) {
    this.store = store;
    this.clock = clock;
    this.rest = rest;
    this.told = told;
  }

  /** So long what was found still counts: a change waits until then for main to be mended. */
  public Duration rest() {
    var red = store.read(RedMainLedger::now);
    var now = clock.instant();
    return red == null || !red.again().isAfter(now) ? rest : Duration.between(now, red.again());
  }

  /** Whether what is said of main was found of another commit than this tip of it. */
  public boolean isOutdated(String tip) {
    var red = store.read(RedMainLedger::now);
    return red != null && !red.commit().equals(tip);
  }

  /** Main is another by now: whether gates pass on it nobody knows. */
  public void moved(Tx tx, String tip) throws SQLException {
    var red = RedMainLedger.now(tx.sql());
    if (red != null && !red.commit().equals(tip) && RedMainLedger.remove(tx)) {
      told.tell(tx, MergeEvent.MAIN_GREEN, "main moved: its gates are asked anew");
    }
  }

  /**
   * The same gates, which are not asked of main where that is known.
   *
   * @param tip of main
   */
  public Blame.Gates known(String tip, Blame.Gates gates, BatchProgress.Writer writer) {
    return new Blame.Gates() {
      @Override
      public List<GateResult> run(RunKind kind, int first) throws InterruptedException {
        return kind == RunKind.BASE ? main(tip, gates, writer) : gates.run(kind, first);
      }

      @Override
      public void byChance(int first, Set<String> flakes) throws InterruptedException {
        gates.byChance(first, flakes);
      }
    };
  }

  private List<GateResult> main(String tip, Blame.Gates gates, BatchProgress.Writer writer)
      throws InterruptedException {
    var known = store.read(sql -> RedMainLedger.known(sql, tip, clock.instant()));
    if (known.isPresent()) {
      return known.get();
    }
    var results = gates.run(RunKind.BASE, 0);
    boolean red = !Blame.failed(results).isEmpty();
    writer.write(
        tx -> {
          if (!red) {
            if (!results.isEmpty()) {
              passes(tx);
            }
            return;
          }
          boolean news = RedMainLedger.now(tx.sql()) == null;
          RedMainLedger.put(tx, tip, results, tx.now().plus(rest));
          told.tell(
              tx,
              MergeEvent.MAIN_RED,
              news ? "main itself fails " + String.join(", ", Blame.failed(results)) : null);
        });
    return results;
  }

  /** Gates pass on main, or on what comes to it now. */
  public void passes(Tx tx) throws SQLException {
    if (RedMainLedger.remove(tx)) {
      told.tell(tx, MergeEvent.MAIN_GREEN, "main passes its gates again");
    }
  }
}
