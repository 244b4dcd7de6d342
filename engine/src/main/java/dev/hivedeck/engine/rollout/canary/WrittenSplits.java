package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.store.Ledger;
import java.util.ArrayList;
import java.util.function.Predicate;

/** Splits as they are written down, for whoever only reads. */
public final class WrittenSplits {
  private WrittenSplits() {}

  /**
   * Gives them, where they still hold.
   *
   * @param whose which services
   */
  public static void restore(Ledger ledger, Traffic traffic, Predicate<String> whose) {
    var rows =
        ledger.read(
            sql -> {
              var all = new ArrayList<>(RolloutLedger.lastEnded(sql));
              all.addAll(RolloutLedger.open(sql));
              return all;
            });
    for (var row : rows) {
      String service = row.view().service();
      if (!whose.test(service)) {
        continue;
      }
      var progress = Json.read(row.progress(), CanaryProgress.class);
      boolean stands =
          row.view().endedAt() == null || LeftTraffic.stands(progress, traffic.route(service));
      var kept = progress.split();
      if (stands && kept != null) {
        traffic.restore(service, kept.restored());
      }
    }
  }
}
