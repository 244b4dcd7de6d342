package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.preparation.PortAllocator;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.ServiceVersions;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import dev.hivedeck.engine.service.log.ServiceLogs;
import dev.hivedeck.engine.service.supervise.ServiceGroup.SeedRun;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps services as they are configured and wanted: looks again and again, and whenever something
 * happened, and brings each instance a step further. What it knows beside that is written down, so
 * an engine that was killed leaves nothing that the next one does not find.
 */
public final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** Whatever happens, services that there are are looked at so often. */
  private static final Duration STEADY = Duration.ofSeconds(5);

  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Store store;
  private final Supplier<Map<String, ServiceConfig>> configs;
  private final ServiceLauncher launcher;
  private final Timers timers;
  private final Supplier<String> ids;
  private final ServiceTeller teller;
  private final ServiceMeter meter;
  private final Runnable moved;
  private final double speed;
  private final Map<String, ServiceGroup> groups = new LinkedHashMap<>();
  private final Map<String, ServiceLedger.Row> rows = new HashMap<>();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean unread = new AtomicBoolean(true);
  private final SupervisedInstance.Surroundings scene = new Scene();
  private final AddressBook addresses = new AddressBook();
  private volatile Map<String, ServiceConfig> followed = Map.of();
  private boolean begun;
  private boolean closed;
  private Timers.@Nullable Timer timer;

  /**
   * @param configs the services in force; none before a person consented
   * @param data folder of the workspace's data
   * @param surroundings environment of the engine
   * @param meter counts what is measured
   * @param moved runs when {@link #addresses} are others
   * @param speed how much shorter than said pauses are
   */
  public Supervisor(
      Store store,
      Supplier<Map<String, ServiceConfig>> configs,
      Repository repository,
      Path data,
      SecretLookup secrets,
      Map<String, String> surroundings,
      PortAllocator ports,
      ServiceLogs logs,
      Timers timers,
      Supplier<String> ids,
      ServiceMeter meter,
      Runnable moved,
      double speed) {
    this.store = store;
    this.configs = configs;
    this.launcher =
        new ServiceLauncher(repository, data, secrets, surroundings, ports, logs, timers);
    this.timers = timers;
    this.ids = ids;
    this.teller = new ServiceTeller(store, ids, secrets.redactor()::redact);
    this.meter = meter;
    this.moved = moved;
    this.speed = speed;
  }

  /** Begins to look, once nothing is left of an engine before. */
  public void start() {
    timers.start(
        "services",
        () -> {
          endLeft();
          synchronized (this) {
            begun = true;
          }
          look();
        });
  }

  /** Ends what an engine that was killed left running. */
  private void endLeft() {
    try {
      var left = store.read(ServiceLedger::all);
      int ended = launcher.endLeft(configs.get().keySet(), left);
      if (ended > 0) {
        LOG.info("ended {} processes of services that an earlier engine had left", ended);
      }
      left.stream()
          .filter(service -> service.previewed() != null) // one that is wanted is set up anew
          .forEach(service -> teller.forget(service.id()));
    } catch (RuntimeException e) {
      LOG.warn("what an earlier engine left of services", e);
    }
  }

  /** Looks, if the configuration is another one. */
  public void follow() {
    if (!configs.get().equals(followed)) {
      wake();
    }
  }

  /** Looks soon: a person asked for something, or something happened. */
  public void wake() {
    if (asked.compareAndSet(false, true)) {
      timers.start(
          "services",
          () -> {
            asked.set(false);
            look();
          });
    }
  }

  /** The same, once what people want was written down. */
  public void wanted() {
    unread.set(true);
    wake();
  }

  /** Files that services watch changed; one of them by the name of each. */
  public void changed(Map<String, String> services) {
    synchronized (this) {
      services.forEach(
          (name, path) -> {
            var group = groups.get(name);
            if (group != null) {
              group.changed();
              launcher.logs().done(name, "", path + " changed");
            }
          });
    }
    wake();
  }

  /** Looks once, does what is to be done, and looks again when there is more to do. */
  private synchronized void look() {
    if (!begun || closed) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    Duration next;
    try {
      next = looked();
    } catch (RuntimeException e) { // of the disk, say: the next look tries again
      LOG.warn("services", e);
      unread.set(true);
      next = AGAIN;
    }
    timer = next == null ? null : timers.after(next, this::look);
  }

  /** When to look again; null for only when something happens. */
  private @Nullable Duration looked() {
    var config = configs.get();
    followed = config;
    if (config.isEmpty() && groups.isEmpty() && !unread.get()) {
      return null;
    }
    if (unread.getAndSet(false)) {
      rows.clear();
      store.read(ServiceLedger::rows).forEach(row -> rows.put(row.view().id(), row));
      rows.values().stream()
          .filter(r -> r.view().origin() != ServiceOrigin.REGISTERED)
          .map(r -> r.view().id())
          .filter(name -> !config.containsKey(name) && !groups.containsKey(name))
          .toList()
          .forEach(this::forget);
    }
    follow(config);
    step();
    if (addresses.follow(groups.values(), meter)) {
      moved.run();
    }
    groups.values().stream().filter(ServiceGroup::gone).toList().forEach(this::remove);
    tell();
    var now = timers.clock().instant();
    return groups.values().stream()
        .flatMap(ServiceGroup::due)
        .filter(now::isBefore)
        .min(Instant::compareTo)
        .map(due -> Duration.between(now, due))
        .filter(soon -> soon.compareTo(STEADY) < 0)
        .orElse(groups.isEmpty() ? null : STEADY);
  }

  private void follow(Map<String, ServiceConfig> config) {
    groups.forEach(
        (name, group) -> {
          if (!config.containsKey(name)) {
            group.drop();
          }
        });
    config.values().forEach(one -> group(one).follow(one));
  }

  private void step() {
    var now = timers.clock().instant();
    for (var group : groups.values()) {
      String name = group.config().name();
      var row = rows.get(name);
      long turn = row == null ? 0 : row.turn();
      group.step(
          isWanted(group),
          turn,
          row == null ? null : row.seeded(),
          waits(group.config()),
          now,
          run -> timers.start("seed-" + name, () -> seed(group, run)));
    }
  }

  private boolean isWanted(ServiceGroup group) {
    var row = rows.get(group.config().name());
    return row == null || row.wanted() == null ? group.config().auto() : row.wanted();
  }

  private String waits(ServiceConfig config) {
    for (String other : config.needs()) {
      var needed = groups.get(other);
      if (needed == null || !needed.healthy()) {
        return "waits for " + other;
      }
    }
    return "";
  }

  private void seed(ServiceGroup group, SeedRun run) {
    var wrong = launcher.seed(run.config(), scene.ports());
    try {
      if (wrong.isEmpty()) {
        store.update(ids.get(), tx -> ServiceLedger.seeded(tx, run.config().name(), run.digest()));
      }
    } catch (RuntimeException e) { // of the disk, say
      LOG.warn("a seed", e);
      wrong = Optional.of("the seed ran, but that could not be written down");
    } finally {
      synchronized (this) {
        group.seeded(run, wrong);
        unread.set(true);
      }
      wake();
    }
  }

  private void remove(ServiceGroup group) {
    String name = group.config().name();
    group.forget();
    groups.remove(name);
    forget(name);
  }

  private void forget(String name) {
    rows.remove(name);
    teller.forget(name);
  }

  private void tell() {
    for (var group : groups.values()) {
      teller.tell(group.view(isWanted(group)), group.config().auto());
    }
  }

  /** Where the instances are. */
  public ServiceDirectory addresses() {
    return addresses;
  }

  /** What checks said of late. */
  public synchronized List<ServiceFigures> figures() {
    return groups.values().stream().map(ServiceGroup::figures).toList();
  }

  /** A configured service as it is told of before it was ever begun. */
  public static Service unbegun(ServiceConfig config) {
    return ServiceGroup.unbegun(config, config.auto());
  }

  /** Other versions of them. */
  public ServiceVersions versions() {
    return new RunningVersions(this, configs, timers);
  }

  /** The group of a service, which is one from now on. */
  ServiceGroup group(ServiceConfig config) {
    return groups.computeIfAbsent(config.name(), name -> new ServiceGroup(config, scene));
  }

  /** The group of a service; empty where nothing of it was begun. */
  Optional<ServiceGroup> group(String service) {
    return Optional.ofNullable(groups.get(service));
  }

  /** Ends all services, those that others need last, and the others at once. */
  @Override
  public void close() {
    var seeds = new ArrayList<Thread>();
    synchronized (this) {
      closed = true;
      if (timer != null) {
        timer.cancel();
      }
      groups.values().stream()
          .map(ServiceGroup::endSeed)
          .filter(Objects::nonNull)
          .forEach(seeds::add);
    }
    Shutdown.join(seeds); // without what they wait for
    synchronized (this) {
      Shutdown.end(groups.values(), timers);
      try {
        tell();
      } catch (RuntimeException e) { // the next engine finds what is left
        LOG.warn("services", e);
      }
    }
  }

  private final class Scene implements SupervisedInstance.Surroundings {
    @Override
    public ServiceLauncher launcher() {
      return launcher;
    }

    @Override
    public Function<String, Integer> ports() {
      return name -> {
        var group = groups.get(name);
        return group == null ? 0 : group.port();
      };
    }

    @Override
    public double speed() {
      return speed;
    }

    @Override
    public void wake() {
      Supervisor.this.wake();
    }

    @Override
    public void holding(Runnable action) {
      synchronized (Supervisor.this) {
        if (!closed) {
          action.run();
        }
      }
    }

    @Override
    public void checked(String service, String instance, Checked checked) {
      meter.checked(service, instance, checked.millis());
    }

    @Override
    public void restarted(String service, String instance) {
      meter.restarted(service, instance);
    }
  }
}
