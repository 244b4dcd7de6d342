package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.config.DecisionRule;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.time.TimeScale;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a person is to look at verified work.
 *
 * @param due when it proceeds without one; null where it waits, or needs nobody
 */
public record ReviewNeed(boolean wanted, @Nullable Instant due) {
  /** Nobody has to, for now. */
  public static final ReviewNeed NONE = new ReviewNeed(false, null);

  /**
   * @param kind of the work
   * @param risks whether it touches what a person has to approve
   * @param lines that there are to read
   * @param speed how much shorter than said the configured times are, 1 for as they are
   */
  public static ReviewNeed of(
      HiveConfig config,
      @Nullable String kind,
      boolean risks,
      long lines,
      Instant now,
      double speed) {
    var rule = config.rule(kind);
    boolean risky = risks || lines > config.size().max();
    boolean advisory = rule.human() == DecisionRule.Human.ADVISORY && rule.within() != null;
    return new ReviewNeed(
        risky || rule.human() != DecisionRule.Human.NONE,
        !risky && advisory ? now.plus(TimeScale.shorten(rule.within(), speed)) : null);
  }

  public ReviewState state() {
    return wanted ? ReviewState.WANTED : ReviewState.NONE;
  }
}
