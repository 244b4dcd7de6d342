package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was reported of a variant since the engine was started; of one moment, whoever asks. */
final class OutcomeCounts {
  private final Map<Duration, Long> slower = new HashMap<>();
  private long all;
  private long failed;
  private long split;
  private long errors;
  private long untimed;

  /**
   * Counts one.
   *
   * @param bySplit whether the split gave the variant: any other says nothing of who has it so
   * @param took null where that was not said
   */
  synchronized void add(boolean ok, boolean bySplit, @Nullable Duration took) {
    all++;
    failed += ok ? 0 : 1;
    if (!bySplit) {
      return;
    }
    split++;
    errors += ok ? 0 : 1;
    if (took == null) {
      untimed++;
    } else {
      slower.replaceAll((limit, count) -> took.compareTo(limit) > 0 ? count + 1 : count);
    }
  }

  synchronized long all() {
    return all;
  }

  synchronized long failed() {
    return failed;
  }

  /**
   * What was reported of those who have it by the split.
   *
   * @param limit from when on one is slow, of those that came since this was first asked
   */
  synchronized Counts counts(Duration limit) {
    return new Counts(split, errors, slower.computeIfAbsent(limit, _ -> 0L), 0, untimed);
  }
}
