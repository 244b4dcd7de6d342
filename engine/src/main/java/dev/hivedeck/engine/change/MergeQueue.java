package dev.hivedeck.engine.change;

import dev.hivedeck.engine.config.DecisionRule;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.ChangeState;
import dev.hivedeck.engine.protocol.Views.GateResult;
import dev.hivedeck.engine.protocol.Views.Outcome;
import dev.hivedeck.engine.protocol.Views.Risk;
import dev.hivedeck.engine.protocol.Views.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.time.Timers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes changes to main, one after another: merge onto the present main in a worktree of its own,
 * run the merge gates on the result, fast-forward. What conflicts or is refused goes back to its
 * agent.
 */
public final class MergeQueue implements VerifiedWorkHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MergeQueue.class);

  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** So often a merge is tried that fails for a reason of its own; then a person must look. */
  private static final int TRIES = 5;

  /** So many commits are named. */
  private static final int NAMED = 3;

  /** Ends of a merge after which it may do better, though nothing is wrong with git or the disk. */
  private static final Set<String> PASSING = Set.of("main-moves", "git-failed");

  private static final String GONE = "commit-gone";

  private final Store store;
  private final Timers timers;
  private final Mainline mainline;
  private final Supplier<HiveConfig> config;
  private final MergeGates gates;
  private final ReworkHandler reworkHandler;
  private final UnaryOperator<String> redact;
  private final Supplier<String> ids;
  private final double speed;
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean open = true;
  private Thread loop;
  private Timers.Timer alarm = () -> {};

  /** Changes whose merge failed for a reason of its own. Only the loop's thread knows them. */
  private final Map<String, Trouble> troubles = new HashMap<>();

  private volatile String held;

  /**
   * @param tries how often it failed
   * @param until when it is tried again; others go first
   */
  private record Trouble(int tries, Instant until) {}

  /** Judges a merge before main moves to it. */
  public interface MergeGates {
    /** Runs the gates of the merge checkpoint. */
    List<GateResult> check(String base, String merge, ChangeLedger.Row change)
        throws InterruptedException;

    /** Why a person must approve what the merge brings to main. */
    List<Risk> risks(String base, String merge);

    /** Ends what gates left running when the engine was killed during a merge. */
    void endLeft(ChangeLedger.Row change);
  }

  /**
   * @param redact masks secrets in what is told of a change, such as the names of its files
   */
  public MergeQueue(
      Store store,
      Timers timers,
      Mainline mainline,
      Supplier<HiveConfig> config,
      MergeGates gates,
      ReworkHandler reworkHandler,
      UnaryOperator<String> redact,
      Supplier<String> ids,
      double speed) {
    this.store = store;
    this.timers = timers;
    this.mainline = mainline;
    this.config = config;
    this.gates = gates;
    this.reworkHandler = reworkHandler;
    this.redact = redact;
    this.ids = ids;
    this.speed = speed;
  }

  /** Finds out how merges ended that a previous engine left, then goes on with the queue. */
  public void start() {
    try {
      settle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop = timers.start("merge-queue", this::loop);
    wake();
  }

  /** Why no change is merged now, in words; empty when nothing holds them. */
  public Optional<String> held() {
    return Optional.ofNullable(held);
  }

  /**
   * Gives changes back to their agents whose commits are gone: there is nothing left to merge or to
   * review.
   */
  public void gone(Set<String> commits) {
    if (commits.isEmpty()) {
      return;
    }
    for (var change : store.read(ChangeLedger::unfinished)) {
      if (commits.contains(change.head()) && change.state() != ChangeState.MERGING) {
        store.write(
            ids.get(),
            tx -> {
              lost(tx, ChangeLedger.get(tx.sql(), change.id()), change.head());
              return null;
            });
      }
    }
  }

  /** As long as it is with its agent, or has other work by now, nothing is lost. */
  private void lost(Tx tx, ChangeLedger.Row change, String head) throws SQLException {
    boolean waits =
        ChangeStateMachine.TABLE.allows(change.state(), ChangeStateMachine.Step.RETURN)
            && TaskLedger.get(tx.sql(), change.task()).state() == TaskState.DONE;
    if (!waits || !change.head().equals(head)) {
      return;
    }
    String commit = ObjectNames.abbreviated(head);
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.RETURN,
        "its commit %s is gone from the repository; %s makes it again"
            .formatted(commit, change.agent()),
        "change.lost",
        "#%d is back with %s: its commit %s is gone from the repository"
            .formatted(change.number(), change.agent(), commit));
    reworkHandler.rework(
        tx,
        change.task(),
        new TaskLedger.Context(
            "lost",
            "Your work (commit %s) is gone from the repository before it was merged."
                    .formatted(commit)
                + " You begin from main again: make it anew."),
        null,
        false);
  }

  public void wake() {
    signal.release();
  }

  // ── what enters ─────────────────────────────────────────────────────────────────────────────

  @Override
  public void verified(Tx tx, Work work) throws SQLException {
    var rule = config.get().rule(work.kind());
    boolean risky = !work.risks().isEmpty();
    boolean wanted = risky || rule.human() != DecisionRule.Human.NONE;
    Instant due =
        !risky && rule.human() == DecisionRule.Human.ADVISORY && rule.within() != null
            ? tx.now().plus(TimeScale.shorten(rule.within(), speed))
            : null;
    var existing = ChangeLedger.ofTask(tx.sql(), work.task());
    long number =
        existing.isPresent()
            ? existing.get().number()
            : tx.sql().number("SELECT coalesce(max(number), 0) + 1 FROM change");
    tx.sql()
        .update(
            "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
                + " additions, deletions, commits, gates, risks, review, opened_at, updated_at,"
                + " due_at) VALUES (?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON"
                + " CONFLICT(number) DO UPDATE SET attempt = excluded.attempt, agent ="
                + " excluded.agent, branch = excluded.branch, base = excluded.base, head ="
                + " excluded.head, files = excluded.files, additions = excluded.additions,"
                + " deletions = excluded.deletions, commits = excluded.commits, gates ="
                + " excluded.gates, risks = excluded.risks, review = excluded.review, due_at ="
                + " excluded.due_at, queued_at = NULL",
            number,
            work.task(),
            work.attempt(),
            work.agent(),
            work.branch(),
            work.base(),
            work.head(),
            work.files(),
            work.additions(),
            work.deletions(),
            work.commits(),
            Json.write(work.gates()),
            Json.write(work.risks()),
            wanted ? "wanted" : "none",
            tx.now(),
            tx.now(),
            due);
    String id = "C-" + number;
    ChangeLedger.step(
        tx,
        id,
        ChangeStateMachine.Step.VERIFY,
        null,
        "change.opened",
        "opened #%d %s · +%d -%d%s"
            .formatted(
                number,
                work.title(),
                work.additions(),
                work.deletions(),
                risky ? " · " + RiskText.words(work.risks()) : ""));
    if (!wanted) {
      ChangeLedger.step(tx, id, ChangeStateMachine.Step.ENQUEUE, null, "change.queued", null);
    }
    tx.after(this::wake);
  }

  /**
   * @param head what the person saw; null for whatever it is now
   */
  public void approve(Tx tx, String id, String comment, String head) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    shown(change, head);
    if (comment != null && !comment.isBlank()) {
      ChangeLedger.comment(tx, change.id(), Views.YOU, null, 0, comment);
    }
    tx.sql().update("UPDATE change SET review = 'approved' WHERE number = ?", change.number());
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.ENQUEUE,
        null,
        "change.approved",
        "approved #" + change.number() + " " + change.title());
    tx.after(this::wake);
  }

  /** Comments on the change start a new attempt that goes on from its work. */
  public void sendBack(Tx tx, String id, String comment, List<LineComment> lines)
      throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    boolean silent = (comment == null || comment.isBlank()) && (lines == null || lines.isEmpty());
    if (silent) {
      throw new HiveException(
          "no-comment",
          "Sending #" + change.number() + " back without a word leaves its agent guessing.",
          "Say what should be different, on a line or on the whole.");
    }
    var text = new StringBuilder("Review of change #" + change.number() + " asks for more:\n");
    if (comment != null && !comment.isBlank()) {
      ChangeLedger.comment(tx, change.id(), Views.YOU, null, 0, comment);
      text.append(comment).append('\n');
    }
    for (var line : lines == null ? List.<LineComment>of() : lines) {
      ChangeLedger.comment(tx, change.id(), Views.YOU, line.file(), line.line(), line.text());
      text.append("- %s:%d %s%n".formatted(line.file(), line.line(), line.text()));
    }
    tx.sql().update("UPDATE change SET review = 'returned' WHERE number = ?", change.number());
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.RETURN,
        "sent back by you",
        "change.returned",
        "sent back #" + change.number() + " " + change.title());
    reworkHandler.rework(
        tx, change.task(), new TaskLedger.Context("review", text.toString()), change.head(), false);
  }

  /** Approves where that is needed and queues, also what was blocked or in conflict. */
  public void merge(Tx tx, String id, String head) throws SQLException {
    approve(tx, id, null, head);
  }

  public void close(Tx tx, String id, String comment) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    if (comment != null && !comment.isBlank()) {
      ChangeLedger.comment(tx, change.id(), Views.YOU, null, 0, comment);
    }
    closeFor(tx, change);
    TaskLedger.step(
        tx,
        change.task(),
        TaskStateMachine.Step.CANCEL,
        "its change was closed",
        "task.cancelled",
        change.task() + " is cancelled, its change was closed");
  }

  /** Closes the change of a task that is being cancelled; its branch stays. */
  public void closeFor(Tx tx, ChangeLedger.Row change) throws SQLException {
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.CLOSE,
        "closed by you",
        "change.closed",
        "closed #" + change.number() + ", its branch " + change.branch() + " stays");
  }

  /**
   * Writes down merges that main carries and the ledger does not know, as one does that is younger
   * than main or was restored: their tasks are done, and are not done again. A task of the same
   * name with another title is another task.
   */
  public void found(Tx tx, List<RecordedMerges.RecordedMerge> merges) throws SQLException {
    for (var merge : merges) {
      if (unknown(tx.sql(), merge)) {
        found(tx, merge);
      }
    }
  }

  /** What is known of attempts says nothing: a copy may be of the time when one was at work. */
  private static boolean unknown(Sql sql, RecordedMerges.RecordedMerge merge) throws SQLException {
    var task = TaskLedger.find(sql, merge.task());
    if (task.isEmpty()
        || !task.get().title().equals(merge.title())
        || task.get().state() == TaskState.CANCELLED) {
      return false;
    }
    var change = ChangeLedger.ofTask(sql, merge.task());
    return change.isEmpty() || !knows(change.get(), merge);
  }

  /** Whether it was merged, by whichever commit, was taken off main, or is being merged. */
  private static boolean knows(ChangeLedger.Row change, RecordedMerges.RecordedMerge merge) {
    return change.state() == ChangeState.MERGED
        || merge.commit().equals(change.merge())
        || change.state() == ChangeState.MERGING && change.head().equals(merge.head());
  }

  private void found(Tx tx, RecordedMerges.RecordedMerge merge) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
                + " additions, deletions, commits, gates, risks, review, opened_at, updated_at)"
                + " SELECT coalesce(max(number), 0) + 1, ?, ?, ?, 'draft', ?, ?, ?, 0, 0, 0, 0,"
                + " '[]', '[]', 'none', ?, ? FROM change WHERE true"
                + " ON CONFLICT(task) DO UPDATE SET attempt = excluded.attempt,"
                + " agent = excluded.agent, base = excluded.base, head = excluded.head",
            merge.task(),
            merge.attempt(),
            merge.agent(),
            "hive/" + merge.task(),
            merge.base(),
            merge.head(),
            merge.at(),
            tx.now());
    String commit = ObjectNames.abbreviated(merge.commit());
    String what =
        "%s is on main already, by %s of %s".formatted(merge.task(), commit, merge.attempt());
    if (TaskLedger.get(tx.sql(), merge.task()).state() != TaskState.DONE) {
      TaskLedger.step(tx, merge.task(), TaskStateMachine.Step.FIND, null, "task.found", what);
      reworkHandler.stop(tx, merge.task(), what);
    }
    ChangeLedger.merged(
        tx, ChangeLedger.ofTask(tx.sql(), merge.task()).orElseThrow(), merge.commit());
  }

  // ── what was taken off main ─────────────────────────────────────────────────────────────────

  /** Writes down that main has it no more. */
  public void takenOff(String id, String why) {
    apply(id, (tx, change) -> ChangeLedger.takenOff(tx, change, why));
  }

  /** Writes down that main has it after all, by this commit. */
  public void onMain(String id, String commit) {
    apply(id, (tx, change) -> ChangeLedger.merged(tx, change, commit));
  }

  /** Merges once more what was taken off main. */
  public void again(String id) {
    taken(
        id,
        (tx, change) -> {
          ChangeLedger.step(tx, id, ChangeStateMachine.Step.ENQUEUE, null, "change.queued", null);
          tx.after(this::wake);
        });
  }

  /** Has its agent make once more what was taken off main. */
  public void anew(String id) {
    String text =
        "Your work (commit %1$s, `git show %1$s`) was on main and was taken off it again by hand."
            + " You begin from main as it is now: make it anew.";
    taken(
        id,
        (tx, change) -> {
          ChangeLedger.step(
              tx,
              id,
              ChangeStateMachine.Step.RETURN,
              "to be made anew",
              "change.returned",
              "#" + change.number() + " is to be made anew");
          reworkHandler.rework(
              tx,
              change.task(),
              new TaskLedger.Context("taken off main", text.formatted(change.head())),
              null,
              false);
        });
  }

  /** Leaves it off main. */
  public void leaveOff(String id) {
    taken(id, (tx, change) -> close(tx, id, null));
  }

  /** What is settled of a change. */
  private interface Settled {
    void run(Tx tx, ChangeLedger.Row change) throws SQLException;
  }

  private void taken(String id, Settled what) {
    apply(
        id,
        (tx, change) -> {
          what.run(tx, change);
          tx.sql().update("UPDATE change SET merge = NULL WHERE number = ?", change.number());
        });
  }

  private void apply(String id, Settled what) {
    store.write(
        ids.get(),
        tx -> {
          what.run(tx, ChangeLedger.get(tx.sql(), id));
          return null;
        });
  }

  private static void settled(Tx tx, ChangeLedger.Row change) throws SQLException {
    if (change.state() != ChangeState.MERGED
        && TaskLedger.get(tx.sql(), change.task()).state() != TaskState.DONE) {
      throw new HiveException(
          "at-work",
          "#%d is with %s for another attempt.".formatted(change.number(), change.agent()),
          "Wait for it, or cancel task " + change.task() + ".");
    }
  }

  /** Nobody approves what they have not seen. */
  private static void shown(ChangeLedger.Row change, String head) {
    if (head != null && (head.isBlank() || !change.head().startsWith(head))) {
      throw new HiveException(
          "change-moved",
          "#%d is at %s now, not at %s: it has changed since it was shown."
              .formatted(
                  change.number(),
                  ObjectNames.abbreviated(change.head()),
                  ObjectNames.abbreviated(head)),
          "Look at it again, then approve what is there.");
    }
  }

  // ── the queue ───────────────────────────────────────────────────────────────────────────────

  private void loop() {
    while (open) {
      try {
        signal.acquire();
        signal.drainPermits();
        config.get(); // without a policy in force nothing proceeds; a consent wakes it
        proceedDue();
        settle();
        boolean free = true;
        while (open && free) {
          var next = next();
          free = next.isPresent() && mayMerge();
          if (free) {
            merge(next.get());
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (HiveException e) {
        LOG.warn("merges wait: {}", e.getMessage());
        if (!e.code().equals("not-trusted")) {
          held = "Merges wait: " + e.getMessage() + " " + e.hint();
          later(pause());
        }
      } catch (RuntimeException | Error e) { // whatever happens, it goes on merging
        if (open) {
          LOG.error("merge queue", e);
          later(pause());
        }
      }
    }
  }

  /** Not before a person has said so, where something stands in the way. */
  private boolean mayMerge() throws InterruptedException {
    var why = mainline.awaits();
    held = why.map(e -> "Merges wait: " + e.getMessage() + " " + e.hint()).orElse(null);
    if (why.isPresent()) {
      var queued = store.read(sql -> ChangeLedger.in(sql, ChangeState.QUEUED));
      String words = "waits: " + why.get().getMessage() + " " + why.get().hint();
      for (var change : queued) {
        written(ids.get(), tx -> ChangeLedger.stays(tx, change.id(), words));
      }
      later(pause());
    }
    return why.isEmpty();
  }

  private Duration pause() {
    return TimeScale.shorten(AGAIN, speed);
  }

  private void later(Duration delay) {
    alarm.cancel();
    alarm = timers.after(delay, this::wake);
  }

  /** Writes down what has happened, also when the disk is full for a while: it cannot unhappen. */
  private void written(String correlation, Written what) throws InterruptedException {
    Store.insist(
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
  private interface Written {
    void run(Tx tx) throws SQLException;
  }

  /** The next in line; one that has trouble of its own lets others go first for a while. */
  private Optional<ChangeLedger.Row> next() {
    Instant now = timers.clock().instant();
    var queued = store.read(sql -> ChangeLedger.in(sql, ChangeState.QUEUED));
    var next = queued.stream().filter(c -> !rests(c, now)).findFirst();
    if (queued.isEmpty()) {
      held = null;
    } else if (next.isEmpty()) {
      later(pause());
    }
    return next;
  }

  private boolean rests(ChangeLedger.Row change, Instant now) {
    var trouble = troubles.get(change.id());
    return trouble != null
        && now.isBefore(trouble.until())
        && !now.isBefore(trouble.until().minus(pause())); // else the clock was set back
  }

  private void proceedDue() {
    Optional<Instant> next =
        store.write(
            ids.get(),
            tx -> {
              var due =
                  tx.sql()
                      .list(
                          "SELECT number FROM change WHERE state = 'open' AND due_at <= ?",
                          row -> "C-" + row.number("number"),
                          tx.now());
              for (String id : due) {
                ChangeLedger.step(
                    tx,
                    id,
                    ChangeStateMachine.Step.ENQUEUE,
                    null,
                    "change.queued",
                    id + " proceeds: nobody objected in time");
              }
              return ChangeLedger.nextDue(tx.sql());
            });
    next.ifPresent(at -> later(Duration.between(timers.clock().instant(), at)));
  }

  private void merge(ChangeLedger.Row change) throws InterruptedException {
    String correlation = ids.get();
    MDC.put("correlation", correlation);
    try {
      if (begin(correlation, change)) {
        finish(correlation, change);
      }
    } finally {
      MDC.remove("correlation");
    }
  }

  private void finish(String correlation, ChangeLedger.Row change) throws InterruptedException {
    var results = new ArrayList<GateResult>();
    var unapproved = new ArrayList<Risk>();
    var back = new ArrayList<String>();
    try {
      switch (merged(change, results, unapproved, back)) {
        case MergeResult.Merged(String commit) -> landed(correlation, change, commit, results);
        case MergeResult.Conflict conflict -> conflicted(correlation, change, conflict);
        case MergeResult.Unrelated _ -> unrelated(correlation, change);
        case MergeResult.Refused _ when !back.isEmpty() ->
            wouldBringBack(correlation, change, back);
        case MergeResult.Refused _ when !unapproved.isEmpty() ->
            held(correlation, change, unapproved);
        case MergeResult.Refused _ -> refused(correlation, change, results);
      }
    } catch (InterruptedException e) {
      yielded(correlation, change, null);
      throw e;
    } catch (HiveException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(); // as it stands, the next start finds out how it ended
      }
      failed(correlation, change, results, e);
    } catch (RuntimeException | Error e) {
      LOG.error("merging {}", change.id(), e);
      if (!landedAfterAll(correlation, change, results)) {
        troubled(correlation, change, "Hivedeck itself failed: " + e);
      }
    }
  }

  /**
   * @param unapproved receives what needs a person's approval and was not there to be approved:
   *     main or the configuration has moved since
   * @param back receives what somebody took off main and it would bring back
   */
  private MergeResult merged(
      ChangeLedger.Row change, List<GateResult> results, List<Risk> unapproved, List<String> back)
      throws InterruptedException {
    var trailers = new LinkedHashMap<String, String>();
    trailers.put("Hivedeck-Change", change.id());
    trailers.put("Hivedeck-Task", change.task());
    trailers.put("Hivedeck-Attempt", change.attempt());
    trailers.put("Hivedeck-Agent", change.agent());
    return mainline.merge(
        change.head(),
        "Merge #%d %s: %s".formatted(change.number(), change.task(), change.title()),
        trailers,
        (base, commit) -> {
          results.clear();
          unapproved.clear();
          back.clear();
          back.addAll(mainline.bringsBack(base, change.head()));
          if (!back.isEmpty()) {
            return false;
          }
          gates.risks(base, commit).stream()
              .filter(risk -> change.risks().stream().noneMatch(r -> r.path().equals(risk.path())))
              .forEach(unapproved::add);
          if (!unapproved.isEmpty()) {
            return false;
          }
          results.addAll(gates.check(base, commit, change));
          return results.stream().noneMatch(g -> g.outcome() == Outcome.FAILED);
        });
  }

  /**
   * In an outage, which is one when it concerns every merge, all keep their places. What concerns
   * this one alone lets the others go first, and is tried a few times; else a person must look.
   */
  private void failed(
      String correlation, ChangeLedger.Row change, List<GateResult> results, HiveException e)
      throws InterruptedException {
    // Moved by an agent: what is on main says nothing. Being rebased: it is not to move.
    if (Set.of("main-moved", "main-rebased").contains(e.code())) {
      yielded(correlation, change, "waits: " + e.getMessage() + " " + e.hint());
      return;
    }
    if (landedAfterAll(correlation, change, results)) {
      return;
    }
    if (e.code().equals(GONE)) {
      written(correlation, tx -> lost(tx, change, change.head()));
    } else if (!e.outage() && !PASSING.contains(e.code())) {
      LOG.error("merging {}", change.id(), e);
      blocked(correlation, change, e.getMessage());
    } else {
      var outage = outage();
      if (outage.isPresent()) {
        var why = outage.get();
        yielded(correlation, change, "waits: " + why.getMessage() + " " + why.hint());
        throw why;
      }
      LOG.warn("merging {}: {}", change.id(), e.getMessage());
      troubled(correlation, change, e.getMessage() + " " + e.hint());
    }
  }

  /** What keeps every merge now; empty when nothing does, whatever this one ran into. */
  private Optional<HiveException> outage() {
    try {
      mainline.probe();
      return Optional.empty();
    } catch (HiveException e) {
      return Optional.of(e);
    }
  }

  private void troubled(String correlation, ChangeLedger.Row change, String why)
      throws InterruptedException {
    int tries = 1 + Optional.ofNullable(troubles.get(change.id())).map(Trouble::tries).orElse(0);
    if (tries < TRIES) {
      troubles.put(change.id(), new Trouble(tries, timers.clock().instant().plus(pause())));
      yielded(correlation, change, "try %d of %d comes soon: %s".formatted(tries + 1, TRIES, why));
    } else {
      troubles.remove(change.id());
      blocked(correlation, change, why);
    }
  }

  /**
   * Whether it is on main all the same, or nobody knows: then it stays in merging, where nobody can
   * close it, until that is known.
   */
  private boolean landedAfterAll(
      String correlation, ChangeLedger.Row change, List<GateResult> results)
      throws InterruptedException {
    try {
      var merge = mainline.mergeOf(change.head());
      if (merge.isPresent()) {
        landed(correlation, change, merge.get(), results);
      }
      return merge.isPresent();
    } catch (HiveException e) {
      if (e.code().equals(GONE)) {
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
    written(correlation, tx -> ChangeLedger.stays(tx, change.id(), why));
    later(pause());
  }

  /**
   * @return false when somebody closed it meanwhile
   */
  private boolean begin(String correlation, ChangeLedger.Row change) {
    return store.write(
        correlation,
        tx -> {
          if (ChangeLedger.get(tx.sql(), change.id()).state() != ChangeState.QUEUED) {
            return false;
          }
          ChangeLedger.step(
              tx, change.id(), ChangeStateMachine.Step.BEGIN, null, "change.merging", null);
          return true;
        });
  }

  /**
   * @param results of the gates; null where it is not known what they said
   */
  private void landed(
      String correlation, ChangeLedger.Row change, String commit, List<GateResult> results)
      throws InterruptedException {
    written(
        correlation,
        tx -> {
          if (results != null) {
            addGates(tx, change, results);
          }
          ChangeLedger.merged(tx, change, commit);
        });
    troubles.remove(change.id());
    clear(change.task(), change.branch());
  }

  /** Clears what could not be cleared when it was merged, under a lock of somebody else's git. */
  public void tidy() {
    var left = mainline.branches();
    if (left.isEmpty()) {
      return;
    }
    store
        .read(ChangeLedger::mergedBranches)
        .forEach(
            (branch, task) -> {
              if (left.contains(branch)) {
                clear(task, branch);
              }
            });
  }

  private void clear(String task, String branch) {
    try {
      mainline.clear(task, branch);
    } catch (RuntimeException e) {
      LOG.warn("branch {} stays: {}", branch, e.getMessage());
    }
  }

  private void conflicted(
      String correlation, ChangeLedger.Row change, MergeResult.Conflict conflict)
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

  private void unrelated(String correlation, ChangeLedger.Row change) throws InterruptedException {
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

  private void wouldBringBack(String correlation, ChangeLedger.Row change, List<String> back)
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
    written(
        correlation,
        tx -> {
          ChangeLedger.step(
              tx,
              change.id(),
              ChangeStateMachine.Step.CONFLICT,
              why,
              "change.conflicted",
              "#" + change.number() + " " + why);
          reworkHandler.rework(
              tx, change.task(), new TaskLedger.Context("conflict", text), null, false);
        });
  }

  private void refused(String correlation, ChangeLedger.Row change, List<GateResult> results)
      throws InterruptedException {
    String summary =
        results.stream()
            .filter(g -> g.outcome() == Outcome.FAILED)
            .map(g -> g.gate() + ": " + g.summary())
            .collect(Collectors.joining("; "));
    written(
        correlation,
        tx -> {
          addGates(tx, change, results);
          ChangeLedger.step(
              tx,
              change.id(),
              ChangeStateMachine.Step.REFUSE,
              "refused before merge by " + summary,
              "change.blocked",
              "gate before merge refused #" + change.number() + ": " + summary);
          reworkHandler.rework(
              tx,
              change.task(),
              new TaskLedger.Context("gate", "Merged onto main, your work failed " + summary),
              change.head(),
              true);
        });
  }

  /** Nobody has approved what it would bring to main: a person is asked. */
  private void held(String correlation, ChangeLedger.Row change, List<Risk> unapproved)
      throws InterruptedException {
    var risks = new ArrayList<>(change.risks());
    risks.addAll(unapproved);
    written(
        correlation,
        tx -> {
          tx.sql()
              .update(
                  "UPDATE change SET review = 'wanted', risks = ?, due_at = NULL WHERE number = ?",
                  Json.write(risks),
                  change.number());
          ChangeLedger.step(
              tx,
              change.id(),
              ChangeStateMachine.Step.HOLD,
              null,
              "change.held",
              "#" + change.number() + " " + RiskText.words(unapproved));
        });
  }

  /** The merge itself could not be done: a person's repository stands in the way. */
  private void blocked(String correlation, ChangeLedger.Row change, String reason)
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
                "change.blocked",
                "#" + change.number() + " could not be merged: " + why));
  }

  /**
   * It keeps its place in the queue.
   *
   * @param reason null where there is none to tell
   */
  private void yielded(String correlation, ChangeLedger.Row change, String reason)
      throws InterruptedException {
    String why = reason == null ? null : redact.apply(reason);
    written(
        correlation,
        tx ->
            ChangeLedger.step(
                tx, change.id(), ChangeStateMachine.Step.YIELD, why, "change.queued", null));
  }

  private static void addGates(Tx tx, ChangeLedger.Row change, List<GateResult> results)
      throws SQLException {
    var gates = new ArrayList<>(ChangeLedger.view(tx.sql(), change.id()).gates());
    gates.removeIf(g -> g.checkpoint().equals("merge"));
    gates.addAll(results);
    tx.sql()
        .update("UPDATE change SET gates = ? WHERE number = ?", Json.write(gates), change.number());
  }

  /**
   * Finds out how merges ended that were cut off, by a crash or by a git that did not answer: each
   * either reached main, which git knows, or goes back in line.
   */
  private void settle() throws InterruptedException {
    for (var change : store.read(sql -> ChangeLedger.in(sql, ChangeState.MERGING))) {
      String correlation = ids.get();
      try {
        gates.endLeft(change);
        var merge = mainline.mergeOf(change.head());
        if (merge.isPresent()) {
          landed(correlation, change, merge.get(), null);
        } else {
          yielded(correlation, change, null);
        }
      } catch (HiveException e) {
        if (e.code().equals(GONE)) {
          written(correlation, tx -> lost(tx, change, change.head()));
        } else {
          unknown(correlation, change, e);
        }
      } catch (RuntimeException | Error e) {
        unknown(correlation, change, e);
      }
    }
  }

  @Override
  public void close() {
    open = false;
    alarm.cancel();
    if (loop != null) {
      wake();
      try {
        // What is almost done, such as clearing up after a merge, is done rather than cut off.
        if (!loop.join(Duration.ofSeconds(3))) {
          loop.interrupt();
          loop.join(Duration.ofSeconds(30));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
