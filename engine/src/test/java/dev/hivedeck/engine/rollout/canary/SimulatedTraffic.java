package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Requests of a service in no time: split as the gateway splits them, failing as they are told. */
final class SimulatedTraffic implements Traffic {
  private static final String SERVICE = "orders";

  private final Random random;
  private final Map<String, Double> errors = new HashMap<>();
  private final Map<String, Double> slow = new HashMap<>();
  private final Map<String, Counts> counts = new HashMap<>();
  private final Set<String> down = new TreeSet<>();
  private final Set<String> limping = new TreeSet<>();
  private final Set<String> untimed = new TreeSet<>();

  /** Every split that there was, in order. */
  final List<Map<String, Integer>> splits = new ArrayList<>();

  private final Set<String> versions = new TreeSet<>(Set.of("v1", "v2"));
  private Split split = Split.all("v1");
  private boolean ruled;
  private boolean on = true;

  SimulatedTraffic(long seed) {
    this.random = new Random(seed);
  }

  void failing(String version, double share) {
    errors.put(version, share);
  }

  void slowing(String version, double share) {
    slow.put(version, share);
  }

  void down(String version) {
    down.add(version);
  }

  /** One of its two instances is down. */
  void limping(String version) {
    limping.add(version);
  }

  void up(String version) {
    limping.remove(version);
    down.remove(version);
  }

  void without(String version) {
    versions.remove(version);
  }

  void with(String version) {
    versions.add(version);
  }

  void on(boolean now) {
    on = now;
  }

  /** As another engine's gateway: nothing is ruled, and all counts begin anew. */
  void restarted() {
    counts.clear();
    split = Split.all("v1");
    ruled = false;
  }

  /** Nobody says how long the requests of a version took. */
  void untimed(String version) {
    untimed.add(version);
  }

  /** Sends requests, each by itself. */
  void send(int requests) {
    for (int i = 0; i < requests; i++) {
      String version = split.at(random.nextInt(Bucket.COUNT));
      if (down.contains(version)) {
        add(version, new Counts(0, 0, 0, 1));
        version = split.base();
      }
      boolean fails = random.nextDouble() < errors.getOrDefault(version, 0.0);
      boolean isSlow = random.nextDouble() < slow.getOrDefault(version, 0.0);
      boolean isTimed = !untimed.contains(version);
      add(version, new Counts(1, fails ? 1 : 0, isSlow && isTimed ? 1 : 0, 0, isTimed ? 0 : 1));
    }
  }

  private void add(String version, Counts more) {
    counts.merge(
        version,
        more,
        (a, b) ->
            new Counts(
                a.requests() + b.requests(),
                a.errors() + b.errors(),
                a.slow() + b.slow(),
                a.missed() + b.missed(),
                a.untimed() + b.untimed()));
  }

  int weight(String version) {
    return split.weight(version);
  }

  @Override
  public Set<String> services() {
    return on ? Set.of(SERVICE) : Set.of();
  }

  @Override
  public Set<String> versions(String service) {
    return Set.copyOf(versions);
  }

  @Override
  public Set<String> present(String service) {
    return Set.copyOf(versions);
  }

  @Override
  public Health health(String service, String version) {
    if (!versions.contains(version)) {
      return new Health(0, 0, 0, gone(service, version));
    }
    return down.contains(version)
        ? new Health(2, 0, 2, version + " has no healthy instance")
        : limping.contains(version)
            ? new Health(2, 1, 1, "not all instances of " + version + " are healthy")
            : new Health(2, 2, 0, "");
  }

  @Override
  public Optional<Split> split(String service) {
    return on ? Optional.of(split) : Optional.empty();
  }

  @Override
  public boolean isRuled(String service) {
    return ruled;
  }

  @Override
  public Split weigh(String service, Map<String, Integer> buckets) {
    split = split.to(buckets);
    ruled = true;
    splits.add(new TreeMap<>(Map.of("v1", weight("v1"), "v2", weight("v2"))));
    return split;
  }

  @Override
  public void restore(String service, Split kept) {
    split = kept;
    ruled = true;
  }

  @Override
  public void release(String service) {
    split = Split.all("v1");
    ruled = false;
  }

  @Override
  public Counts counts(String service, String version, Duration limit) {
    return counts.getOrDefault(version, new Counts(0, 0, 0, 0));
  }
}
