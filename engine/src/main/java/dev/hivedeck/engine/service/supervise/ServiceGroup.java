package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceCheck;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A configured service with all its instances. */
final class ServiceGroup {
  /** The worst first. */
  private static final List<ServiceState> WORST =
      List.of(
          ServiceState.FAILED,
          ServiceState.BACKING_OFF,
          ServiceState.UNHEALTHY,
          ServiceState.STOPPING,
          ServiceState.STARTING);

  private final List<SupervisedInstance> instances = new ArrayList<>();
  private final SupervisedInstance.Surroundings scene;
  private ServiceConfig config;
  private boolean configured = true;
  private long changes;
  private boolean seeding;

  /** The turn in which the seed failed last; null while it did not. */
  private @Nullable Long unseeded;

  private String seedWhy = "";

  ServiceGroup(ServiceConfig config, SupervisedInstance.Surroundings scene) {
    this.config = config;
    this.scene = scene;
  }

  ServiceConfig config() {
    return config;
  }

  /** It is configured like this now. */
  void follow(ServiceConfig now) {
    config = now;
    configured = true;
  }

  /** It is configured no more. */
  void drop() {
    configured = false;
  }

  boolean gone() {
    return !configured && instances.stream().allMatch(SupervisedInstance::idle);
  }

  /** Files that it watches changed. */
  void changed() {
    changes++;
  }

  /**
   * Brings its instances a step further.
   *
   * @param wanted whether it is to run
   * @param turn how often a person began it anew
   * @param seeded digest of the seed that ran
   * @param waits for which service it waits; empty for none
   */
  void step(
      boolean wanted,
      long turn,
      @Nullable String seeded,
      String waits,
      Instant now,
      Runnable seed) {
    while (configured && instances.size() < config.instances()) {
      instances.add(new SupervisedInstance(config, instances.size() + 1, scene, now));
    }
    long current = turn + changes;
    String waiting = waits;
    String wants = seedDigest(config).orElse(null);
    if (wanted && configured && waits.isEmpty() && wants != null && !wants.equals(seeded)) {
      if (unseeded != null && unseeded == current) {
        instances.forEach(i -> i.giveUp(seedWhy, current, now));
      } else if (!seeding) {
        seeding = true;
        seed.run();
      }
      waiting = "is being seeded";
    }
    for (int i = 0; i < instances.size(); i++) {
      var instance = instances.get(i);
      boolean keep = wanted && configured && i < config.instances();
      boolean turns =
          instances.stream().noneMatch(o -> o != instance && o.holdsOthers(wanted && configured));
      boolean others =
          instances.stream().anyMatch(o -> o != instance && o.state() == ServiceState.HEALTHY);
      instance.step(
          new SupervisedInstance.Orders(config, keep, current, turns, waiting, others && keep),
          now);
    }
    while (instances.size() > config.instances() && instances.getLast().idle()) {
      instances.removeLast().forget();
    }
  }

  /** What tells one seed from another; empty where there is none. */
  static Optional<String> seedDigest(ServiceConfig config) {
    return Optional.ofNullable(config.seed()).map(ConfigSnapshot::sha256);
  }

  /** The seed ended. */
  void seeded(long turn, Optional<String> wrong) {
    seeding = false;
    unseeded = wrong.isPresent() ? (Long) (turn + changes) : null;
    seedWhy = wrong.orElse("");
  }

  /** Ends all of it, and waits for that. */
  void end(Instant now) {
    instances.forEach(instance -> instance.end(now));
  }

  void forget() {
    instances.forEach(SupervisedInstance::forget);
  }

  /** Whether its state is of the moment. */
  boolean moving() {
    return instances.stream().anyMatch(SupervisedInstance::moving);
  }

  boolean healthy() {
    return instances.stream().anyMatch(i -> i.state() == ServiceState.HEALTHY);
  }

  /** The port of its first instance; 0 where it has none. */
  int port() {
    return instances.isEmpty() ? 0 : instances.getFirst().port();
  }

  Service view(boolean wanted) {
    var state = state();
    String why =
        instances.stream()
            .filter(i -> i.state() == state && !i.why().isEmpty())
            .map(SupervisedInstance::why)
            .findFirst()
            .orElse("");
    return view(config, wanted, state, why, views());
  }

  /** As it is told of one that nobody began yet. */
  static Service unbegun(ServiceConfig config, boolean wanted) {
    return view(config, wanted, ServiceState.STOPPED, "", List.of());
  }

  private static Service view(
      ServiceConfig config,
      boolean wanted,
      ServiceState state,
      String why,
      List<ServiceInstance> instances) {
    return new Service(
        config.name(),
        config.run() == null ? ServiceOrigin.ADDRESS : ServiceOrigin.HIVEDECK,
        state,
        wanted,
        why,
        config.run(),
        config.folder(),
        config.route(),
        config.needs(),
        config.watch(),
        check(config),
        instances);
  }

  private ServiceState state() {
    for (var worst : WORST) {
      if (instances.stream().anyMatch(i -> i.state() == worst)) {
        return worst;
      }
    }
    boolean all = instances.stream().allMatch(i -> i.state() == ServiceState.STOPPED);
    boolean none = instances.stream().noneMatch(i -> i.state() == ServiceState.STOPPED);
    return all ? ServiceState.STOPPED : none ? ServiceState.HEALTHY : ServiceState.STARTING;
  }

  private static ServiceCheck check(ServiceConfig config) {
    var rule = config.health();
    return new ServiceCheck(
        CheckKind.valueOf(rule.kind().name()),
        rule.path(),
        rule.every().toMillis() / 1e3,
        rule.timeout().toMillis() / 1e3,
        rule.rise(),
        rule.fall());
  }

  List<ServiceInstance> views() {
    return instances.stream().map(SupervisedInstance::view).toList();
  }

  ServiceFigures figures() {
    return new ServiceFigures(
        config.name(), instances.stream().map(SupervisedInstance::figures).toList());
  }

  List<String> names() {
    return instances.stream().map(SupervisedInstance::name).toList();
  }
}
