package dev.hivedeck.engine.service.registry;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.health.HealthProbe;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import dev.hivedeck.engine.service.supervise.ServiceMeter;
import dev.hivedeck.engine.service.supervise.ServiceTeller;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services that tell themselves where they are. Each instance is forgotten when it was not heard of
 * for as long as it said itself; one that says how is checked as well. What is known is written
 * down, so that an engine that starts again knows it and waits once more for each to be heard of.
 */
public final class RegisteredServices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegisteredServices.class);
  private static final int SERVICES = 200;
  private static final int INSTANCES = 100;
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Store store;
  private final Supplier<Set<String>> configured;
  private final ServiceTeller teller;
  private final ServiceMeter meter;
  private final Timers timers;
  private final Map<String, Map<String, RegisteredInstance>> services = new TreeMap<>();
  private final Runnable moved;
  private final BaseVersions bases = new BaseVersions();
  private volatile Map<String, List<ServiceAddress>> addresses = Map.of();
  private volatile Map<String, String> baseVersions = Map.of();
  private boolean looking;
  private boolean closed;

  /**
   * @param moved runs when {@link #addresses} are others
   * @param configured names of the services in {@code hive.yaml}: nobody registers as one of them
   */
  public RegisteredServices(
      Store store,
      Supplier<Set<String>> configured,
      ServiceTeller teller,
      ServiceMeter meter,
      Timers timers,
      Runnable moved) {
    this.store = store;
    this.configured = configured;
    this.teller = teller;
    this.meter = meter;
    this.timers = timers;
    this.moved = moved;
  }

  /** Takes up what was known before; each has to be heard of in its time. */
  public synchronized void start() {
    Instant now = timers.clock().instant();
    for (var service : store.read(ServiceLedger::all)) {
      if (service.origin() == ServiceOrigin.REGISTERED) {
        var instances = new LinkedHashMap<String, RegisteredInstance>();
        for (var i : service.instances()) {
          var ttl = Duration.ofMillis((long) (Objects.requireNonNullElse(i.ttl(), 30.0) * 1_000));
          instances.put(
              i.name(), new RegisteredInstance(i.host(), i.port(), i.version(), ttl, rule(i), now));
        }
        services.put(service.id(), instances);
      }
    }
    place();
    lookLater();
  }

  private static HealthRule rule(ServiceInstance instance) {
    return Optional.ofNullable(instance.check()).flatMap(HealthRule::parse).orElse(HealthRule.NONE);
  }

  /**
   * An instance tells where it is.
   *
   * @throws HiveException {@code bad-usage}
   */
  public synchronized Service register(ServiceCommand.RegisterService c) {
    String service = RegisterRules.service(c);
    if (configured.get().contains(service)) {
      throw RegisterRules.refused(
          "Service " + service + " is configured, so that nobody registers as it.",
          "Take another name, or take it out of services: in .hivedeck/hive.yaml.");
    }
    Instant now = timers.clock().instant();
    var entry = RegisterRules.read(c, now);
    String instance = RegisterRules.instance(c);
    var known = services.getOrDefault(service, Map.of());
    boolean full = services.size() >= SERVICES && !services.containsKey(service);
    if (!known.containsKey(instance) && (known.size() >= INSTANCES || full)) {
      throw RegisterRules.refused(
          "There are as many services as there may be: "
              + SERVICES
              + ", each with "
              + INSTANCES
              + " instances.",
          "Deregister some first.");
    }
    var all = services.computeIfAbsent(service, n -> new LinkedHashMap<>());
    var before = all.get(instance);
    if (before != null && before.same(entry)) {
      before.heard = now;
    } else {
      all.put(instance, entry);
    }
    var view = view(service);
    place();
    teller.tell(view, true);
    lookLater();
    return view;
  }

  /**
   * An instance still is there.
   *
   * @throws HiveException {@code no-thing} when it is not known, or no more
   */
  public synchronized Service heartbeat(String service, String instance) {
    entry(service, instance).heard = timers.clock().instant();
    return view(service);
  }

  /**
   * An instance goes away.
   *
   * @param instance null for all of the service
   * @throws HiveException {@code no-thing} when it is not known, or no more
   */
  public synchronized Service deregister(String service, @Nullable String instance) {
    var before = view(service);
    if (instance == null) {
      services.remove(service);
      bases.forget(service);
    } else {
      entry(service, instance);
      services.getOrDefault(service, Map.of()).remove(instance);
    }
    told(service);
    return services.containsKey(service) ? view(service) : before;
  }

  private RegisteredInstance entry(String service, String instance) {
    var entry = services.getOrDefault(service, Map.of()).get(instance);
    if (entry == null) {
      throw new HiveException(
          ErrorCode.NO_THING,
          "Nothing is registered as " + instance + " of " + service + ".",
          "It was not heard of in time, or deregistered; register it again.");
    }
    return entry;
  }

  /** Looks at once whether one of them is Hivedeck's now. */
  public synchronized void follow() {
    if (services.keySet().stream().anyMatch(configured.get()::contains)) {
      look();
    }
  }

  private void lookLater() {
    if (!looking && !services.isEmpty()) {
      looking = true;
      timers.after(
          LOOK,
          () -> {
            synchronized (this) {
              looking = false;
              if (!closed) {
                lookAgain();
              }
            }
          });
    }
  }

  private void lookAgain() {
    try {
      look();
    } catch (RuntimeException e) { // of the disk, say
      LOG.warn("services that registered", e);
    }
    lookLater();
  }

  /** Looks no more. */
  @Override
  public synchronized void close() {
    closed = true;
  }

  /** Looks once: who was not heard of is forgotten, who is to be checked is. */
  public synchronized void look() {
    Instant now = timers.clock().instant();
    for (String service : List.copyOf(services.keySet())) {
      var all = services.getOrDefault(service, Map.of());
      boolean gone = all.values().removeIf(e -> !now.isBefore(e.heard.plus(e.ttl)));
      if (gone || configured.get().contains(service)) {
        told(service);
      }
      all.forEach((name, entry) -> check(service, name, entry, now));
    }
    if (bases.isDue(now)) {
      place();
    }
  }

  private void told(String service) {
    try {
      tell(service);
    } finally {
      place();
    }
  }

  private void tell(String service) {
    var all = services.getOrDefault(service, Map.of());
    if (configured.get().contains(service)) {
      services.remove(service); // it is Hivedeck's now, which tells of it
    } else if (all.isEmpty()) {
      services.remove(service);
      teller.forget(service);
    } else {
      teller.tell(view(service), true);
    }
  }

  private void check(String service, String name, RegisteredInstance entry, Instant now) {
    if (entry.rule.kind() == CheckKind.NONE || entry.checking || now.isBefore(entry.nextCheck)) {
      return;
    }
    entry.checking = true;
    timers.start(
        "check-" + service,
        () -> {
          var checked = HealthProbe.check(entry.rule, entry.host, entry.port);
          taken(service, name, entry, checked);
        });
  }

  private synchronized void taken(
      String service, String name, RegisteredInstance entry, Checked checked) {
    Instant now = timers.clock().instant();
    entry.checking = false;
    entry.nextCheck = now.plus(entry.rule.every());
    entry.checkedAt = now;
    entry.last = checked;
    entry.streak = entry.streak.with(checked.good());
    meter.checked(service, name, checked.millis());
    var next = entry.state;
    if (checked.good() && entry.streak.good() >= entry.rule.rise()) {
      next = ServiceState.HEALTHY;
    } else if (!checked.good() && entry.streak.bad() >= entry.rule.fall()) {
      next = ServiceState.UNHEALTHY;
    }
    if (next != entry.state) {
      entry.state = next;
      entry.since = now;
      entry.why = next == ServiceState.UNHEALTHY ? checked.said() : "";
      if (services.getOrDefault(service, Map.of()).get(name) == entry) {
        told(service);
      }
    }
  }

  /**
   * @throws HiveException {@code no-thing}
   */
  private Service view(String service) {
    var all = services.get(service);
    if (all == null || all.isEmpty()) {
      throw ServiceLedger.missing(service);
    }
    var instances = new ArrayList<ServiceInstance>();
    all.forEach((name, entry) -> instances.add(entry.view(name)));
    var worst =
        instances.stream().anyMatch(i -> i.state() == ServiceState.UNHEALTHY)
            ? ServiceState.UNHEALTHY
            : instances.stream().anyMatch(i -> i.state() == ServiceState.STARTING)
                ? ServiceState.STARTING
                : ServiceState.HEALTHY;
    var rule = all.values().iterator().next().rule;
    return new Service(
        service,
        ServiceOrigin.REGISTERED,
        worst,
        true,
        instances.stream().filter(i -> i.state() == worst).findFirst().orElseThrow().why(),
        null,
        ".",
        null,
        List.of(),
        List.of(),
        rule.view(),
        instances);
  }

  /** Where instances on this machine are, by their services; replaced as a whole. */
  public Map<String, List<ServiceAddress>> addresses() {
    return addresses;
  }

  private void place() {
    var all = new LinkedHashMap<String, List<ServiceAddress>>();
    services.forEach(
        (service, instances) ->
            all.put(
                service,
                instances.entrySet().stream()
                    .map(e -> e.getValue().address(service, e.getKey()))
                    .filter(ServiceAddress::isHere)
                    .toList()));
    all.values().removeIf(List::isEmpty);
    bases.follow(all, ttls(), timers.clock().instant());
    var versions = bases.versions();
    if (!all.equals(addresses) || !versions.equals(baseVersions)) {
      addresses = all;
      baseVersions = versions;
      moved.run();
    }
  }

  private Map<String, Duration> ttls() {
    var ttls = new HashMap<String, Duration>();
    services.forEach(
        (service, instances) ->
            instances.values().stream()
                .map(e -> e.ttl)
                .max(Comparator.naturalOrder())
                .ifPresent(longest -> ttls.put(service, longest)));
    return ttls;
  }

  /** The version of each that has the traffic which no other is given. */
  public Map<String, String> bases() {
    return baseVersions;
  }

  /** What checks said of late. */
  public synchronized List<ServiceFigures> figures() {
    var figures = new ArrayList<ServiceFigures>();
    services.forEach(
        (service, all) -> {
          var instances = new ArrayList<InstanceFigures>();
          all.forEach(
              (name, e) ->
                  instances.add(
                      new InstanceFigures(
                          name,
                          e.checkedAt == null ? e.heard : e.checkedAt,
                          e.checkedAt == null ? "heard" : e.last.said(),
                          e.last.millis(),
                          List.of(),
                          null)));
          figures.add(new ServiceFigures(service, instances));
        });
    return figures;
  }
}
