package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.comment.CommentLedger;
import dev.hivedeck.engine.change.comment.CommentedLines;
import dev.hivedeck.engine.change.health.DescriptionLedger;
import dev.hivedeck.engine.change.health.ReviewBlockers;
import dev.hivedeck.engine.change.health.ReviewNeed;
import dev.hivedeck.engine.change.health.RiskText;
import dev.hivedeck.engine.change.reading.LineCommentText;
import dev.hivedeck.engine.change.reading.ReadingLedger;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.ReworkHandler;
import dev.hivedeck.engine.plan.StackedTasks;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a change before it is merged: its gates' result opens it, a person approves,
 * sends back, or closes it. Each act is one transaction; what is approved goes to the merge queue.
 *
 * <p>Long because every act of a review stands here, with what must hold before it.
 */
public final class ChangeReview implements VerifiedWorkHandler {
  /** Who sends back what failed on GitHub. */
  public static final String GITHUB = "GitHub";

  private final Supplier<HiveConfig> config;
  private final ReworkHandler reworkHandler;
  private final Runnable wake;
  private final double speed;
  private final UnaryOperator<String> redact;
  private final CommentedLines lines;

  /**
   * @param config in force: the rule of each kind of work
   * @param reworkHandler starts the attempt that goes on from what was sent back
   * @param wake called after a commit that left something to merge
   * @param speed how much shorter than said the configured times are, 1 for as they are
   * @param redact masks secrets in what a change names itself, such as its files
   * @param lines sees that what is commented on is there
   */
  public ChangeReview(
      Supplier<HiveConfig> config,
      ReworkHandler reworkHandler,
      Runnable wake,
      double speed,
      UnaryOperator<String> redact,
      CommentedLines lines) {
    this.config = config;
    this.reworkHandler = reworkHandler;
    this.wake = wake;
    this.speed = speed;
    this.redact = redact;
    this.lines = lines;
  }

  // ── what enters ─────────────────────────────────────────────────────────────────────────────

  @Override
  public void verified(Tx tx, Work work) throws SQLException {
    var size = config.get().size();
    var facts = work.facts().map(redact);
    boolean waits = AlternativeLedger.waits(tx.sql(), work.task());
    var need =
        waits ? ReviewNeed.NONE : need(tx, work.kind(), !work.risks().isEmpty(), facts.lines());
    var existing = ChangeLedger.ofTask(tx.sql(), work.task());
    long number =
        existing.isPresent()
            ? existing.get().number()
            : tx.sql().number("SELECT coalesce(max(number), 0) + 1 FROM change");
    tx.sql()
        .update(
            "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
                + " additions, deletions, commits, gates, risks, facts, review, opened_at,"
                + " updated_at, due_at) VALUES (?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                + " ?, ?, ?, ?) ON CONFLICT(number) DO UPDATE SET attempt = excluded.attempt, agent"
                + " = excluded.agent, branch = excluded.branch, base = excluded.base, head ="
                + " excluded.head, files = excluded.files, additions = excluded.additions,"
                + " deletions = excluded.deletions, commits = excluded.commits, gates ="
                + " excluded.gates, risks = excluded.risks, facts = excluded.facts, review ="
                + " excluded.review, due_at = excluded.due_at, queued_at = NULL",
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
            Json.write(
                new ChangeReader.Measured(facts, size, config.get().health(), work.survey())),
            need.state(),
            tx.now(),
            tx.now(),
            need.due());
    if (existing.isEmpty()) {
      long below = StackLedger.standsOn(tx.sql(), work.task());
      if (below > 0) {
        StackLedger.put(tx, number, below);
      }
    }
    String id = "C-" + number;
    DescriptionLedger.said(tx, number, work.agent(), work.description());
    ChangeLedger.step(
        tx,
        id,
        ChangeStateMachine.Step.VERIFY,
        null,
        ChangeEvent.OPENED,
        "opened #%d %s · +%d -%d%s"
            .formatted(
                number,
                work.title(),
                work.additions(),
                work.deletions(),
                work.risks().isEmpty() ? "" : " · " + RiskText.words(work.risks())));
    ReadingLedger.verified(tx, number, work.head(), facts.hunks());
    if (!waits) {
      enters(tx, id, work.task(), need);
    }
  }

  /** What the rule of its kind of work asks of a person. */
  public ReviewNeed need(Tx tx, @Nullable String kind, boolean risks, long lines) {
    return ReviewNeed.of(config.get(), kind, risks, lines, tx.now(), speed);
  }

  /**
   * Takes an open change on its way: to a person, or to the merge queue.
   *
   * @param task that its dependents need
   */
  public void enters(Tx tx, String id, String task, ReviewNeed need) throws SQLException {
    if (config.get().merge().stack()) {
      StackedTasks.offer(tx, task, ChangeLedger.number(id));
    }
    boolean wanted = need.wanted();
    if (!wanted && ReviewBlockers.hold(ChangeLedger.view(tx.sql(), id))) {
      wanted(tx, id);
    } else if (!wanted) {
      ChangeLedger.step(tx, id, ChangeStateMachine.Step.ENQUEUE, null, ChangeEvent.QUEUED, null);
    }
    tx.after(wake);
  }

  /**
   * @param head what the person saw; null for whatever it is now
   */
  public void approve(Tx tx, String id, String comment, String head) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    shown(change, head);
    ReviewBlockers.check(ChangeLedger.view(tx.sql(), change.id()), comment);
    if (comment != null && !comment.isBlank()) {
      CommentLedger.say(tx, change.number(), View.YOU, comment);
    }
    ChangeLedger.lookedAt(tx, change, ReviewState.APPROVED);
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.ENQUEUE,
        null,
        ChangeEvent.APPROVED,
        "approved #" + change.number() + " " + change.title());
    ReadingLedger.verdict(tx, change.number(), change.head());
    tx.after(wake);
  }

  /** Comments on the change start a new attempt that goes on from its work. */
  public void sendBack(Tx tx, String id, String comment, List<LineComment> lines)
      throws SQLException {
    sendBack(tx, id, View.YOU, comment, lines);
  }

  /** The same, in the name of somebody else. */
  public void sendBack(Tx tx, String id, String author, String comment, List<LineComment> lines)
      throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    boolean silent = (comment == null || comment.isBlank()) && (lines == null || lines.isEmpty());
    if (silent) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "Sending #" + change.number() + " back without a word leaves its agent guessing.",
          "Say what should be different, on a line or on the whole.");
    }
    var text = begun(tx, change, author, comment);
    for (var line : lines == null ? List.<LineComment>of() : lines) {
      LineCommentText.check(line);
      this.lines.check(change.id(), change.base(), change.head(), line);
      CommentLedger.say(tx, change.number(), author, line, null);
      text.append(LineCommentText.forAgent(line));
    }
    goesBack(tx, change, author, text.toString());
  }

  CommentedLines lines() {
    return lines;
  }

  /** Sends it back with what another agent advised, which asks for what it says from now on. */
  public void sendBackAdvice(Tx tx, String id, @Nullable String comment, List<Comment> advice)
      throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    var text = begun(tx, change, View.YOU, comment);
    CommentLedger.takeUp(tx, advice);
    advice.forEach(taken -> text.append(LineCommentText.forAgent(taken)));
    goesBack(tx, change, View.YOU, text.toString());
  }

  /** What its agent is told first: what is said of the whole, which is written down. */
  private static StringBuilder begun(
      Tx tx, ChangeLedger.Row change, String author, @Nullable String comment) throws SQLException {
    var text = new StringBuilder("Review of change #" + change.number() + " asks for more:\n");
    if (comment != null && !comment.isBlank()) {
      CommentLedger.say(tx, change.number(), author, comment);
      text.append(comment).append('\n');
    }
    return text;
  }

  private void goesBack(Tx tx, ChangeLedger.Row change, String author, String text)
      throws SQLException {
    ChangeLedger.lookedAt(tx, change, ReviewState.RETURNED);
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.RETURN,
        "sent back by " + author,
        ChangeEvent.RETURNED,
        "sent back #" + change.number() + " " + change.title());
    ReadingLedger.verdict(tx, change.number(), change.head());
    reworkHandler.rework(
        tx, change.task(), new TaskLedger.Context("review", text), change.head(), false);
  }

  /**
   * Approves where that is needed and queues, also what was blocked or in conflict; before it those
   * that it stands on, which it does not approve.
   *
   * @throws HiveException {@code not-now} where one of those still wants an approval; nothing is
   *     queued then
   */
  public void merge(Tx tx, String id, String head) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    var below = new ArrayList<ChangeLedger.Row>();
    var all = StackLedger.allBelow(tx.sql(), change.number());
    for (var other : all) {
      if (other.state() != ChangeState.QUEUED && other.state() != ChangeState.MERGING) {
        below.add(ChangeLedger.get(tx.sql(), other.id()));
      }
    }
    for (var other : below) {
      settled(tx, other);
    }
    allApproved(change, below);
    boolean enters = all.isEmpty() || change.state() != ChangeState.QUEUED;
    for (var other : below) {
      mayEnter(tx, other);
    }
    if (enters) { // nothing is written before all of them may
      settled(tx, change);
      shown(change, head);
      mayEnter(tx, change);
    }
    for (var other : below) {
      ChangeLedger.lookedAt(tx, other, other.review());
      String text = "#%d is queued with #%d".formatted(other.number(), change.number());
      ChangeLedger.step(
          tx, other.id(), ChangeStateMachine.Step.ENQUEUE, null, ChangeEvent.QUEUED, text);
    }
    if (enters) {
      approve(tx, id, null, head);
    }
    tx.after(wake);
  }

  /** A change is merged by nobody before a person has looked at it; it is not in line. */
  public static void wanted(Tx tx, String id) throws SQLException {
    tx.sql()
        .update(
            "UPDATE change SET review = ?, due_at = NULL WHERE number = ?",
            ReviewState.WANTED,
            ChangeLedger.number(id));
    ChangeLedger.tell(tx, id, ChangeEvent.HELD, null);
  }

  /** What kept a change in line from being merged does so no more. */
  public void proceed(Tx tx) {
    tx.after(wake);
  }

  private static void mayEnter(Tx tx, ChangeLedger.Row change) throws SQLException {
    ReviewBlockers.check(ChangeLedger.view(tx.sql(), change.id()), null);
    ChangeStateMachine.TABLE.next(change.state(), ChangeStateMachine.Step.ENQUEUE);
  }

  /** Who merges a change has seen that one; those below it are approved one by one. */
  private static void allApproved(ChangeLedger.Row change, List<ChangeLedger.Row> below) {
    var wanting = new ArrayList<ChangeLedger.Row>();
    for (var other : below) {
      boolean open = other.review() != ReviewState.NONE && other.review() != ReviewState.APPROVED;
      if (open) {
        wanting.add(other);
      }
    }
    if (!wanting.isEmpty()) {
      boolean one = wanting.size() == 1;
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "#%d stands on %s, which %s an approval."
              .formatted(
                  change.number(),
                  String.join(", ", wanting.stream().map(w -> "#" + w.number()).toList()),
                  one ? "wants" : "want"),
          "Look at %s first: %s."
              .formatted(
                  one ? "it" : "them",
                  String.join(
                      ", ",
                      wanting.stream().map(w -> "hivedeck change approve " + w.id()).toList())));
    }
  }

  public void close(Tx tx, String id, String comment) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    settled(tx, change);
    if (comment != null && !comment.isBlank()) {
      CommentLedger.say(tx, change.number(), View.YOU, comment);
    }
    closeFor(tx, change);
    TaskLedger.step(
        tx,
        change.task(),
        TaskStateMachine.Step.CANCEL,
        "its change was closed",
        TaskEvent.CANCELLED,
        change.task() + " is cancelled, its change was closed");
  }

  /** Closes the change of a task that is being cancelled, unless it is over; its branch stays. */
  public void withdraw(Tx tx, String task) throws SQLException {
    var change = ChangeLedger.ofTask(tx.sql(), task);
    if (change.isPresent()
        && change.get().state() != ChangeState.MERGED
        && change.get().state() != ChangeState.CLOSED) {
      closeFor(tx, change.get());
    }
  }

  private void closeFor(Tx tx, ChangeLedger.Row change) throws SQLException {
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.CLOSE,
        "closed by you",
        ChangeEvent.CLOSED,
        "closed #" + change.number() + ", its branch " + change.branch() + " stays");
    tx.after(wake);
  }

  private static void settled(Tx tx, ChangeLedger.Row change) throws SQLException {
    if (change.state() != ChangeState.MERGED
        && TaskLedger.get(tx.sql(), change.task()).state() != TaskState.DONE) {
      throw new HiveException(
          ErrorCode.AT_WORK,
          "#%d is with %s for another attempt.".formatted(change.number(), change.agent()),
          "Wait for it, or cancel task " + change.task() + ".");
    }
  }

  /** Nobody approves what they have not seen. */
  private static void shown(ChangeLedger.Row change, String head) {
    if (head != null && (head.isBlank() || !change.head().startsWith(head))) {
      throw new HiveException(
          ErrorCode.CHANGE_MOVED,
          "#%d is at %s now, not at %s: it has changed since it was shown."
              .formatted(
                  change.number(),
                  ObjectNames.abbreviated(change.head()),
                  ObjectNames.abbreviated(head)),
          "Look at it again, then approve what is there.");
    }
  }
}
