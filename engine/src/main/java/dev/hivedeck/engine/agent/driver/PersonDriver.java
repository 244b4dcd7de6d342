package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.view.DecisionViews;
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
  public RunResult run(RunRequest request, RunListener listener) throws InterruptedException {
    listener.line("hive", "It is with you, in " + request.worktree());
    var answer =
        listener.ask(
            new Question(
                DecisionViews.MANUAL,
                request.task()
                    + " is with you. Work in "
                    + request.worktree()
                    + ", then hand it back.",
                request.prompt(),
                List.of(DONE, GIVEN_UP),
                null));
    try {
      var given = answer.get();
      if (given.option().equals(DONE)) {
        return RunResult.good();
      }
      return RunResult.bad(
          FailureReason.GIVEN_UP,
          given.comment() == null || given.comment().isBlank()
              ? "You gave it back unfinished."
              : "You gave it back unfinished: " + given.comment());
    } catch (ExecutionException e) {
      return RunResult.bad(
          FailureReason.GIVEN_UP, "Nobody could be asked: " + e.getCause().getMessage());
    }
  }
}
