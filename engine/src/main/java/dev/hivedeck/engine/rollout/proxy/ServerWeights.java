package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shares as weights of servers, whole numbers from 1 to 256, as closely as these can say them. */
final class ServerWeights {
  private static final int HEAVIEST = 256;

  private ServerWeights() {}

  /**
   * The weight of each server of a version; 0 for none. Nobody who is to have a share has none.
   *
   * @param servers how many each version has
   */
  static Map<String, Integer> of(Split split, Map<String, Integer> servers) {
    var each = new LinkedHashMap<String, Double>();
    servers.forEach((version, count) -> each.put(version, split.weight(version) / (double) count));
    double most = each.values().stream().mapToDouble(w -> w).max().orElse(0);
    var best = weights(each, most, 1);
    double least = error(split, servers, best);
    for (int heaviest = 2; heaviest <= HEAVIEST; heaviest++) {
      var weights = weights(each, most, heaviest);
      double error = error(split, servers, weights);
      if (error < least - 1e-12) {
        best = weights;
        least = error;
      }
    }
    return best;
  }

  private static Map<String, Integer> weights(Map<String, Double> each, double most, int heaviest) {
    var weights = new LinkedHashMap<String, Integer>();
    each.forEach(
        (version, share) ->
            weights.put(
                version, share == 0 ? 0 : (int) Math.max(1, Math.round(heaviest * share / most))));
    return weights;
  }

  private static double error(
      Split split, Map<String, Integer> servers, Map<String, Integer> weights) {
    double all =
        weights.entrySet().stream()
            .mapToDouble(e -> e.getValue() * (double) servers.getOrDefault(e.getKey(), 0))
            .sum();
    return weights.entrySet().stream()
        .mapToDouble(
            e ->
                Math.abs(
                    e.getValue() * servers.getOrDefault(e.getKey(), 0) / all
                        - split.weight(e.getKey()) / (double) Bucket.COUNT))
        .max()
        .orElse(0);
  }
}
