package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Activity;
import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.protocol.Views;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * The person as the agent of last resort. The task waits as a decision while they work in its
 * worktree, by whatever means; what they hand back passes the same gates as anybody's work.
 */
public final class PersonDriver implements Driver {
  private static final String DONE = "hand back";
  private static final String GIVEN_UP = "give up";

  @Override
  public End run(Job job, Activity activity) throws InterruptedException {
    activity.line("hive", "It is with you, in " + job.worktree());
    var answer =
        activity.ask(
            new Question(
                Views.MANUAL,
                job.task() + " is with you. Work in " + job.worktree() + ", then hand it back.",
                job.prompt(),
                List.of(DONE, GIVEN_UP),
                null));
    try {
      var given = answer.get();
      if (given.option().equals(DONE)) {
        return End.good();
      }
      return End.bad(
          "given-up",
          given.comment() == null || given.comment().isBlank()
              ? "You gave it back unfinished."
              : "You gave it back unfinished: " + given.comment());
    } catch (ExecutionException e) {
      return End.bad("given-up", "Nobody could be asked: " + e.getCause().getMessage());
    }
  }
}
