package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.service.ServiceVersions;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Has a supervisor run other versions of its services. */
final class RunningVersions implements ServiceVersions {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final Supervisor supervisor;
  private final Supplier<Map<String, ServiceConfig>> configs;
  private final Timers timers;

  /**
   * @param configs the services in force
   */
  RunningVersions(
      Supervisor supervisor, Supplier<Map<String, ServiceConfig>> configs, Timers timers) {
    this.supervisor = supervisor;
    this.timers = timers;
    this.configs = configs;
  }

  @Override
  public void begin(String service, String version, Path folder, String commit) {
    if (!NAME.matcher(version).matches() || version.equals(ServiceDirectory.STABLE)) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + version + "\" is no name of another version of " + service + ".",
          "Take letters, digits, dots, underscores and hyphens; "
              + ServiceDirectory.STABLE
              + " is the one of hive.yaml.");
    }
    var config = configs.get().get(service);
    if (config == null) {
      throw ServiceLedger.missing(service);
    }
    if (config.run() == null) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Service " + service + " runs elsewhere: Hivedeck begins no version of it.",
          "Give it run: in .hivedeck/hive.yaml.");
    }
    synchronized (supervisor) {
      supervisor.group(config).begin(version, folder, commit);
    }
    supervisor.wake();
  }

  @Override
  public void end(String service, String version, Runnable then) {
    Runnable started = () -> timers.start("ended-" + service + "@" + version, then);
    synchronized (supervisor) {
      var group = supervisor.group(service);
      if (group.isEmpty() || !group.get().end(version, started)) {
        started.run();
      }
    }
    supervisor.wake();
  }

  @Override
  public Optional<VersionState> state(String service, String version) {
    synchronized (supervisor) {
      return supervisor.group(service).flatMap(group -> group.version(version));
    }
  }
}
