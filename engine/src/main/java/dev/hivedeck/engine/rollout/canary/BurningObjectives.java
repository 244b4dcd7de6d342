package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.slo.alert.AlertStore;
import dev.hivedeck.engine.store.Ledger;
import java.util.HashSet;
import java.util.Set;

/** Objectives whose alert fires. */
record BurningObjectives(Ledger ledger) {

  /** Those of them that a rollout is taken back for. */
  Set<String> of(RolloutConfig plan) {
    var burning = new HashSet<String>();
    if (plan.objectives().isEmpty()) {
      return burning;
    }
    var alerts = ledger.read(AlertStore::load);
    for (String objective : plan.objectives()) {
      var known = alerts.get(objective);
      if (known != null && known.values().stream().anyMatch(a -> a.state() == AlertState.FIRING)) {
        burning.add(objective);
      }
    }
    return burning;
  }
}
