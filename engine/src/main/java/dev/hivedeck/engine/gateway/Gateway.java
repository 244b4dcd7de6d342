package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.gateway.GatewayConfig.ServiceRoute;
import dev.hivedeck.engine.gateway.http.GatewayServer;
import dev.hivedeck.engine.gateway.limit.SlidingWindow;
import dev.hivedeck.engine.gateway.proxy.Backends;
import dev.hivedeck.engine.gateway.proxy.ServiceProxy;
import dev.hivedeck.engine.gateway.proxy.TrafficFault;
import dev.hivedeck.engine.gateway.proxy.VersionedService;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.process.PortHolder;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.gateway.FaultCommand;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.InjectedFault;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.RoutedInstance;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.RoutedService;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.RoutedVersion;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.health.AddressHealth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway, as long as the configuration has one. */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Clock clock;
  private final Supplier<String> ids;
  private final Backends backends;
  private final RuledTraffic traffic;
  private final Map<String, VersionedService> services = new LinkedHashMap<>();
  private volatile FrontHandler.Destinations destinations =
      new FrontHandler.Destinations(new RouteTable(Map.of()), Map.of(), Map.of());

  private GatewayConfig config = GatewayConfig.OFF;
  private volatile @Nullable ServiceDirectory found;
  private @Nullable GatewayServer server;
  private @Nullable String problem;

  /**
   * @param registry where requests are counted
   * @param ids of requests and visitors
   */
  public Gateway(MetricRegistry registry, Clock clock, Supplier<String> ids) {
    this.clock = clock;
    this.ids = ids;
    this.backends = new Backends(clock);
    this.traffic =
        new RuledTraffic(
            registry, () -> destinations.services(), this::at, new AddressHealth(clock));
  }

  private Optional<ServiceAddress> at(ServiceAddress address) {
    var known = found;
    return known == null ? Optional.empty() : known.at(address);
  }

  /** How code rules and counts what passes. */
  public Traffic traffic() {
    return traffic;
  }

  /**
   * Leads to what is found too.
   *
   * @param services asked for each request, and again for what there is by {@link #discovered}
   */
  public synchronized void discover(ServiceDirectory services) {
    found = services;
    lead(config);
  }

  /** What is found has moved. */
  public synchronized void discovered() {
    if (config.isOn()) {
      lead(config);
    }
  }

  /** Follows the configuration: listens, leads elsewhere, or ends. */
  public synchronized void follow(GatewayConfig now) {
    if (!now.equals(config)) {
      int before = config.port();
      config = now;
      lead(now);
      if (now.port() != before) {
        stop();
        problem = null;
      }
    }
    if (config.isOn() && server == null) {
      listen(config.port());
    }
  }

  private void listen(int port) {
    if (!PortHolder.isFree(port)) {
      String before = "Port " + port + " is taken";
      if (problem == null || !problem.startsWith(before)) {
        problem = before + " by " + PortHolder.of(port) + ".";
        LOG.warn("gateway: {}", problem);
      }
      return;
    }
    try {
      server =
          GatewayServer.start(
              port,
              new FrontHandler(() -> destinations, new ServiceProxy(System::nanoTime, clock), ids));
      problem = null;
      LOG.info("gateway at {}", server.address());
    } catch (IOException | RuntimeException e) {
      String why = "Port " + port + " cannot be listened on: " + e.getMessage();
      if (!why.equals(problem)) {
        LOG.warn("gateway: {}", why);
      }
      problem = why;
    }
  }

  private void lead(GatewayConfig now) {
    var directory = new LedServices(now, found);
    var windows = new HashMap<String, SlidingWindow>();
    services.keySet().retainAll(directory.names());
    directory
        .settings()
        .forEach(
            settings -> {
              String name = settings.name();
              services.put(
                  name,
                  VersionedService.following(
                      services.get(name), settings, directory, backends, traffic.of(name)));
              var limit = settings.limit();
              if (limit != null) {
                var before = destinations.limits().get(name);
                windows.put(
                    name,
                    before != null && before.is(limit.requests(), limit.per())
                        ? before
                        : new SlidingWindow(clock, limit.requests(), limit.per()));
              }
            });
    destinations =
        new FrontHandler.Destinations(
            new RouteTable(directory.routes()), Map.copyOf(services), windows);
    var addresses = new ArrayList<ServiceAddress>();
    directory.names().forEach(name -> addresses.addAll(directory.of(name)));
    backends.keep(addresses);
  }

  /** How it stands where no engine runs. */
  public static GatewayStatus unstarted(GatewayConfig config) {
    return new GatewayStatus(
        false,
        null,
        config.isOn() ? "No engine runs." : null,
        config.isOn() ? "Start one: hivedeck run." : null,
        config.services().values().stream()
            .map(
                service ->
                    new RoutedService(
                        service.name(),
                        paths(service),
                        sticky(service),
                        service.versions().entrySet().stream()
                            .map(version -> unstarted(service, version))
                            .toList(),
                        List.of()))
            .toList());
  }

  private static RoutedVersion unstarted(
      ServiceRoute service, Map.Entry<String, List<InetSocketAddress>> version) {
    var split = Split.of(service.base(), service.weights());
    return new RoutedVersion(
        version.getKey(),
        split.weight(version.getKey()) / (double) Bucket.COUNT,
        0,
        0,
        version.getValue().stream()
            .map(at -> new RoutedInstance(at.getHostString() + ":" + at.getPort(), 0, false))
            .toList());
  }

  /** How it stands. */
  public synchronized GatewayStatus status() {
    return new GatewayStatus(
        server != null,
        server == null ? null : server.address(),
        problem,
        problem == null ? null : "Choose another port for gateway in hive.yaml, or free this one.",
        services.values().stream().map(this::view).toList());
  }

  private RoutedService view(VersionedService service) {
    var settings = service.settings();
    return new RoutedService(
        settings.name(),
        paths(settings),
        sticky(settings),
        service.versions().stream().map(version -> view(service, version)).toList(),
        traffic.of(settings.name()).faults(clock.instant()).stream().map(Gateway::view).toList());
  }

  private static InjectedFault view(TrafficFault fault) {
    return new InjectedFault(
        fault.version().isEmpty() ? null : fault.version(),
        fault.errors(),
        fault.aborts(),
        fault.delay().toMillis() / 1e3,
        fault.until());
  }

  /**
   * Has requests go wrong for a time, for practice and for tests; never after a restart.
   *
   * @throws HiveException {@code bad-usage}, {@code no-thing}
   */
  public GatewayStatus fault(FaultCommand command) {
    String service = command.id();
    var led = destinations.services().get(service);
    if (led == null) {
      throw new HiveException(
          ErrorCode.NO_THING,
          "The gateway leads to no service " + service + ".",
          "hivedeck gateway lists those there are.");
    }
    switch (command) {
      case FaultCommand.InjectFault c -> {
        var fault = Faults.read(c, clock.instant());
        if (!fault.version().isEmpty() && !led.versions().contains(fault.version())) {
          throw new HiveException(
              ErrorCode.NO_THING,
              service + " has no version " + fault.version() + ".",
              "It has " + String.join(", ", led.versions()) + ".");
        }
        traffic.of(service).suffer(fault);
        LOG.warn("gateway: requests to {} go wrong until {}: {}", service, fault.until(), c);
      }
      case FaultCommand.ClearFault c -> {
        traffic.of(service).clear(c.version());
        LOG.warn("gateway: nothing is made to go wrong at {} any more", service);
      }
    }
    return status();
  }

  private static List<String> paths(ServiceRoute service) {
    String api = RouteTable.API + service.name();
    return service.route() == null ? List.of(api) : List.of(api, service.route());
  }

  private static String sticky(ServiceRoute service) {
    return service.header() == null
        ? service.stickyBy().name().toLowerCase(Locale.ROOT)
        : "header:" + service.header();
  }

  private static RoutedVersion view(VersionedService service, String version) {
    var served = service.meter(version).all();
    return new RoutedVersion(
        version,
        service.share(version),
        served.requests(),
        served.errors(),
        service.instances(version).stream()
            .map(
                at ->
                    new RoutedInstance(
                        at.host() + ":" + at.port(), service.open(at), service.rests(at)))
            .toList());
  }

  private void stop() {
    if (server != null) {
      backends.disconnect(); // its threads have the connections
      server.close();
      server = null;
    }
  }

  @Override
  public synchronized void close() {
    stop();
  }
}
