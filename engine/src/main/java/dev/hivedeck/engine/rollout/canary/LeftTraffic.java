package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The traffic that rollouts left which are over: it stays as they left it, until the service is
 * configured otherwise.
 */
final class LeftTraffic {
  private final Store store;
  private final Traffic traffic;
  private final CanaryTraffic shares;
  private final Function<String, Optional<String>> routes;
  private final Supplier<String> ids;

  /** The last rollout of each service, where that is over. */
  private final Map<String, Ended> ended = new HashMap<>();

  /**
   * @param route as {@link CanaryProgress#route}
   */
  private record Ended(Rollout view, String route) {}

  /**
   * @param routes digest of what the gateway is told of a service; empty where it leads to no such
   */
  LeftTraffic(
      Store store,
      Traffic traffic,
      CanaryTraffic shares,
      Function<String, Optional<String>> routes,
      Supplier<String> ids) {
    this.store = store;
    this.traffic = traffic;
    this.shares = shares;
    this.routes = routes;
    this.ids = ids;
  }

  /** Gives it again after a restart. */
  void restore(Sql sql) throws SQLException {
    RolloutLedger.lastEnded(sql).stream()
        .filter(row -> stands(progress(row), routes.apply(row.view().service())))
        .forEach(this::restore);
  }

  /**
   * Whether what was decided by one that is over still holds.
   *
   * @param route as {@link CanaryProgress#route} by now; empty where that is not known
   */
  static boolean stands(CanaryProgress progress, Optional<String> route) {
    return !progress.released() && route.map(progress.route()::equals).orElse(true);
  }

  /** Gives the traffic of a rollout as it was written down. */
  void restore(RolloutLedger.Row row) {
    var kept = progress(row).split();
    if (kept != null) {
      traffic.restore(row.view().service(), kept.restored());
      traffic.standIn(row.view().service(), row.view().stable());
    }
  }

  private static CanaryProgress progress(RolloutLedger.Row row) {
    return Json.read(row.progress(), CanaryProgress.class);
  }

  /** Reads what is left. */
  void read(Sql sql) throws SQLException {
    for (var row : RolloutLedger.lastEnded(sql)) {
      add(row.view(), progress(row));
    }
  }

  /** A rollout is over. */
  void add(Rollout view, CanaryProgress progress) {
    if (progress.released()) {
      ended.remove(view.service());
    } else {
      ended.put(view.service(), new Ended(view, progress.route()));
    }
  }

  /** Whether nothing is left to look at. */
  boolean isEmpty() {
    return ended.isEmpty();
  }

  /** Another rollout has the traffic of a service. */
  void takenOver(String service) {
    ended.remove(service);
  }

  /**
   * Looks whether it is as it was left.
   *
   * @param open services whose traffic a rollout has
   */
  void look(Set<String> open) {
    ended.values().removeIf(last -> isReleased(last, open));
  }

  private boolean isReleased(Ended last, Set<String> open) {
    var view = last.view();
    var route = routes.apply(view.service());
    if (open.contains(view.service())) {
      return false;
    }
    if (route.isEmpty()) {
      traffic.leave(view.service()); // as it was left, once it is configured again
      return false;
    }
    if (route.get().equals(last.route())) {
      if (traffic.away(view.service()).isPresent()) {
        return false; // it is given again by whoever looks for it
      }
      shares.tell(view, view.state() == RolloutState.PROMOTED ? Bucket.COUNT : 0);
      return false;
    }
    store.update(
        ids.get(),
        tx -> {
          var row = RolloutLedger.find(tx.sql(), view.id());
          var progress = progress(row).releasing();
          RolloutLedger.save(tx, new RolloutLedger.Row(row.view(), Json.write(progress)));
        });
    traffic.release(view.service());
    return true;
  }
}
