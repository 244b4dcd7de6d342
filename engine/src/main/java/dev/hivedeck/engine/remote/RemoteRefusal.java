package dev.hivedeck.engine.remote;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;

/** Why main and the branch that it follows are not brought together, with what helps. */
final class RemoteRefusal {
  private RemoteRefusal() {}

  static HiveException followsNone(String main) {
    return new HiveException(
        ErrorCode.NO_REMOTE,
        "Branch " + main + " follows no branch of a remote.",
        "git branch --set-upstream-to=origin/main " + main + " has it follow one.");
  }

  /** Each has something that the other lacks. */
  static HiveException apart(String main, String branch) {
    return new HiveException(
        ErrorCode.MAIN_APART,
        "Branch %s and %s each have commits that the other lacks.".formatted(main, branch),
        "Bring both together where %s is checked out: git rebase %s, or git merge."
            .formatted(main, branch));
  }

  static HiveException pushedElsewhere(String main, String branch, String remote) {
    return new HiveException(
        ErrorCode.REMOTE_REJECTED,
        "Branch %s follows %s, and git is to push it to %s.".formatted(main, branch, remote),
        "Push it by hand, or unset branch.%s.pushRemote and remote.pushDefault.".formatted(main));
  }

  static HiveException saysOtherwise(String branch, String there) {
    return new HiveException(
        ErrorCode.MAIN_APART,
        "%s is written down here as %s, and the remote says otherwise."
            .formatted(branch, ObjectNames.abbreviated(there)),
        "Have it fetched: hivedeck fetch --forward.");
  }

  static HiveException takenOff(String branch, String main) {
    return new HiveException(
        ErrorCode.MAIN_APART,
        "%s has commits that were taken off %s here.".formatted(branch, main),
        "If they are to come back: hivedeck fetch --forward.");
  }
}
