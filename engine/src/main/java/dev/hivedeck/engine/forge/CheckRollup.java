package dev.hivedeck.engine.forge;

import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckRun;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * All checks in one word, by the newest run of each name, workflow and event, as {@code gh pr
 * checks} does it. No check is not a pass, and one that was cut off is neither a pass nor a
 * failure.
 *
 * @param state of all
 * @param newest run of each, failing ones first
 */
public record CheckRollup(CheckState state, List<RemoteCheck> newest) {
  private static final List<CheckState> BY_WEIGHT =
      List.of(
          CheckState.FAILING,
          CheckState.PENDING,
          CheckState.CANCELLED,
          CheckState.PASSING,
          CheckState.SKIPPED);

  public CheckRollup {
    newest = List.copyOf(newest);
  }

  /** Of runs in any order; of two that began together the later one in the list counts. */
  public static CheckRollup of(List<RemoteCheck> runs) {
    var newest = new LinkedHashMap<List<String>, RemoteCheck>();
    for (var run : runs) {
      var key = List.of(run.status() ? "status" : "run", run.name(), run.workflow(), run.event());
      newest.merge(key, run, (a, b) -> began(b).isBefore(began(a)) ? a : b);
    }
    var sorted =
        newest.values().stream()
            .sorted(
                Comparator.comparingInt((RemoteCheck c) -> BY_WEIGHT.indexOf(c.state()))
                    .thenComparing(RemoteCheck::name))
            .toList();
    return new CheckRollup(state(sorted), sorted);
  }

  /** One that waits for its start is newer than what has begun. */
  private static Instant began(RemoteCheck run) {
    return run.startedAt() != null
        ? run.startedAt()
        : run.state() == CheckState.PENDING ? Instant.MAX : Instant.MIN;
  }

  private static CheckState state(List<RemoteCheck> newest) {
    for (var state : BY_WEIGHT) {
      if (state != CheckState.SKIPPED && newest.stream().anyMatch(c -> c.state() == state)) {
        return state;
      }
    }
    return CheckState.NONE; // where all had nothing to say, nothing was checked
  }

  /** Those that failed. */
  public List<RemoteCheck> failing() {
    return newest.stream().filter(c -> c.state() == CheckState.FAILING).toList();
  }

  /** As clients see them. */
  public List<CheckRun> runs() {
    return newest.stream()
        .map(c -> new CheckRun(c.name(), c.workflow(), c.state(), c.required(), c.url()))
        .toList();
  }
}
