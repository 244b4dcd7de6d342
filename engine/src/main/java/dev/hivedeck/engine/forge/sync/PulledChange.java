package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known here of a change that is, or is to be, a pull request.
 *
 * @param prompt of its task
 * @param done whether its task is done, so that it can be sent back
 * @param turn whether it is the first in line that may be merged
 * @param published whether main at the remote has it, as far as it is known here
 * @param unchosen whether it is one of several alternatives, and not the one that is chosen
 * @param pushed commits that were pushed to its branch from here, or were about to be
 * @param row null where it has no pull request
 */
record PulledChange(
    Change change,
    String prompt,
    boolean done,
    boolean turn,
    boolean published,
    boolean unchosen,
    Set<String> pushed,
    PullStack stack,
    ForgeLedger.@Nullable Row row) {

  static PulledChange read(Sql sql, long number, String main) throws SQLException {
    var change = ChangeLedger.view(sql, "C-" + number);
    var task = TaskLedger.get(sql, change.task());
    return new PulledChange(
        change,
        task.prompt(),
        task.state() == TaskState.DONE,
        change.state() == ChangeState.QUEUED && ForgeLedger.turn(sql, number),
        false,
        AlternativeLedger.waits(sql, change.task()),
        ForgeLedger.pushed(sql, number),
        PullStack.of(sql, number, main),
        ForgeLedger.row(sql, number).orElse(null));
  }

  /** The same, when main at the remote has it. */
  PulledChange asPublished() {
    return new PulledChange(change, prompt, done, false, true, unchosen, pushed, stack, row);
  }

  long number() {
    return change.number();
  }

  boolean merged() {
    return change.state() == ChangeState.MERGED;
  }

  NextStep.Local local() {
    return new NextStep.Local(
        unchosen && !change.state().over() ? ChangeState.CLOSED : change.state(),
        change.head(),
        stack.base(),
        done,
        turn,
        change.merge(),
        published,
        pushed,
        row == null ? 0 : row.rounds(),
        row == null ? null : row.returnedHead(),
        row == null ? null : row.returnedAt());
  }
}
