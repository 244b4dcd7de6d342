package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.List;

/** What is not taken because of its size: a failure of who left it. */
public final class SizeLimitFailure {
  private SizeLimitFailure() {}

  public static boolean is(HiveException e) {
    return e.is(ErrorCode.TOO_LARGE);
  }

  /** All else that was in a folder is kept; what is not must not go with it. */
  public static HiveException left(List<String> excess) {
    return new HiveException(
        ErrorCode.TOO_LARGE,
        "All is kept but what is too large: " + String.join(" ", excess),
        "Move what you need of it elsewhere, or raise workspace.largest in hive.yaml; then"
            + " repair.");
  }

  public static HiveException of(String what, SizeLimits limits) {
    return new HiveException(
        ErrorCode.TOO_LARGE,
        what
            + " Hivedeck commits files of up to %s, %s and %s together."
                .formatted(
                    Plural.bytes(limits.file()),
                    Plural.of(SizeLimits.FILES, "file"),
                    Plural.bytes(limits.total())),
        "Have the agent remove what is no work, or have git ignore it (.gitignore); if it must be"
            + " in the repository, raise workspace.largest in hive.yaml.");
  }
}
