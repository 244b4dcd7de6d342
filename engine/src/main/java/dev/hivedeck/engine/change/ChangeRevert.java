package dev.hivedeck.engine.change;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.RecordedMerges.Landed;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.plan.VerifiedWorkHandler.Work;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.MergeViews.Reverted;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a merged change back by a change of its own, which is reviewed, judged and merged as every
 * other. Nothing on main is rewritten.
 */
public final class ChangeRevert {
  /** The kind of its task, by which {@code decisions} say who approves it. */
  static final String KIND = "revert";

  private final Store store;
  private final Mainline mainline;
  private final ChangeReview review;
  private final NewTask tasks;
  private final Supplier<String> ids;

  /** Adds a task. */
  @FunctionalInterface
  public interface NewTask {
    /**
     * @return its id
     */
    String add(Tx tx, String title, String prompt, String kind) throws SQLException;
  }

  /**
   * @param ids of the correlation of what is written
   */
  public ChangeRevert(
      Store store, Mainline mainline, ChangeReview review, NewTask tasks, Supplier<String> ids) {
    this.store = store;
    this.mainline = mainline;
    this.review = review;
    this.tasks = tasks;
    this.ids = ids;
  }

  /**
   * Opens the change that takes this one back.
   *
   * @param reason told in the commit; may be blank
   * @return the ids of the new change and of its task
   * @throws HiveException {@code not-merged} when it is not on main
   */
  public Reverted revert(String id, String reason) {
    var change = store.read(sql -> ChangeLedger.get(sql, id));
    String base = base(change);
    String title = "Revert #%d %s".formatted(change.number(), change.title());
    String why = reason == null || reason.isBlank() ? "" : reason.strip() + "\n\n";
    String head =
        mainline.revert(
            change.merge(),
            base,
            "%s%n%n%sThis reverts commit %s.%n".formatted(title, why, change.merge()));
    var differing = mainline.differing(change.merge(), head);
    String prompt =
        why
            + "Take back what commit %s brought to main (git diff %s %s)."
                .formatted(ObjectNames.abbreviated(change.merge()), base, change.merge())
            + " Keep what was done on top of it.";
    return store.write(
        ids.get(),
        tx -> {
          String task = tasks.add(tx, title, prompt, KIND);
          String told = "%s takes #%d back".formatted(task, change.number());
          TaskLedger.step(tx, task, TaskStateMachine.Step.FIND, null, TaskEvent.FOUND, told);
          review.verified(
              tx,
              new Work(
                  task,
                  title,
                  KIND,
                  task + ".0",
                  View.YOU,
                  "hive/" + task,
                  change.merge(),
                  head,
                  differing.stat().files(),
                  differing.stat().additions(),
                  differing.stat().deletions(),
                  differing.stat().commits(),
                  List.of(),
                  List.of(),
                  differing.facts(),
                  ChangeSurvey.NOTHING,
                  null,
                  description(change, reason)));
          String opened = ChangeLedger.ofTask(tx.sql(), task).orElseThrow().id();
          return new Reverted(opened, task);
        });
  }

  /** Main as it was before. */
  private String base(ChangeLedger.Row change) {
    return Optional.ofNullable(change.merge())
        .flatMap(mainline::landed)
        .map(Landed::base)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NOT_MERGED,
                    "#%d is not on main.".formatted(change.number()),
                    "Only what was merged can be taken back; an open change is closed."));
  }

  private static Map<DescriptionSection, String> description(
      ChangeLedger.Row change, @Nullable String reason) {
    var sections = new EnumMap<DescriptionSection, String>(DescriptionSection.class);
    sections.put(
        DescriptionSection.WHAT,
        "Takes back #%d %s, and keeps what came after it."
            .formatted(change.number(), change.title()));
    if (reason != null && !reason.isBlank()) {
      sections.put(DescriptionSection.WHY, reason.strip());
    }
    sections.put(
        DescriptionSection.ROLLBACK,
        "Revert this one: #%d is back then.".formatted(change.number()));
    return sections;
  }
}
