package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.preparation.PortAllocator;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import dev.hivedeck.engine.service.log.ServiceLogs;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
  private static final Duration MOVING = Duration.ofMillis(100);
  private static final Duration STEADY = Duration.ofMillis(500);
  private static final Duration IDLE = Duration.ofSeconds(3);

  private final Store store;
  private final Supplier<Map<String, ServiceConfig>> configs;
  private final ServiceLauncher launcher;
  private final Timers timers;
  private final Supplier<String> ids;
  private final ServiceTeller teller;
  private final ServiceMeter meter;
  private final double speed;
  private final Map<String, ServiceGroup> groups = new LinkedHashMap<>();
  private final Map<String, ServiceLedger.Row> rows = new HashMap<>();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean unread = new AtomicBoolean(true);
  private final SupervisedInstance.Surroundings scene = new Scene();
  private final AddressBook addresses = new AddressBook();
  private boolean open = true;

  /**
   * @param configs the services in force; none before a person consented
   * @param data folder of the workspace's data
   * @param surroundings environment of the engine
   * @param meter counts what is measured
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
      double speed) {
    this.store = store;
    this.configs = configs;
    this.launcher =
        new ServiceLauncher(repository, data, secrets, surroundings, ports, logs, timers);
    this.timers = timers;
    this.ids = ids;
    this.teller = new ServiceTeller(store, ids, secrets.redactor()::redact);
    this.meter = meter;
    this.speed = speed;
  }

  /** Begins to look, once nothing is left of an engine before. */
  public void start() {
    timers.start(
        "services",
        () -> {
          endLeft();
          tick();
        });
  }

  /** Ends what an engine that was killed left running. */
  private void endLeft() {
    try {
      var keys = new LinkedHashSet<String>();
      for (var service : store.read(ServiceLedger::all)) {
        service.instances().stream()
            .filter(i -> i.pid() != null)
            .forEach(i -> keys.add(launcher.key(i.name())));
      }
      int ended = ProcessTree.endCarrying(keys);
      if (ended > 0) {
        LOG.info("ended {} processes of services that an earlier engine had left", ended);
      }
    } catch (RuntimeException e) {
      LOG.warn("what an earlier engine left of services", e);
    }
  }

  private void tick() {
    var next = look();
    if (next != null) {
      timers.after(next, this::tick);
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

  /**
   * Looks once, and does what is to be done.
   *
   * @return when to look again; null when it is closed
   */
  private synchronized @Nullable Duration look() {
    if (!open) {
      return null;
    }
    try {
      var config = configs.get();
      if (config.isEmpty() && groups.isEmpty() && !unread.get()) {
        return IDLE;
      }
      if (unread.getAndSet(false)) {
        rows.clear();
        store.read(ServiceLedger::rows).forEach(row -> rows.put(row.view().id(), row));
        rows.values().stream()
            .filter(r -> r.view().origin() != ServiceOrigin.REGISTERED)
            .filter(r -> !config.containsKey(r.view().id()) && !groups.containsKey(r.view().id()))
            .forEach(r -> forget(r.view().id()));
      }
      follow(config);
      step();
      addresses.follow(groups.values(), meter);
      groups.values().stream().filter(ServiceGroup::gone).toList().forEach(this::remove);
      tell();
    } catch (RuntimeException e) { // of the disk, say: the next look tries again
      LOG.warn("services", e);
      unread.set(true);
    }
    if (groups.isEmpty()) {
      return IDLE;
    }
    return groups.values().stream().anyMatch(ServiceGroup::moving) ? MOVING : STEADY;
  }

  private void follow(Map<String, ServiceConfig> config) {
    groups.forEach(
        (name, group) -> {
          if (!config.containsKey(name)) {
            group.drop();
          }
        });
    config.forEach(
        (name, one) -> groups.computeIfAbsent(name, n -> new ServiceGroup(one, scene)).follow(one));
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
          () -> timers.start("seed-" + name, () -> seed(group, turn)));
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

  private void seed(ServiceGroup group, long turn) {
    var config = group.config();
    var wrong = launcher.seed(config, scene.ports());
    var digest = ServiceGroup.seedDigest(config);
    if (wrong.isEmpty() && digest.isPresent()) {
      store.update(ids.get(), tx -> ServiceLedger.seeded(tx, config.name(), digest.get()));
    }
    synchronized (this) {
      group.seeded(turn, wrong);
      unread.set(true);
    }
    wake();
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

  /** Ends all services, those that others need last. */
  @Override
  public synchronized void close() {
    open = false;
    var left = new ArrayList<>(groups.values());
    while (!left.isEmpty()) {
      var needed = new LinkedHashSet<String>();
      left.forEach(group -> needed.addAll(group.config().needs()));
      var free = left.stream().filter(g -> !needed.contains(g.config().name())).toList();
      var now = free.isEmpty() ? List.copyOf(left) : free;
      end(now);
      left.removeAll(now);
    }
    try {
      tell();
    } catch (RuntimeException e) { // the next engine finds what is left
      LOG.warn("services", e);
    }
  }

  private void end(List<ServiceGroup> some) {
    var threads = new ArrayList<Thread>();
    var now = timers.clock().instant();
    for (var group : some) {
      threads.add(timers.start("end-" + group.config().name(), () -> group.end(now)));
    }
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
        if (open) {
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
