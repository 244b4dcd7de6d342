package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.ServiceVersions.VersionState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A configured service with all its instances, those of other versions too. */
final class ServiceGroup {
  private final SupervisedInstance.Surroundings scene;
  private final InstanceSet stable;
  private final Map<String, InstanceSet> others = new LinkedHashMap<>();
  private ServiceConfig config;
  private boolean configured = true;
  private long changes;
  private @Nullable Thread seeding;
  private boolean seedEnds;
  private @Nullable SeedFailure unseeded;

  /**
   * A seed that is to run.
   *
   * @param turn in which it was begun
   */
  record SeedRun(ServiceConfig config, String digest, long turn) {}

  /** A seed that failed: it is not run again but otherwise, or in another turn. */
  private record SeedFailure(String digest, long turn, String why) {}

  ServiceGroup(ServiceConfig config, SupervisedInstance.Surroundings scene) {
    this.config = config;
    this.scene = scene;
    this.stable = InstanceSet.stable(scene);
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
    return !configured && stable.idle() && others.isEmpty() && seeding == null;
  }

  /** Files that it watches changed. */
  void changed() {
    changes++;
  }

  /** Another version is to run beside it. */
  void begin(String version, Path folder, String commit) {
    var before = others.get(version);
    if (before == null || !before.isFrom(folder, commit)) {
      if (before != null) {
        before.drop(() -> {});
        others.put(version + " " + before.hashCode(), before); // until it has ended
      }
      others.put(version, InstanceSet.of(version, folder, commit, scene));
    }
  }

  /**
   * Another version is to end.
   *
   * @param then runs once nothing of it is left
   * @return whether there is one
   */
  boolean end(String version, Runnable then) {
    var set = others.get(version);
    if (set != null) {
      set.drop(then);
    }
    return set != null;
  }

  Optional<VersionState> version(String version) {
    return version.equals(ServiceDirectory.STABLE)
        ? Optional.of(stable.view())
        : Optional.ofNullable(others.get(version)).map(InstanceSet::view);
  }

  /**
   * Brings its instances a step further.
   *
   * @param wants whether it is to run
   * @param turn how often a person began it anew
   * @param seeded digest of the seed that ran
   * @param waits for which service it waits; empty for none
   * @param seed begins one
   */
  void step(
      boolean wants,
      long turn,
      @Nullable String seeded,
      String waits,
      Instant now,
      Function<SeedRun, Thread> seed) {
    boolean wanted = wants && configured;
    sets().forEach(set -> fill(set, now));
    long current = turn + changes;
    boolean ready = waits.isEmpty() && seeded(wanted, current, seeded, now, seed);
    String waiting = waits.isEmpty() && !ready ? "is being seeded" : waits;
    stable.step(config, wanted, current, waiting, ready || !waits.isEmpty(), now);
    others.values().forEach(set -> set.step(config, wanted, 0, waits, true, now));
    others
        .values()
        .removeIf(
            set -> {
              boolean gone = set.gone();
              if (gone) {
                set.each(SupervisedInstance::forget);
                set.ended();
              }
              return gone;
            });
  }

  private void fill(InstanceSet set, Instant now) {
    if (configured) {
      set.fill(config, now);
    } else if (set != stable) {
      set.drop(() -> {});
    }
  }

  /** Whether its seed ran, as it is written now; else it is begun, unless it failed. */
  private boolean seeded(
      boolean wanted,
      long current,
      @Nullable String seeded,
      Instant now,
      Function<SeedRun, Thread> seed) {
    String digest = seedDigest(config).orElse(null);
    var failure = unseeded;
    if (failure != null && !(failure.digest().equals(digest) && failure.turn() == current)) {
      unseeded = null;
      failure = null;
      stable.each(instance -> instance.reconsider(now));
    }
    if (!wanted) {
      endSeed();
    }
    if (digest == null || digest.equals(seeded) || !wanted) {
      return true;
    }
    if (failure != null) {
      String why = failure.why();
      stable.each(instance -> instance.giveUp(why, config, current, now));
    } else if (seeding == null) {
      seedEnds = false;
      seeding = seed.apply(new SeedRun(config, digest, current));
    }
    return false;
  }

  /** What tells one seed from another; empty where there is none. */
  private static Optional<String> seedDigest(ServiceConfig config) {
    return Optional.ofNullable(config.seed()).map(ConfigSnapshot::sha256);
  }

  /** Ends the seed that runs; the thread that it has, or null. */
  @Nullable Thread endSeed() {
    var thread = seeding;
    if (thread != null && !seedEnds) {
      seedEnds = true;
      thread.interrupt();
    }
    return thread;
  }

  /** The seed ended. */
  void seeded(SeedRun run, Optional<String> wrong) {
    boolean stopped = seedEnds;
    seeding = null;
    seedEnds = false;
    unseeded =
        wrong
            .filter(why -> !stopped)
            .map(why -> new SeedFailure(run.digest(), run.turn(), why))
            .orElse(null);
  }

  private Stream<InstanceSet> sets() {
    return Stream.concat(Stream.of(stable), others.values().stream());
  }

  List<SupervisedInstance> instances() {
    var all = new ArrayList<SupervisedInstance>();
    sets().forEach(set -> set.each(all::add));
    return all;
  }

  void forget() {
    instances().forEach(SupervisedInstance::forget);
  }

  Stream<Instant> due() {
    return sets().flatMap(InstanceSet::due);
  }

  boolean healthy() {
    return stable.healthy();
  }

  /** The port of its first instance; 0 where it has none. */
  int port() {
    return stable.port();
  }

  Service view(boolean wanted) {
    return view(config, wanted, stable.state(), stable.why(), views());
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
        config.health().view(),
        instances);
  }

  List<ServiceInstance> views() {
    return sets().flatMap(set -> set.views().stream()).toList();
  }

  List<ServiceAddress> addresses() {
    return sets().flatMap(set -> set.addresses(config.name()).stream()).toList();
  }

  ServiceFigures figures() {
    List<InstanceFigures> figures = sets().flatMap(set -> set.figures().stream()).toList();
    return new ServiceFigures(config.name(), figures);
  }
}
