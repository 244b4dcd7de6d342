package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.batch.Blame;
import dev.hivedeck.engine.change.batch.MainJudge;
import dev.hivedeck.engine.change.health.RiskText;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.store.WriteRetry;
import dev.hivedeck.engine.time.Timers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down how the merge of a change ended, with what follows from that for its agent, and
 * clears its branch. What has happened is written even if the disk is full for a while.
 */
public final class MergeRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(MergeRecorder.class);

  private final Store store;
  private final Timers timers;
  private final Mainline mainline;
  private final MainJudge main;
  private final ReworkHandler reworkHandler;
  private final UnaryOperator<String> redact;

  /**
   * @param redact masks secrets in what is told of a change, such as the names of its files
   */
  MergeRecorder(
      Store store,
      Timers timers,
      Mainline mainline,
      MainJudge main,
      ReworkHandler reworkHandler,
      UnaryOperator<String> redact) {
    this.store = store;
    this.timers = timers;
    this.mainline = mainline;
    this.main = main;
    this.reworkHandler = reworkHandler;
    this.redact = redact;
  }

  /** So many commits are named. */
  private static final int NAMED = 3;

  /** So often in a row a change conflicts with what it is to stand on; then a person decides. */
  private static final int ROUNDS = 4;

  /** So many lines of a gate's findings are told. */
  private static final int FINDINGS = 20;

  /** Writes down what has happened, also when the disk is full for a while: it cannot unhappen. */
  void written(String correlation, Written what) throws InterruptedException {
    WriteRetry.insist(
        timers,
        () ->
            store.write(
                correlation,
                tx -> {
                  what.run(tx);
                  return null;
                }));
  }

  /** What is to be written. */
  interface Written {
    void run(Tx tx) throws SQLException;
  }

  /**
   * @return false when somebody closed it or exposed it meanwhile, or what is below it
   */
  boolean begin(String correlation, ChangeLedger.Row change) {
    return store.write(
        correlation,
        tx -> {
          var now = ChangeLedger.get(tx.sql(), change.id());
          if (now.state() != ChangeState.QUEUED
              || MergeLine.keeps(tx.sql(), now).isPresent()
              || !StackLedger.mayMerge(tx.sql(), change.number())) {
            return false;
          }
          ChangeLedger.step(
              tx, change.id(), ChangeStateMachine.Step.BEGIN, null, ChangeEvent.MERGING, null);
          return true;
        });
  }

  /**
   * @param trial that led to it; null where another engine made it
   */
  void landed(String correlation, ChangeLedger.Row change, String commit, MergeTrial trial)
      throws InterruptedException {
    var merge = proven(change, commit, trial);
    written(
        correlation,
        tx -> {
          if (trial != null) {
            addGates(tx, change, trial.results());
            if (passed(trial, commit)) {
              main.passes(tx);
            }
          }
          ChangeLedger.merged(tx, change, commit, reworkHandler);
          if (merge.isPresent()) {
            MergeLedger.moved(tx, change, merge.get().merge(), merge.get().same());
          }
        });
    clear(change);
  }

  /** Whether gates ran on just this, and passed. */
  private static boolean passed(MergeTrial trial, String commit) {
    var tried = trial.record();
    var results = trial.results();
    return tried != null
        && tried.commit().equals(commit)
        && !results.isEmpty()
        && Blame.failed(results).isEmpty();
  }

  /** A merge, and whether main has the tree that was judged. */
  private record Proven(MergeRecord merge, boolean same) {}

  /** Empty where what main has is no merge of this work, or cannot be looked at now. */
  private Optional<Proven> proven(ChangeLedger.Row change, String commit, MergeTrial trial) {
    try {
      var tried = trial == null ? null : trial.record();
      if (tried == null || !tried.commit().equals(commit)) { // else proven before main moved
        var landed = mainline.landed(commit).filter(l -> l.head().equals(change.head()));
        if (landed.isEmpty()) {
          return Optional.empty();
        }
        String base = landed.get().base();
        var proof = mainline.prove(base, commit, change.head(), change.below());
        tried = new MergeRecord(base, commit, proof);
      }
      return Optional.of(new Proven(tried, tried.proof().tree().equals(mainline.tree(commit))));
    } catch (HiveException e) {
      LOG.warn("the merge of {} cannot be proven now: {}", change.id(), e.getMessage());
      return Optional.empty();
    }
  }

  /** Its change does not explain the merge that was made for it: main was left as it was. */
  void unexplained(String correlation, ChangeLedger.Row change, MergeRecord merge)
      throws InterruptedException {
    written(
        correlation,
        tx -> {
          MergeLedger.refused(tx, change, merge);
          ChangeLedger.step(
              tx, change.id(), ChangeStateMachine.Step.YIELD, null, ChangeEvent.QUEUED, null);
        });
  }

  /** Clears what could not be cleared when it was merged, under a lock of somebody else's git. */
  void tidy() {
    var left = mainline.branches();
    if (left.isEmpty()) {
      return;
    }
    store.read(ChangeLedger::merged).stream()
        .filter(change -> left.contains(change.branch()))
        .forEach(this::clear);
  }

  private void clear(ChangeLedger.Row change) {
    try {
      mainline.clear(change.task(), change.branch());
    } catch (RuntimeException e) {
      LOG.warn("branch {} stays: {}", change.branch(), e.getMessage());
    }
  }

  void conflicted(String correlation, ChangeLedger.Row change, MergeResult.Conflict conflict)
      throws InterruptedException {
    String files =
        conflict.files().stream()
            .map(MergeResult.ConflictFile::path)
            .collect(Collectors.joining(", "));
    var text =
        new StringBuilder(
            "Your work (commit %s, `git show %s`) conflicts with what is on main by now, in %s."
                    .formatted(change.head(), change.head(), files)
                + " You start from main again: bring your change in on top of it.\n");
    for (var file : conflict.files()) {
      text.append(
          "\n### %s\nOn main:\n%s\nYours:\n%s\n"
              .formatted(file.path(), file.ours(), file.theirs()));
    }
    again(correlation, change, "conflicts with main in " + files, text.toString());
  }

  void unrelated(String correlation, ChangeLedger.Row change) throws InterruptedException {
    String text =
        "Main was rewritten from its first commit on while you worked: your work (commit %1$s, `git"
            + " show %1$s`) has no commit in common with it. You start from the new main: bring"
            + " your change in on top of it.\n";
    again(
        correlation,
        change,
        "has no commit in common with main, which was rewritten",
        text.formatted(change.head()));
  }

  void wouldBringBack(String correlation, ChangeLedger.Row change, List<String> back)
      throws InterruptedException {
    String some = Plural.some(back.stream().map(ObjectNames::abbreviated).toList(), NAMED);
    String text =
        "Main was moved back while you worked: your work (commit %1$s, `git show %1$s`) was done on"
            + " top of what is no longer on main (%2$s). You start from main as it is now: bring"
            + " your own change in on top of it, and nothing of that.\n";
    again(
        correlation,
        change,
        "was done on top of what was taken off main (" + some + ")",
        text.formatted(change.head(), some));
  }

  /** Back to its agent, from main. */
  private void again(String correlation, ChangeLedger.Row change, String reason, String context)
      throws InterruptedException {
    String why = redact.apply(reason);
    String text = redact.apply(context);
    written(correlation, tx -> conflicted(tx, reworkHandler, change, why, text, null));
  }

  /**
   * A change conflicts: it goes back to its agent, unless it did so some times in a row.
   *
   * @param why in words, without secrets
   * @param context what its agent is told, without secrets
   * @param start the commit that its agent starts from; null for main
   */
  public static void conflicted(
      Tx tx,
      ReworkHandler reworkHandler,
      ChangeLedger.Row change,
      String why,
      String context,
      String start)
      throws SQLException {
    boolean goesOn = ChangeLedger.conflicts(tx, change) < ROUNDS;
    String said = goesOn ? why : why + ", for the %dth time: look at it yourself".formatted(ROUNDS);
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.CONFLICT,
        said,
        ChangeEvent.CONFLICTED,
        "#%d %s".formatted(change.number(), said));
    if (goesOn) {
      reworkHandler.rework(
          tx, change.task(), new TaskLedger.Context("conflict", context), start, false);
    }
  }

  /**
   * @param beside what else its agent is told of what it was judged with
   */
  void refused(String correlation, ChangeLedger.Row change, List<GateResult> results, String beside)
      throws InterruptedException {
    String summary =
        results.stream()
            .filter(g -> g.outcome() == Outcome.FAILED)
            .map(g -> g.gate() + ": " + g.summary())
            .collect(Collectors.joining("; "));
    String text = "Merged onto main, your work failed " + summary + findings(results) + beside;
    written(
        correlation,
        tx -> {
          addGates(tx, change, results);
          ChangeLedger.step(
              tx,
              change.id(),
              ChangeStateMachine.Step.REFUSE,
              "refused before merge by " + summary,
              ChangeEvent.BLOCKED,
              "gate before merge refused #" + change.number() + ": " + summary);
          reworkHandler.rework(
              tx,
              change.task(),
              new TaskLedger.Context("gate", redact.apply(text)),
              change.head(),
              true);
        });
  }

  /** What gates that failed point at. */
  private static String findings(List<GateResult> results) {
    return results.stream()
        .filter(g -> g.outcome() == Outcome.FAILED)
        .flatMap(g -> g.findings().stream().limit(FINDINGS))
        .map(
            f ->
                (f.file() == null ? "" : f.file() + (f.line() > 0 ? ":" + f.line() : "") + " ")
                    + f.message())
        .map(line -> "\n  " + line)
        .collect(Collectors.joining());
  }

  /** Nobody has approved what it would bring to main: a person is asked. */
  void held(String correlation, ChangeLedger.Row change, List<Risk> unapproved)
      throws InterruptedException {
    var risks = new ArrayList<>(change.risks());
    risks.addAll(unapproved);
    written(
        correlation,
        tx -> {
          tx.sql()
              .update(
                  "UPDATE change SET review = ?, risks = ?, due_at = NULL WHERE number = ?",
                  ReviewState.WANTED,
                  Json.write(risks),
                  change.number());
          ChangeLedger.step(
              tx,
              change.id(),
              ChangeStateMachine.Step.HOLD,
              null,
              ChangeEvent.HELD,
              "#" + change.number() + " " + RiskText.words(unapproved));
        });
  }

  /** The merge itself could not be done: a person's repository stands in the way. */
  void blocked(String correlation, ChangeLedger.Row change, String reason)
      throws InterruptedException {
    String why = redact.apply(reason);
    written(
        correlation,
        tx ->
            ChangeLedger.step(
                tx,
                change.id(),
                ChangeStateMachine.Step.REFUSE,
                "could not be merged: " + why,
                ChangeEvent.BLOCKED,
                "#" + change.number() + " could not be merged: " + why));
  }

  /**
   * It keeps its place in the queue.
   *
   * @param reason null where there is none to tell
   */
  void yielded(String correlation, ChangeLedger.Row change, String reason)
      throws InterruptedException {
    String why = reason == null ? null : redact.apply(reason);
    written(
        correlation,
        tx ->
            ChangeLedger.step(
                tx, change.id(), ChangeStateMachine.Step.YIELD, why, ChangeEvent.QUEUED, null));
  }

  private static void addGates(Tx tx, ChangeLedger.Row change, List<GateResult> results)
      throws SQLException {
    var gates = new ArrayList<>(ChangeLedger.view(tx.sql(), change.id()).gates());
    gates.removeIf(g -> g.checkpoint().equals("merge"));
    gates.addAll(results);
    tx.sql()
        .update("UPDATE change SET gates = ? WHERE number = ?", Json.write(gates), change.number());
  }
}
