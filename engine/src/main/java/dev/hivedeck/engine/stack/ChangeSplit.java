package dev.hivedeck.engine.stack;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.change.MergeGates;
import dev.hivedeck.engine.change.health.DescriptionLedger;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.Mainline.Differing;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler.Work;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.StackViews.Parts;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPart;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPreview;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a stack of smaller changes of one that is too large, and takes that back. All of it is one
 * transaction: the commits are made before, and nobody sees them if it does not come to that.
 */
public final class ChangeSplit {
  /** A longer title is cut. */
  private static final int TITLE = 120;

  private final Store store;
  private final Mainline mainline;
  private final SplitCommits commits;
  private final MergeGates gates;
  private final ChangeReview review;
  private final NewTask tasks;
  private final UnaryOperator<String> redact;
  private final Supplier<String> ids;

  /** Adds the task of a part, as a copy of another one's. */
  @FunctionalInterface
  public interface NewTask {
    /**
     * @param whole the task of the change that is split
     * @return its id
     */
    String add(Tx tx, String whole, String title, String prompt) throws SQLException;
  }

  /**
   * @param redact masks secrets in the names of parts
   * @param ids of the correlation of what is written
   */
  public ChangeSplit(
      Store store,
      Mainline mainline,
      SplitCommits commits,
      MergeGates gates,
      ChangeReview review,
      NewTask tasks,
      UnaryOperator<String> redact,
      Supplier<String> ids) {
    this.store = store;
    this.mainline = mainline;
    this.commits = commits;
    this.gates = gates;
    this.review = review;
    this.tasks = tasks;
    this.redact = redact;
    this.ids = ids;
  }

  /** What it would be split into; nothing is done. */
  SplitPreview preview(String id, @Nullable SplitBy by) {
    var change = store.read(sql -> ChangeLedger.get(sql, id));
    var way = by == null ? SplitBy.DIRECTORY : by;
    var parts =
        commits.preview(change, way).stream()
            .map(p -> new SplitPart(title(p.title()), p.files(), p.additions(), p.deletions()))
            .toList();
    return new SplitPreview(change.id(), way, parts);
  }

  /**
   * @return its parts, also when it was split before
   * @throws HiveException {@code split-refused}, {@code at-work}, {@code merged}
   */
  Parts split(String id, @Nullable SplitBy by) {
    var change = store.read(sql -> ChangeLedger.get(sql, id));
    var before = store.read(sql -> StackLedger.parts(sql, change.number()));
    if (!before.isEmpty()) {
      return parts(change, before);
    }
    store.read(
        sql -> {
          check(change, TaskLedger.get(sql, change.task()).state());
          AlternativeLedger.checkChosen(sql, change.task());
          return null;
        });
    var made = commits.make(change, by == null ? SplitBy.DIRECTORY : by);
    var measured = made.stream().map(part -> mainline.differing(part.base(), part.head())).toList();
    var risks = made.stream().map(part -> gates.risks(part.base(), part.head())).toList();
    var surveys = made.stream().map(part -> gates.survey(part.base(), part.head())).toList();
    return store.write(ids.get(), tx -> split(tx, change, made, measured, risks, surveys));
  }

  private static void check(ChangeLedger.Row change, TaskState task) {
    if (change.state().over()) {
      throw new HiveException(
          ErrorCode.SPLIT_REFUSED,
          "#%d cannot be split so: it is %s.".formatted(change.number(), change.state().word()),
          "Only an open change is split.");
    }
    if (task != TaskState.DONE || change.state() == ChangeState.MERGING) {
      throw new HiveException(
          ErrorCode.AT_WORK,
          change.state() == ChangeState.MERGING
              ? "#%d is being merged.".formatted(change.number())
              : "#%d is with %s for another attempt.".formatted(change.number(), change.agent()),
          "Wait for it, then split it.");
    }
  }

  private Parts split(
      Tx tx,
      ChangeLedger.Row before,
      List<SplitCommits.Made> made,
      List<Differing> measured,
      List<List<Risk>> risks,
      List<ChangeSurvey> surveys)
      throws SQLException {
    var change = ChangeLedger.get(tx.sql(), before.id());
    var view = ChangeLedger.view(tx.sql(), change.id());
    check(change, TaskLedger.get(tx.sql(), change.task()).state());
    if (!change.head().equals(before.head())) {
      throw new HiveException(
          ErrorCode.CHANGE_MOVED,
          "#%d has changed while it was split.".formatted(change.number()),
          "Split it again.");
    }
    var whole = TaskLedger.get(tx.sql(), change.task());
    var above = StackLedger.above(tx.sql(), change.number());
    Long below = StackLedger.below(tx.sql(), change.number()).map(b -> b.number()).orElse(null);
    var parts = new ArrayList<Long>();
    for (int i = 0; i < made.size(); i++) {
      var part = made.get(i);
      boolean top = i == made.size() - 1;
      String name = title(part.title());
      String title = shortened("%s: %s".formatted(whole.title(), name));
      String prompt =
          "Part %d of %d of %s: %s. It stands on the parts before it.\n\n%s"
              .formatted(i + 1, made.size(), change.task(), name, whole.prompt());
      String task = tasks.add(tx, change.task(), title, prompt);
      String told =
          "%s is part %d of %d of #%d".formatted(task, i + 1, made.size(), change.number());
      TaskLedger.step(tx, task, TaskStateMachine.Step.FIND, null, TaskEvent.FOUND, told);
      var differing = measured.get(i);
      review.verified(
          tx,
          new Work(
              task,
              title,
              whole.kind(),
              task + ".0",
              change.agent(),
              "hive/" + task,
              part.base(),
              part.head(),
              differing.stat().files(),
              differing.stat().additions(),
              differing.stat().deletions(),
              differing.stat().commits(),
              top ? view.gates() : List.of(),
              risks.get(i),
              differing.facts(),
              surveys.get(i),
              null,
              Map.of()));
      long number = ChangeLedger.ofTask(tx.sql(), task).orElseThrow().number();
      StackLedger.put(tx, number, below);
      StackLedger.isPart(tx, number, change.number());
      DescriptionLedger.copy(tx, change.number(), number);
      parts.add(number);
      below = number;
    }
    for (long other : above) {
      StackLedger.put(tx, other, below);
    }
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.CLOSE,
        "split into " + words(parts),
        ChangeEvent.CLOSED,
        "split #%d into %s".formatted(change.number(), words(parts)));
    ChangeLedger.stacked(tx, StackLedger.members(tx.sql(), parts.getFirst()), 0);
    return parts(change, parts);
  }

  private static Parts parts(ChangeLedger.Row change, List<Long> numbers) {
    return new Parts(change.id(), numbers.stream().map(n -> "C-" + n).toList());
  }

  private static String words(List<Long> numbers) {
    return String.join(", ", numbers.stream().map(n -> "#" + n).toList());
  }

  private String title(String own) {
    return shortened(Printable.line(redact.apply(own)));
  }

  private static String shortened(String text) {
    return text.length() <= TITLE ? text : text.substring(0, TITLE - 1) + "…";
  }

  /**
   * Takes a split back.
   *
   * @throws HiveException {@code not-now} when something of it was merged or worked on
   */
  ChangeViews.Change join(Tx tx, String id) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), id);
    var numbers = StackLedger.parts(tx.sql(), change.number());
    if (numbers.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "#%d was not split.".formatted(change.number()),
          "hivedeck change split " + change.id() + " does that.");
    }
    var parts = new ArrayList<ChangeLedger.Row>();
    for (long number : numbers) {
      parts.add(ChangeLedger.get(tx.sql(), "C-" + number));
    }
    for (var part : parts) {
      boolean over = part.state().over();
      boolean worked = !part.attempt().equals(part.task() + ".0");
      boolean atWork = TaskLedger.get(tx.sql(), part.task()).state() != TaskState.DONE;
      if (over || worked || atWork || part.state() == ChangeState.MERGING) {
        throw new HiveException(
            ErrorCode.NOT_NOW,
            "Part #%d %s: the split of #%d stays."
                .formatted(
                    part.number(),
                    over || part.state() == ChangeState.MERGING
                        ? "is " + part.state().word()
                        : "was worked on since",
                    change.number()),
            "Merge or close the parts one by one.");
      }
    }
    for (long other : StackLedger.above(tx.sql(), numbers.getLast())) {
      StackLedger.put(tx, other, change.number());
    }
    for (var part : parts) {
      StackLedger.isPart(tx, part.number(), null);
      StackLedger.put(tx, part.number(), null);
      String why = "joined to #%d again".formatted(change.number());
      ChangeLedger.step(
          tx, part.id(), ChangeStateMachine.Step.CLOSE, why, ChangeEvent.CLOSED, null);
      TaskLedger.step(
          tx,
          part.task(),
          TaskStateMachine.Step.CANCEL,
          why,
          TaskEvent.CANCELLED,
          part.task() + " is cancelled: it is part of #" + change.number() + " again");
    }
    ChangeLedger.step(
        tx,
        change.id(),
        ChangeStateMachine.Step.VERIFY,
        null,
        ChangeEvent.OPENED,
        "#%d is one change again".formatted(change.number()));
    return ChangeLedger.view(tx.sql(), change.id());
  }
}
