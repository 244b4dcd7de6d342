package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
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
  private final Ledger ledger;
  private Set<Labels> known;
  private SeriesQuota quota;

  public Admission(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Those that are let in: of series that are kept, and of new ones while there is room. */
  public synchronized List<Reading> admit(String source, List<Reading> readings) {
    if (known == null) {
      ledger.read(
          sql -> {
            known = new HashSet<>(MetricStore.labels(sql));
            quota = SeriesQuota.count(sql);
            return null;
          });
    }
    var admitted = new ArrayList<Reading>(readings.size());
    for (var reading : readings) {
      if (known.contains(reading.labels())) {
        admitted.add(reading);
      } else if (!reading.point().stale() && quota.take(source)) {
        known.add(reading.labels());
        admitted.add(reading);
      }
    }
    return admitted;
  }

  /** What is kept has changed otherwise. */
  public synchronized void recount() {
    known = null;
    quota = null;
  }
}
