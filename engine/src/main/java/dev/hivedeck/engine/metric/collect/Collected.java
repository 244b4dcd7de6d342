package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.util.List;

/**
 * What came of asking a source once.
 *
 * @param readings what it gave itself; series that it gave before and that are not here have ended
 * @param about what is known of the asking: whether it is up, how long it took
 * @param up whether it answered as it should
 * @param note why it did not, or what of it was left out; null when there is nothing to say
 */
record Collected(List<Reading> readings, List<Reading> about, boolean up, String note) {
  /** With something more to say. */
  Collected with(String more) {
    return new Collected(readings, about, up, note == null ? more : note + "; " + more);
  }

  /** The same with secrets taken out of its note; readings are masked when they are kept. */
  Collected masked(SecretMask mask) {
    return new Collected(readings, about, up, mask.of(note));
  }
}
