package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.gate.GateCommand;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.preparation.PortAllocator;
import dev.hivedeck.engine.process.PortHolder;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.security.SecretValues;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.log.ServiceLogs;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How the command of a service is run: its folder, environment, port, log and mark. */
final class ServiceLauncher {
  private static final Duration SEEDING = Duration.ofMinutes(10);

  private final Repository repository;
  private final Path data;
  private final SecretLookup secrets;
  private final Map<String, String> surroundings;
  private final PortAllocator ports;
  private final ServiceLogs logs;
  private final Timers timers;

  /**
   * @param data folder of the workspace's data: no other workspace has the same
   * @param surroundings environment of the engine
   */
  ServiceLauncher(
      Repository repository,
      Path data,
      SecretLookup secrets,
      Map<String, String> surroundings,
      PortAllocator ports,
      ServiceLogs logs,
      Timers timers) {
    this.repository = repository;
    this.data = data;
    this.secrets = secrets;
    this.surroundings = surroundings;
    this.ports = ports;
    this.logs = logs;
    this.timers = timers;
  }

  /**
   * What is run of a service.
   *
   * @param root what stands for the repository's
   */
  record Edition(String version, Path root) {}

  /** What stands for the repository's root. */
  Path root(@Nullable Path other) {
    return other == null ? repository.root() : other;
  }

  Timers timers() {
    return timers;
  }

  ServiceLogs logs() {
    return logs;
  }

  /** What all processes of an instance carry: the next engine finds them by that. */
  private String key(String instance) {
    return "service " + instance + " of " + data;
  }

  /**
   * Ends what an engine that was killed left running.
   *
   * @param configured services that may have been there
   * @param told those that were told of
   * @return how many processes that were
   */
  int endLeft(Set<String> configured, List<Service> told) {
    var services = new HashSet<>(configured);
    var keys = new HashSet<String>();
    for (var service : told) {
      services.add(service.id());
      service.instances().forEach(i -> keys.add(key(i.name())));
    }
    for (String service : services) {
      keys.add(key(seeder(service)));
      for (int i = 1; i <= ServiceConfig.MOST_INSTANCES; i++) {
        keys.add(key(service + "-" + i)); // it may have been begun without being told of
      }
    }
    ProcessTree.carrying().stream()
        .map(ProcessTree.Found::key)
        .filter(key -> key.startsWith("service ") && key.endsWith(" of " + data))
        .forEach(keys::add);
    return ProcessTree.endCarrying(keys);
  }

  /** The commit that is checked out, in short; empty where there is none. */
  String version() {
    var head = repository.git().run("rev-parse", "--short=7", "HEAD");
    return head.ok() ? head.value() : "";
  }

  /**
   * A port for an instance.
   *
   * @param before the one that it had; it gets that again where it can
   * @throws HiveException {@code not-started}
   */
  int port(ServiceConfig config, int number, int before) {
    if (config.port() > 0) {
      int wanted = config.port() + number - 1;
      if (!PortHolder.isFree(wanted)) {
        throw new HiveException(
            ErrorCode.NOT_STARTED,
            "port " + wanted + " is taken by " + PortHolder.of(wanted),
            "Free is " + PortHolder.nextFree(wanted + 1) + ", for example.");
      }
      return wanted;
    }
    if (before > 0 && PortHolder.isFree(before)) {
      return before;
    }
    if (before > 0) {
      ports.giveBack(List.of(before));
    }
    return ports.take(1).stream()
        .findFirst()
        .orElseThrow(
            () -> new HiveException(ErrorCode.NOT_STARTED, "no port is free", "End something."));
  }

  void giveBack(int port) {
    ports.giveBack(List.of(port));
  }

  /**
   * Begins an instance.
   *
   * @param needed the port of a service that it needs; 0 where it has none
   * @throws HiveException {@code not-started}, {@code no-secret}
   */
  ServiceProcess start(
      ServiceConfig config,
      String instance,
      Edition edition,
      int port,
      Function<String, Integer> needed,
      Runnable exited) {
    UnaryOperator<String> masked = secrets.redactor().stream();
    return ServiceProcess.start(
        Optional.ofNullable(config.run()).orElseThrow(),
        folder(config, edition),
        environment(config, instance, edition, port, needed),
        line -> logs.printed(config.name(), instance, masked.apply(line)),
        exited);
  }

  /**
   * Runs the seed of a service to its end.
   *
   * @return what went wrong; empty when nothing did
   */
  Optional<String> seed(ServiceConfig config, Function<String, Integer> needed) {
    String name = config.name();
    var edition = new Edition(ServiceDirectory.STABLE, repository.root());
    String seed = Optional.ofNullable(config.seed()).orElseThrow();
    var masked = secrets.redactor();
    logs.done(name, "", "seed: " + seed);
    try {
      var exit =
          new GateCommand(timers)
              .run(
                  seed,
                  folder(config, edition),
                  environment(config, seeder(name), edition, 0, needed),
                  SEEDING);
      exit.output().lines().forEach(line -> logs.printed(name, "", masked.redact(line)));
      return exit.late()
          ? Optional.of("the seed did not end within 10 minutes")
          : exit.code() == 0
              ? Optional.empty()
              : Optional.of("the seed ended with exit " + exit.code());
    } catch (RuntimeException e) {
      return Optional.of("the seed was not begun: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the seed was stopped");
    }
  }

  /** Who runs the seed of a service, as an instance of it. */
  private static String seeder(String service) {
    return service + "-seed";
  }

  private static Path folder(ServiceConfig config, Edition edition) {
    return edition.root().resolve(config.folder()).normalize();
  }

  private Map<String, String> environment(
      ServiceConfig config,
      String instance,
      Edition edition,
      int port,
      Function<String, Integer> needed) {
    var environment = new LinkedHashMap<String, String>();
    for (String name : config.pass()) {
      String value = surroundings.get(name);
      if (value != null) {
        environment.put(name, value);
        if (!ProcessTree.isPlain(name)) {
          secrets.mask(value);
        }
      }
    }
    for (String other : config.needs()) {
      int at = needed.apply(other);
      if (at > 0) {
        environment.put("HIVEDECK_" + variable(other) + "_PORT", String.valueOf(at));
      }
    }
    config
        .env()
        .forEach(
            (name, value) ->
                environment.put(
                    name,
                    value.startsWith("secret:") || value.startsWith("env:")
                        ? secrets.value(value)
                        : value));
    config.env().entrySet().stream()
        .filter(e -> SecretValues.isSecretName(e.getKey()))
        .forEach(e -> secrets.mask(environment.getOrDefault(e.getKey(), e.getValue())));
    environment.put("HIVEDECK_WORKSPACE", edition.root().toString());
    environment.put("HIVEDECK_VERSION", edition.version());
    environment.put("HIVEDECK_SERVICE", config.name());
    environment.put("HIVEDECK_INSTANCE", instance);
    environment.put(ProcessTree.MARK, key(instance));
    if (port > 0) {
      environment.put("PORT", String.valueOf(port));
    }
    return environment;
  }

  private static String variable(String service) {
    return service.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
