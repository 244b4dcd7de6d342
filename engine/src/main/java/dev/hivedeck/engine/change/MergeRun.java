package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.batch.Ahead;
import dev.hivedeck.engine.change.batch.Blame;
import dev.hivedeck.engine.change.batch.FlakeLedger;
import dev.hivedeck.engine.change.batch.Judgement;
import dev.hivedeck.engine.change.batch.MainJudge;
import dev.hivedeck.engine.config.MergeConfig;
import dev.hivedeck.engine.mainline.Incoming;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Merges one change, and sees to what comes of it. Used by the thread of the merge queue alone. */
final class MergeRun {
  private static final Logger LOG = LoggerFactory.getLogger(MergeRun.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** Ends of a merge after which it may do better, though nothing is wrong with git or the disk. */
  private static final Set<ErrorCode> PASSING = Set.of(ErrorCode.MAIN_MOVES, ErrorCode.GIT_FAILED);

  private final Surroundings around;
  private final Store store;
  private final Mainline mainline;
  private final MergeGates gates;
  private final MergeRecorder recorder;
  private final ReworkHandler reworkHandler;
  private final MergeRetries retries;
  private final Ahead ahead;

  /**
   * What merges are made with.
   *
   * @param again has the queue look again after a while
   */
  record Surroundings(
      Store store,
      Timers timers,
      Mainline mainline,
      MergeGates gates,
      MainJudge main,
      Supplier<MergeConfig> config,
      Runnable again,
      Supplier<String> ids,
      double speed) {}

  MergeRun(
      Surroundings around,
      MergeRecorder recorder,
      ReworkHandler reworkHandler,
      MergeRetries retries) {
    this.around = around;
    this.store = around.store();
    this.mainline = around.mainline();
    this.gates = around.gates();
    this.recorder = recorder;
    this.reworkHandler = reworkHandler;
    this.retries = retries;
    this.ahead = new Ahead(around.timers());
  }

  Surroundings around() {
    return around;
  }

  MergeRecorder recorder() {
    return recorder;
  }

  /** Merges a change, whatever comes of it. */
  void merge(ChangeLedger.Row change) throws InterruptedException {
    String correlation = around.ids().get();
    MDC.put("correlation", correlation);
    try {
      if (recorder.begin(correlation, change)) {
        finish(correlation, change);
      }
    } finally {
      MDC.remove("correlation");
    }
  }

  /** Merges one that was begun. */
  void finish(String correlation, ChangeLedger.Row change) throws InterruptedException {
    var trial = trial(change);
    try {
      switch (trial.run((tip, commit) -> judge(correlation, trial, tip, commit))) {
        case MergeResult.Merged(String commit) -> landed(correlation, change, commit, trial);
        case MergeResult.Conflict conflict -> recorder.conflicted(correlation, change, conflict);
        case MergeResult.Unrelated _ -> recorder.unrelated(correlation, change);
        case MergeResult.Refused _ -> refused(correlation, trial);
      }
    } catch (InterruptedException e) {
      recorder.yielded(correlation, change, null);
      throw e;
    } catch (HiveException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(); // as it stands, the next start finds out how it ended
      }
      failed(correlation, change, trial, e);
    } catch (RuntimeException | Error e) {
      LOG.error("merging {}", change.id(), e);
      if (!landedAfterAll(correlation, change, trial)) {
        troubled(correlation, change, "Hivedeck itself failed: " + e);
      }
    }
  }

  /**
   * What came of a trial that was refused: by the proof, by git's history, by a person, by gates.
   */
  void refused(String correlation, MergeTrial trial) throws InterruptedException {
    var change = trial.change();
    if (trial.kept().isPresent()) {
      recorder.yielded(correlation, change, trial.kept().get());
    } else if (trial.isUnexplained()) {
      recorder.unexplained(correlation, change, trial.record());
    } else if (!trial.back().isEmpty()) {
      recorder.wouldBringBack(correlation, change, trial.back());
    } else if (!trial.unapproved().isEmpty()) {
      recorder.held(correlation, change, trial.unapproved());
    } else if (trial.judgement() instanceof Judgement.MainFails fails) {
      mainFails(correlation, change, fails);
    } else if (trial.judgement() instanceof Judgement.Blamed blamed) {
      blamed(correlation, change, blamed, "");
    } else {
      recorder.refused(correlation, change, trial.results(), "");
    }
  }

  /** Nobody is to blame: it waits until something else came to main, or some time has passed. */
  void mainFails(String correlation, ChangeLedger.Row change, Judgement.MainFails fails)
      throws InterruptedException {
    var gates = Blame.failed(fails.main());
    retries.waits(change.id(), now(), around.main().rest());
    recorder.yielded(
        correlation,
        change,
        "waits: main itself fails %s; what mends that goes first".formatted(Blame.words(gates)));
  }

  /**
   * @param beside what was judged together with it, in words
   */
  void blamed(String correlation, ChangeLedger.Row change, Judgement.Blamed blamed, String beside)
      throws InterruptedException {
    if (blamed.flaky()) {
      troubled(
          correlation,
          change,
          "%s failed with it, and is known to fail by chance"
              .formatted(Blame.words(Blame.failed(blamed.failed()))));
    } else {
      recorder.refused(correlation, change, blamed.failed(), beside);
    }
  }

  MergeTrial trial(ChangeLedger.Row change) {
    boolean accepted = store.read(sql -> MergeLedger.isAccepted(sql, change));
    var method = around.config().get().method();
    Supplier<Optional<String>> keeps = () -> store.read(sql -> MergeLine.keeps(sql, change));
    return new MergeTrial(mainline, gates, change, method, accepted, keeps);
  }

  /**
   * Those that come after what is merged now, in line; they are judged ahead where that is wanted.
   *
   * @param changes empty for none
   */
  void following(List<ChangeLedger.Row> changes) {
    ahead.following(
        changes.isEmpty() || around.config().get().ahead() == 0 ? null : new Following(changes));
  }

  /** Changes that come next. */
  private final class Following implements Ahead.Next {
    private final List<ChangeLedger.Row> changes;
    private final List<Incoming> works;
    private final MergeGates.Which which;

    Following(List<ChangeLedger.Row> changes) {
      this.changes = changes;
      this.works = changes.stream().map(change -> trial(change).work()).toList();
      this.which = changes.size() == 1 ? MergeGates.Which.ALL : MergeGates.Which.COMMANDS;
    }

    @Override
    public Ahead.Made make(String onto) {
      var made = mainline.wouldBe(onto, works);
      return new Ahead.Made(made.commit(), made.tree(), rules());
    }

    @Override
    public Object rules() {
      return gates.rules(changes.getLast(), which);
    }

    @Override
    public List<GateResult> judge(String onto, Ahead.Made made) throws InterruptedException {
      return gates.check(onto, made.commit(), changes.getLast(), which);
    }
  }

  /** What gates say of all that is merged now. */
  Ahead.Said whole(String base, MergeRecord made, ChangeLedger.Row change, MergeGates.Which which)
      throws InterruptedException {
    return ahead.judge(
        base,
        new Ahead.Made(made.commit(), made.proof().tree(), gates.rules(change, which)),
        () -> gates.check(base, made.commit(), change, which));
  }

  /** What is judged ahead. */
  Ahead ahead() {
    return ahead;
  }

  private Judgement judge(String correlation, MergeTrial trial, String tip, String commit)
      throws InterruptedException {
    var change = trial.change();
    var one =
        new Blame.Gates() {
          @Override
          public List<GateResult> run(RunKind kind, int first) throws InterruptedException {
            return kind == RunKind.WHOLE
                ? whole(tip, trial.record(), change, MergeGates.Which.ALL).told()
                : gates.check(tip, first == 0 ? tip : commit, change, MergeGates.Which.ALL);
          }

          @Override
          public void byChance(int first, Set<String> flakes) throws InterruptedException {
            flaked(correlation, commit, flakes);
          }
        };
    return new Blame(known(correlation, tip, one), flaky(), gates.commands()).judge(1);
  }

  /** The same gates; main that fails is judged once while it is the same. */
  Blame.Gates known(String correlation, String tip, Blame.Gates gates) {
    return around.main().known(tip, gates, what -> recorder.written(correlation, what::run));
  }

  /** Gates that failed by chance are known for it from now on. */
  void flaked(String correlation, String commit, Set<String> flakes) throws InterruptedException {
    recorder.written(correlation, tx -> FlakeLedger.add(tx, flakes, commit));
  }

  /** Gates that are known to fail by chance. */
  Set<String> flaky() {
    return store.read(sql -> FlakeLedger.gates(sql, now()));
  }

  private Instant now() {
    return around.timers().clock().instant();
  }

  /**
   * In an outage, which is one when it concerns every merge, all keep their places. What concerns
   * this one alone lets the others go first, and is tried a few times; else a person must look.
   */
  private void failed(
      String correlation, ChangeLedger.Row change, MergeTrial trial, HiveException e)
      throws InterruptedException {
    // Moved by an agent: what is on main says nothing. Being rebased: it is not to move.
    if (e.is(ErrorCode.MAIN_MOVED) || e.is(ErrorCode.MAIN_REBASED)) {
      recorder.yielded(correlation, change, "waits: " + e.getMessage() + " " + e.hint());
      return;
    }
    if (landedAfterAll(correlation, change, trial)) {
      return;
    }
    if (e.is(ErrorCode.COMMIT_GONE)) {
      recorder.written(
          correlation, tx -> ChangeReconciler.lost(tx, change, change.head(), reworkHandler));
    } else if (!e.outage() && PASSING.stream().noneMatch(e::is)) {
      LOG.error("merging {}", change.id(), e);
      recorder.blocked(correlation, change, e.getMessage());
    } else {
      var outage = outage();
      if (outage.isPresent()) {
        var why = outage.get();
        recorder.yielded(correlation, change, "waits: " + why.getMessage() + " " + why.hint());
        throw why;
      }
      LOG.warn("merging {}: {}", change.id(), e.getMessage());
      troubled(correlation, change, e.getMessage() + " " + e.hint());
    }
  }

  /** What keeps every merge now; empty when nothing does, whatever this one ran into. */
  Optional<HiveException> outage() {
    try {
      mainline.probe();
      return Optional.empty();
    } catch (HiveException e) {
      return Optional.of(e);
    }
  }

  private void troubled(String correlation, ChangeLedger.Row change, String why)
      throws InterruptedException {
    int tries = retries.failed(change.id(), now(), TimeScale.shorten(AGAIN, around.speed()));
    if (tries < MergeRetries.TRIES) {
      recorder.yielded(
          correlation,
          change,
          "try %d of %d comes soon: %s".formatted(tries + 1, MergeRetries.TRIES, why));
    } else {
      recorder.blocked(correlation, change, why);
    }
  }

  /**
   * @param trial that led to it; null where another engine made it
   */
  void landed(String correlation, ChangeLedger.Row change, String commit, MergeTrial trial)
      throws InterruptedException {
    recorder.landed(correlation, change, commit, trial);
    retries.forget(change.id());
    retries.moved();
  }

  /**
   * Whether it is on main all the same, or nobody knows: then it stays in merging, where nobody can
   * close it, until that is known.
   */
  boolean landedAfterAll(String correlation, ChangeLedger.Row change, MergeTrial trial)
      throws InterruptedException {
    try {
      var merge = mainline.mergeOf(change.head());
      if (merge.isPresent()) {
        landed(correlation, change, merge.get(), trial);
      }
      return merge.isPresent();
    } catch (HiveException e) {
      if (e.is(ErrorCode.COMMIT_GONE)) {
        return false;
      }
      unknown(correlation, change, e);
      return true;
    } catch (RuntimeException | Error e) {
      unknown(correlation, change, e);
      return true;
    }
  }

  private void unknown(String correlation, ChangeLedger.Row change, Throwable e)
      throws InterruptedException {
    LOG.warn("whether {} is on main is not known yet: {}", change.id(), e.toString());
    String why = "whether it is on main is not known yet: " + e.getMessage();
    recorder.written(correlation, tx -> ChangeLedger.stays(tx, change.id(), why));
    around.again().run();
  }

  /**
   * Finds out how merges ended that were cut off, by a crash or by a git that did not answer: each
   * either reached main, which git knows, or goes back in line.
   */
  void settle() throws InterruptedException {
    for (var change : store.read(sql -> ChangeLedger.in(sql, ChangeState.MERGING))) {
      String correlation = around.ids().get();
      try {
        gates.endLeft(change);
        var merge = mainline.mergeOf(change.head());
        if (merge.isPresent()) {
          landed(correlation, change, merge.get(), null);
        } else {
          recorder.yielded(correlation, change, null);
        }
      } catch (HiveException e) {
        if (e.is(ErrorCode.COMMIT_GONE)) {
          recorder.written(
              correlation, tx -> ChangeReconciler.lost(tx, change, change.head(), reworkHandler));
        } else {
          unknown(correlation, change, e);
        }
      } catch (RuntimeException | Error e) {
        unknown(correlation, change, e);
      }
    }
  }
}
