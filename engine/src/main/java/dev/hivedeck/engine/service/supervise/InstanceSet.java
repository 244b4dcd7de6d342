package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.ServiceVersions.VersionState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The instances of one version of a service. */
final class InstanceSet {
  /** The worst first. */
  private static final List<ServiceState> WORST =
      List.of(
          ServiceState.FAILED,
          ServiceState.BACKING_OFF,
          ServiceState.UNHEALTHY,
          ServiceState.STOPPING,
          ServiceState.STARTING);

  private final String version;
  private final @Nullable Path folder;
  private final @Nullable String commit;
  private final SupervisedInstance.Surroundings scene;
  private final List<SupervisedInstance> instances = new ArrayList<>();
  private final List<Runnable> then = new ArrayList<>();
  private boolean dropped;

  private InstanceSet(
      String version,
      @Nullable Path folder,
      @Nullable String commit,
      SupervisedInstance.Surroundings scene) {
    this.version = version;
    this.folder = folder;
    this.commit = commit;
    this.scene = scene;
  }

  /** That of {@code hive.yaml}, from the repository's own folder. */
  static InstanceSet stable(SupervisedInstance.Surroundings scene) {
    return new InstanceSet(ServiceDirectory.STABLE, null, null, scene);
  }

  /** That of another version, from another folder. */
  static InstanceSet of(
      String version, Path folder, String commit, SupervisedInstance.Surroundings scene) {
    return new InstanceSet(version, folder, commit, scene);
  }

  private boolean isStable() {
    return folder == null;
  }

  boolean isFrom(Path where, String what) {
    return !dropped && where.equals(folder) && what.equals(commit);
  }

  /**
   * It is to end.
   *
   * @param done runs once nothing of it is left, with what was to run already
   */
  void drop(Runnable done) {
    dropped = true;
    then.add(done);
  }

  /** Nothing of it is left. */
  void ended() {
    then.forEach(Runnable::run);
    then.clear();
  }

  /** Whether it has ended, as it was to. */
  boolean gone() {
    return dropped && idle();
  }

  boolean idle() {
    return instances.stream().allMatch(SupervisedInstance::idle);
  }

  /** There are as many as there are to be, or more. */
  void fill(ServiceConfig of, Instant now) {
    while (!dropped && instances.size() < of.instances()) {
      instances.add(new SupervisedInstance(of, name(of.name()), instances.size() + 1, scene, now));
    }
  }

  /**
   * Brings its instances a step further.
   *
   * @param wants whether it is to run
   * @param turn instances of an earlier one are begun anew
   * @param waits for what those wait that are to be begun; empty for nothing
   * @param mayTurn whether any may be begun anew
   */
  void step(
      ServiceConfig of, boolean wants, long turn, String waits, boolean mayTurn, Instant now) {
    var config = isStable() ? of : of.atAnyPort();
    boolean wanted = wants && !dropped;
    for (int i = 0; i < instances.size(); i++) {
      var instance = instances.get(i);
      boolean keep = wanted && i < config.instances();
      boolean turns =
          mayTurn && instances.stream().noneMatch(o -> o != instance && o.holdsOthers(wanted));
      boolean others =
          instances.stream().anyMatch(o -> o != instance && o.state() == ServiceState.HEALTHY);
      instance.step(
          new InstanceOrders(
              config,
              version,
              folder,
              commit,
              keep,
              turn,
              turns,
              waits,
              others && wanted || dropped),
          now);
    }
    while (instances.size() > config.instances() && instances.getLast().idle()) {
      instances.removeLast().forget();
    }
  }

  private String name(String service) {
    return isStable() ? service : service + "@" + version;
  }

  void each(Consumer<SupervisedInstance> action) {
    instances.forEach(action);
  }

  boolean healthy() {
    return instances.stream().anyMatch(i -> i.state() == ServiceState.HEALTHY);
  }

  /** The port of its first instance; 0 where it has none. */
  int port() {
    return instances.isEmpty() ? 0 : instances.getFirst().port();
  }

  /** When one of them is to be looked at again, beside when something happens to it. */
  Stream<Instant> due() {
    return instances.stream().map(SupervisedInstance::due).filter(Objects::nonNull);
  }

  ServiceState state() {
    for (var worst : WORST) {
      if (instances.stream().anyMatch(i -> i.state() == worst)) {
        return worst;
      }
    }
    boolean all = instances.stream().allMatch(i -> i.state() == ServiceState.STOPPED);
    boolean none = instances.stream().noneMatch(i -> i.state() == ServiceState.STOPPED);
    return all ? ServiceState.STOPPED : none ? ServiceState.HEALTHY : ServiceState.STARTING;
  }

  /** Why it is in this state; empty where that needs none. */
  String why() {
    var state = state();
    return instances.stream()
        .filter(i -> i.state() == state && !i.why().isEmpty())
        .map(SupervisedInstance::why)
        .findFirst()
        .orElse("");
  }

  List<ServiceInstance> views() {
    return instances.stream().map(SupervisedInstance::view).toList();
  }

  VersionState view() {
    var most = instances.stream().max(Comparator.comparingInt(SupervisedInstance::crashes));
    return new VersionState(
        state(),
        why(),
        views(),
        most.map(SupervisedInstance::crashes).orElse(0),
        most.map(SupervisedInstance::ended).orElse(""));
  }

  /** Where they are, those that run. */
  List<ServiceAddress> addresses(String service) {
    return views().stream()
        .filter(i -> i.port() > 0 && i.state() != ServiceState.STOPPED)
        .map(
            i ->
                new ServiceAddress(
                    service,
                    i.name(),
                    version,
                    i.host(),
                    i.port(),
                    i.state() == ServiceState.HEALTHY))
        .toList();
  }

  List<InstanceFigures> figures() {
    return instances.stream().map(SupervisedInstance::figures).toList();
  }
}
