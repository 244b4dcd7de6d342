package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.intake.ForeignSamples;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.store.Ledger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets samples of others in while there is room for their series; what is kept is counted once and
 * again after {@link #recount}. So what is refused costs no query.
 */
public final class Admission {
  private static final String TOO_MANY =
      "there are too many series; drop the label whose values have no end";

  private final Ledger ledger;
  private Set<Labels> known;
  private SeriesQuota quota;

  public Admission(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Lets in those of series that are kept, and of new ones while there is room. A mark of an end of
   * what was never kept is neither taken nor refused.
   */
  public synchronized ForeignSamples.Sifted admit(String source, List<Reading> readings) {
    if (known == null) {
      ledger.read(
          sql -> {
            known = new HashSet<>(MetricStore.labels(sql));
            quota = SeriesQuota.count(sql);
            return null;
          });
    }
    var admitted = new ArrayList<Reading>(readings.size());
    var refused = new Refused.Builder();
    for (var reading : readings) {
      if (known.contains(reading.labels())) {
        admitted.add(reading);
      } else if (!reading.point().stale() && quota.take(source)) {
        known.add(reading.labels());
        admitted.add(reading);
      } else if (!reading.point().stale()) {
        refused.add(TOO_MANY, reading.labels());
      }
    }
    return new ForeignSamples.Sifted(admitted, refused.build());
  }

  /** What is kept has changed otherwise. */
  public synchronized void recount() {
    known = null;
    quota = null;
  }
}
