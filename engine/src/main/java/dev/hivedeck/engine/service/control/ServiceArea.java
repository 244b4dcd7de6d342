package dev.hivedeck.engine.service.control;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.preparation.PortAllocator;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.ServiceVersions;
import dev.hivedeck.engine.service.log.ServiceLogs;
import dev.hivedeck.engine.service.registry.RegisteredServices;
import dev.hivedeck.engine.service.supervise.ServiceTeller;
import dev.hivedeck.engine.service.supervise.Supervisor;
import dev.hivedeck.engine.service.watch.FileWatch;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Registers services: those that Hivedeck runs, those it looks at, those that tell themselves. */
public final class ServiceArea implements ServiceDirectory, AutoCloseable {

  private final Store store;
  private final Supplier<Map<String, ServiceConfig>> configs;
  private final ServiceLogs logs;
  private final Supervisor supervisor;
  private final RegisteredServices registered;
  private final FileWatch watch;
  private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();

  /**
   * @param configs services in force; none before a person consented
   * @param data folder of the workspace's data
   * @param environment of the engine
   * @param moved runs when addresses are others
   * @param speed how much shorter than said pauses are
   */
  public ServiceArea(
      Store store,
      Supplier<Map<String, ServiceConfig>> configs,
      Repository repository,
      Path data,
      SecretLookup secrets,
      Map<String, String> environment,
      PortAllocator ports,
      MetricRegistry metrics,
      Timers timers,
      Supplier<String> ids,
      Runnable moved,
      double speed) {
    this.store = store;
    this.configs = configs;
    this.logs = logs(data, timers);
    var meter = new RegistryMeter(metrics);
    this.supervisor =
        new Supervisor(
            store,
            configs,
            repository,
            data,
            secrets,
            environment,
            ports,
            logs,
            timers,
            ids,
            meter,
            moved,
            speed);
    this.watch = new FileWatch(repository.root(), repository.git(), timers, supervisor::changed);
    this.registered =
        new RegisteredServices(
            store,
            () -> configs.get().keySet(),
            new ServiceTeller(store, ids, secrets.redactor()::redact),
            meter,
            timers,
            moved);
  }

  private static ServiceLogs logs(Path data, Timers timers) {
    return new ServiceLogs(data.resolve("services"), timers.clock());
  }

  /** Begins what is to run. */
  public void start() {
    registered.start();
    supervisor.start();
    watch.follow(watched());
  }

  /** Follows the configuration. */
  public void follow() {
    supervisor.follow();
    registered.follow();
    watch.follow(watched());
  }

  /** Whether anything is left of a service. */
  public boolean runs(String service) {
    return supervisor.figures().stream().anyMatch(f -> f.id().equals(service));
  }

  /** Other versions of services, run beside those of {@code hive.yaml}. */
  public ServiceVersions versions() {
    return supervisor.versions();
  }

  /** Begins a service anew, one instance after another, as a person does. */
  public void beginAnew(Tx tx, String service) throws SQLException {
    wanted(tx, service, true, true);
  }

  /** What instances printed, and what was done with them. */
  public ServiceLogs logs() {
    return logs;
  }

  private Map<String, List<String>> watched() {
    var watched = new TreeMap<String, List<String>>();
    configs
        .get()
        .forEach(
            (name, service) -> {
              if (!service.watch().isEmpty()) {
                watched.put(name, service.watch());
              }
            });
    return watched;
  }

  /** Of an engine that is only asked. */
  public static Area reading(Ledger ledger, Path data, Timers timers) {
    return asked(ledger, logs(data, timers), List::of, service -> picked(ledger, service)).build();
  }

  private interface Picking {
    ServiceInstance pick(String service);
  }

  private static ServiceInstance picked(Ledger ledger, String id) {
    var service = ledger.read(sql -> ServiceLedger.one(sql, id));
    return service.instances().stream()
        .filter(i -> i.state() == ServiceState.HEALTHY)
        .findFirst()
        .orElseThrow(() -> none(service));
  }

  private static HiveException none(Service service) {
    return new HiveException(
        ErrorCode.NOT_NOW,
        "No instance of " + service.id() + " is healthy now.",
        "hivedeck service logs " + service.id() + " says why.");
  }

  /** Each that is healthy in turn. */
  private ServiceInstance next(String id) {
    var service = store.read(sql -> ServiceLedger.one(sql, id));
    var healthy =
        service.instances().stream().filter(i -> i.state() == ServiceState.HEALTHY).toList();
    if (healthy.isEmpty()) {
      throw none(service);
    }
    int turn = turns.computeIfAbsent(id, n -> new AtomicInteger()).getAndIncrement();
    return healthy.get(Math.floorMod(turn, healthy.size()));
  }

  /** Of an engine that takes commands. */
  public Area area() {
    return asked(store, logs, this::figures, this::next)
        .commands(ServiceCommand.class, this::action)
        .build();
  }

  private Action action(ServiceCommand command) {
    return switch (command) {
      case ServiceCommand.StartService c ->
          Action.answer(tx -> wanted(tx, c.id(), true, isStuck(tx, c.id())));
      case ServiceCommand.StopService c -> Action.answer(tx -> wanted(tx, c.id(), false, false));
      case ServiceCommand.RestartService c -> Action.answer(tx -> wanted(tx, c.id(), true, true));
      case ServiceCommand.RegisterService c -> Action.effect(() -> registered.register(c));
      case ServiceCommand.HeartbeatService c ->
          Action.effect(() -> registered.heartbeat(c.id(), c.instance()));
      case ServiceCommand.DeregisterService c ->
          Action.effect(() -> registered.deregister(c.id(), c.instance()));
    };
  }

  private static boolean isStuck(Tx tx, String id) throws SQLException {
    var state = ServiceLedger.find(tx.sql(), id).map(row -> row.view().state()).orElse(null);
    return state == ServiceState.FAILED || state == ServiceState.BACKING_OFF;
  }

  private Service wanted(Tx tx, String id, boolean wanted, boolean anew) throws SQLException {
    var config = configs.get().get(id);
    if (config == null) {
      var row = ServiceLedger.find(tx.sql(), id).orElseThrow(() -> ServiceLedger.missing(id));
      throw notOurs(
          row.view().origin() == ServiceOrigin.REGISTERED
              ? "Service " + id + " registered itself"
              : "Service " + id + " is configured no more");
    }
    if (config.run() == null) {
      throw notOurs("Service " + id + " runs elsewhere, at " + config.host());
    }
    var view = ServiceLedger.want(tx, Supervisor.unbegun(config), wanted, anew);
    tx.after(supervisor::wanted);
    return view;
  }

  private static HiveException notOurs(String what) {
    return new HiveException(
        ErrorCode.NOT_NOW,
        what + ": Hivedeck neither begins nor ends it.",
        "Whoever began it can; services that Hivedeck begins have run: in .hivedeck/hive.yaml.");
  }

  private static Area.Builder asked(
      Ledger ledger, ServiceLogs logs, Supplier<List<ServiceFigures>> figures, Picking picking) {
    return Area.named("service")
        .queries(
            ServiceQuery.class,
            query ->
                switch (query) {
                  case ServiceQuery.Services _ -> ledger.read(ServiceLedger::all);
                  case ServiceQuery.OneService q ->
                      ledger.read(sql -> ServiceLedger.one(sql, q.id()));
                  case ServiceQuery.HealthyInstance q -> picking.pick(q.id());
                  case ServiceQuery.Figures _ -> figures.get();
                  case ServiceQuery.Log q -> {
                    ledger.read(sql -> ServiceLedger.one(sql, q.id()));
                    int limit = q.limit() <= 0 ? 100 : Math.min(q.limit(), ServiceLogs.LINES);
                    yield logs.page(q.id(), q.instance(), q.from(), limit);
                  }
                })
        .things(ServiceRegistration.SERVICE, ServiceLedger::all, ServiceLedger::one);
  }

  private List<ServiceFigures> figures() {
    var all = new ArrayList<>(supervisor.figures());
    all.addAll(registered.figures());
    return all;
  }

  @Override
  public List<ServiceAddress> of(String service) {
    var own = supervisor.addresses().of(service);
    return own.isEmpty() ? registered.addresses().getOrDefault(service, List.of()) : own;
  }

  @Override
  public Optional<ServiceAddress> at(ServiceAddress address) {
    return supervisor
        .addresses()
        .at(address)
        .or(
            () ->
                registered.addresses().values().stream()
                    .flatMap(List::stream)
                    .filter(known -> known.isSame(address))
                    .findFirst());
  }

  @Override
  public Set<String> names() {
    var names = new TreeSet<>(supervisor.addresses().names());
    names.addAll(registered.addresses().keySet());
    return names;
  }

  @Override
  public String base(String service) {
    return supervisor.addresses().names().contains(service)
        ? STABLE
        : registered.bases().getOrDefault(service, STABLE);
  }

  @Override
  public Map<String, String> routes() {
    return supervisor.addresses().routes();
  }

  /** Ends what runs. */
  @Override
  public void close() {
    watch.close();
    registered.close();
    supervisor.close();
    logs.close();
  }
}
