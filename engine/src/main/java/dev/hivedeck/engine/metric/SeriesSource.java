package dev.hivedeck.engine.metric;

import java.util.List;

/** Where queries take series from. */
@FunctionalInterface
public interface SeriesSource {
  /**
   * The series that meet all conditions, with their points of {@code after < time <= until}:
   * windows are open on the left, as in Prometheus 3. A series without points there is left out.
   */
  List<Series> select(List<LabelMatcher> matchers, long after, long until);
}
