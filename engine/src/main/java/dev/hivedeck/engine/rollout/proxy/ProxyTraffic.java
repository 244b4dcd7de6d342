package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.config.rollout.ProxyConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of services that a proxy of the user's own carries. A split holds once the proxy has
 * taken it; one that it forgets, as over a reload, it is given again within a second. Each service
 * is asked by a thread of its own: whoever rules its traffic waits for none of them.
 */
public final class ProxyTraffic implements Traffic {
  private final Supplier<Collection<RolloutConfig>> plans;
  private final Executor workers;
  private final Function<ProxyConfig.Check, Optional<Health.Seen>> checks;
  private final Map<String, ProxiedService> known = new ConcurrentHashMap<>();
  private final Map<String, Map<String, VersionTally>> tallies = new ConcurrentHashMap<>();

  /**
   * @param plans rollouts in force; none before a person consented
   * @param workers asks proxies, and runs what they are told by; may refuse while nobody may
   * @param checks what is known of an address now; asks nobody itself
   */
  public ProxyTraffic(
      Supplier<Collection<RolloutConfig>> plans,
      Executor workers,
      Function<ProxyConfig.Check, Optional<Health.Seen>> checks) {
    this.plans = plans;
    this.workers = workers;
    this.checks = checks;
  }

  /** Whether a proxy has the traffic of a service, or still has to be told how to leave it. */
  public boolean carries(String service) {
    return service(service) != null;
  }

  private @Nullable ProxyConfig written(String service) {
    for (var plan : plans.get()) {
      if (plan.traffic() != null && plan.service().equals(service)) {
        return plan.traffic();
      }
    }
    return null;
  }

  private @Nullable ProxiedService service(String service) {
    var config = written(service);
    if (config == null) {
      return known.get(service);
    }
    return known.compute(
        service,
        (name, before) ->
            before != null && before.config().equals(config)
                ? before
                : new ProxiedService(
                    name, config, version -> tally(name, version), workers, before));
  }

  private VersionTally tally(String service, String version) {
    return tallies
        .computeIfAbsent(service, s -> new ConcurrentHashMap<>())
        .computeIfAbsent(version, v -> new VersionTally());
  }

  /**
   * Has all of them looked at. One that the file does not name any more is let go once it is free.
   */
  public void look() {
    names().forEach(this::service);
    known.forEach(
        (name, service) -> {
          service.wake();
          if (written(name) == null && (service.rule() == null || service.standing() == null)) {
            known.remove(name, service);
          }
        });
  }

  private List<String> names() {
    return plans.get().stream()
        .filter(plan -> plan.traffic() != null)
        .map(RolloutConfig::service)
        .toList();
  }

  /** Has a proxy asked that nobody asked yet, and waits for no answer. */
  private @Nullable ProxiedService asked(String service) {
    var found = service(service);
    if (found != null && found.isNew()) {
      found.wake();
    }
    return found;
  }

  @Override
  public Set<String> services() {
    var services = new TreeSet<String>();
    for (String name : names()) {
      var service = asked(name);
      if (service != null && service.standing() != null) {
        services.add(name);
      }
    }
    return services;
  }

  @Override
  public Set<String> versions(String service) {
    var found = service(service);
    return found == null ? Set.of() : new TreeSet<>(found.config().versions());
  }

  @Override
  public Set<String> present(String service) {
    var found = asked(service);
    var versions = new TreeSet<>(versions(service));
    var standing = found == null ? null : found.standing();
    if (standing != null) {
      versions.removeAll(standing.down());
    }
    return versions;
  }

  @Override
  public Health health(String service, String version) {
    var found = service(service);
    var all = found == null ? null : found.config().health().get(version);
    return all == null || !present(service).contains(version)
        ? Traffic.super.health(service, version)
        : Health.of(version, all.stream().map(checks).toList(), gone(service, version));
  }

  @Override
  public Optional<Split> split(String service) {
    var found = asked(service);
    return found == null ? Optional.empty() : found.split();
  }

  @Override
  public boolean isRuled(String service) {
    var found = service(service);
    return found != null && found.isRuled();
  }

  @Override
  public Split weigh(String service, Map<String, Integer> buckets) {
    var found = asked(service);
    var split = found == null ? null : found.split().orElse(null);
    if (found == null || split == null) {
      throw new IllegalArgumentException("No proxy has the traffic of " + service + ".");
    }
    return found.rule(split.to(buckets));
  }

  @Override
  public void restore(String service, Split split) {
    var found = service(service);
    if (found != null) {
      found.restore(split);
    }
  }

  @Override
  public void release(String service) {
    var found = service(service);
    if (found != null) {
      found.release();
    }
  }

  @Override
  public void leave(String service) {
    if (written(service) == null) {
      release(service);
    }
  }

  @Override
  public Counts counts(String service, String version, Duration slow) {
    return tally(service, version).counts(slow);
  }

  @Override
  public Optional<String> route(String service) {
    return Optional.ofNullable(written(service)).map(ProxyConfig::digest);
  }

  @Override
  public boolean isOn(String service) {
    return true;
  }

  @Override
  public Optional<String> away(String service) {
    var found = asked(service);
    return found == null ? Optional.empty() : found.problem();
  }

  @Override
  public String gone(String service) {
    return "hive.yaml does not say any more which proxy has the traffic of " + service;
  }

  @Override
  public String gone(String service, String version) {
    var found = service(service);
    return found != null && found.config().versions().contains(version)
        ? "no server of " + version + " is up, says " + found.config().name()
        : "hive.yaml has no version " + version + " of " + service + " any more";
  }
}
