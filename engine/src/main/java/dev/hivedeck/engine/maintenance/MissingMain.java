package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;

/** A repository whose main is not there. */
public final class MissingMain {
  private MissingMain() {}

  /**
   * Says that main is not there, and how to make it again.
   *
   * @param notes what is written down of where it was
   */
  public static HiveException exception(Repository repository, NoteStore notes) {
    String main = repository.main();
    String branch = "git branch " + main + " ";
    var at = notes.get(GitMonitor.MAIN);
    String again =
        at.isEmpty()
            ? "Make it again: " + branch + "and a commit"
            : repository.has(at.get())
                ? "Make it again: " + branch + ObjectNames.abbreviated(at.get())
                : "That commit is gone, too: " + branch + "and one that you know";
    return new HiveException(
        ErrorCode.NO_MAIN,
        "The branch "
            + main
            + " is gone"
            + at.map(commit -> "; it was at " + ObjectNames.abbreviated(commit) + " last")
                .orElse("")
            + ".",
        again
            + ". To merge into another branch, make it again, set workspace.main to the other, run"
            + " hivedeck trust, and delete it then.");
  }
}
