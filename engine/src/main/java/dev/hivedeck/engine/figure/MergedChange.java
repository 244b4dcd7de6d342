package dev.hivedeck.engine.figure;

import dev.hivedeck.engine.protocol.Plural;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What figures count of a change that is on main.
 *
 * @param begun when the first attempt at its task began; when it was opened, where there was none
 * @param opened when its work was first verified
 * @param lines to read
 * @param wanted at most so many lines
 * @param judged by so many gates
 * @param lostTests tests that it took away
 * @param reviewed whether a person approved it
 * @param tries attempts that were brought to an end
 * @param cost of all attempts at its task, in dollars; null where that of one is not known
 * @param reverts whether it takes another one back
 * @param reverted by what, and when; null where it stands
 */
record MergedChange(
    long number,
    String title,
    Instant begun,
    Instant opened,
    Instant merged,
    long lines,
    long wanted,
    long judged,
    long lostTests,
    boolean reviewed,
    long tries,
    @Nullable Double cost,
    boolean reverts,
    @Nullable Revert reverted) {

  static final Duration REWORK = Duration.ofDays(14);

  private static final Duration DAY = Duration.ofDays(1);

  /** A merged change that takes another one back. */
  record Revert(long number, Instant merged) {}

  MergedChange with(@Nullable Revert by) {
    return copy(title, by);
  }

  /** The same with less to keep. */
  MergedChange untitled() {
    return copy("", reverted);
  }

  private MergedChange copy(String called, @Nullable Revert by) {
    return new MergedChange(
        number, called, begun, opened, merged, lines, wanted, judged, lostTests, reviewed, tries,
        cost, reverts, by);
  }

  String id() {
    return "C-" + number;
  }

  boolean reworked() {
    return reverted != null && !reverted.merged().isAfter(merged.plus(REWORK));
  }

  /** Whether it is known by then that it stands, or does not. */
  boolean settled(Instant now) {
    return !merged.plus(REWORK).isAfter(now);
  }

  boolean firstTry() {
    return tries <= 1;
  }

  boolean small() {
    return lines <= wanted;
  }

  boolean compliant() {
    return shortcomings().isEmpty();
  }

  /** What it lacks to have been made as extreme programming wants it. */
  List<String> shortcomings() {
    var lacks = new ArrayList<String>();
    if (!small()) {
      lacks.add("not small: " + Plural.of(lines, "line"));
    }
    if (judged == 0) {
      lacks.add("not tested: no gate judged it");
    } else if (lostTests > 0) {
      lacks.add("not tested: " + Plural.of(lostTests, "test") + " fewer");
    }
    if (!reviewed) {
      lacks.add("not reviewed");
    }
    if (Duration.between(opened, merged).compareTo(DAY) > 0) {
      lacks.add("not integrated within a day");
    }
    return lacks;
  }

  Duration leadTime() {
    return Duration.between(begun, merged);
  }

  Duration changeLeadTime() {
    return Duration.between(opened, merged);
  }
}
