package dev.hivedeck.app.cli.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What runs beside the agents. */
@Command(
    name = "services",
    description =
        "Services of the workspace: those that Hivedeck runs, those it looks at, and those that "
            + "registered; without more words, all of them.")
public final class ServiceCommands implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new ServiceQuery.Services(), Service.class);
      var table = new TextTable("Service", "State", "Healthy", "Version", "Ports", "Why");
      all.forEach(
          s ->
              table.row(
                  s.id(),
                  state(s),
                  s.healthy() + " of " + s.instances().size(),
                  versions(s),
                  ports(s),
                  s.why()));
      cli.answer(
          all,
          all.isEmpty()
              ? "No service. services: in .hivedeck/hive.yaml says what is to run."
              : table.toString());
      return HivedeckCommand.DONE;
    }
  }

  private static String state(Service s) {
    return Word.kebab(s.state()) + (s.wanted() ? "" : ", not wanted");
  }

  private static String versions(Service s) {
    return s.instances().stream()
        .map(ServiceInstance::version)
        .filter(v -> !v.isEmpty())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String ports(Service s) {
    return s.instances().stream()
        .filter(i -> i.port() > 0)
        .map(i -> String.valueOf(i.port()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  @Command(name = "show", description = "Its instances, and what checks of them said last.")
  int show(@Parameters(paramLabel = "SERVICE") String service) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      JsonNode answer = opened.door().query(new ServiceQuery.OneService(service));
      var known = Json.as(answer, Service.class);
      var figures =
          opened.list(new ServiceQuery.Figures(), ServiceFigures.class).stream()
              .filter(f -> f.id().equals(service))
              .flatMap(f -> f.instances().stream())
              .collect(Collectors.toMap(InstanceFigures::instance, f -> f));
      var table =
          new TextTable(
              "Instance", "State", "Version", "Address", "Pid", "Restarts", "Check", "Why");
      known
          .instances()
          .forEach(
              i ->
                  table.row(
                      i.name(),
                      Word.kebab(i.state()),
                      i.version(),
                      i.host() + ":" + i.port(),
                      i.pid() == null ? "" : i.pid(),
                      i.restarts(),
                      check(figures.get(i.name())),
                      i.why()));
      cli.answer(answer, heading(known) + "\n" + table);
      return HivedeckCommand.DONE;
    }
  }

  private static String heading(Service s) {
    var text = new StringBuilder(s.id() + ": " + state(s));
    if (s.run() != null) {
      text.append("\n  run: ").append(Printable.line(s.run())).append(", in ").append(s.folder());
    }
    if (!s.needs().isEmpty()) {
      text.append("\n  needs: ").append(String.join(", ", s.needs()));
    }
    return text.toString();
  }

  private static String check(InstanceFigures figures) {
    if (figures == null || figures.at() == null) {
      return "";
    }
    return figures.millis() == null
        ? figures.said()
        : String.format(Locale.ROOT, "%s in %.1f ms", figures.said(), figures.millis());
  }

  @Command(name = "start", description = "Lets a service run, also one that was given up.")
  int start(@Parameters(paramLabel = "SERVICE") String service) {
    return SteerCommands.send(
        cli, new ServiceCommand.StartService(service), service + " is to run.");
  }

  @Command(name = "stop", description = "Ends a service, until it is started again.")
  int stop(@Parameters(paramLabel = "SERVICE") String service) {
    return SteerCommands.send(
        cli, new ServiceCommand.StopService(service), service + " is not to run.");
  }

  @Command(name = "restart", description = "Begins its instances anew, one after another.")
  int restart(@Parameters(paramLabel = "SERVICE") String service) {
    return SteerCommands.send(
        cli, new ServiceCommand.RestartService(service), service + " is begun anew.");
  }

  @Command(name = "logs", description = "What it printed and what was done with it.")
  int logs(
      @Parameters(paramLabel = "SERVICE") String service,
      @Option(names = "--instance", description = "Only of that one.") String instance,
      @Option(
              names = "--last",
              defaultValue = "200",
              description = "How many lines; default: ${DEFAULT-VALUE}.")
          int last) {
    return logs(cli, service, instance, last);
  }

  /**
   * Prints the log of a service.
   *
   * @param instance only of that one; null for all
   * @param last how many lines
   */
  public static int logs(HivedeckCommand cli, String service, String instance, int last) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      int lines = Math.max(1, last);
      var answer = opened.door().query(new ServiceQuery.Log(service, instance, -lines, lines));
      var log = Json.as(answer, ServiceLog.class);
      cli.answer(answer, log.lines().isEmpty() ? "Nothing is in its log." : text(log));
      return HivedeckCommand.DONE;
    }
  }

  private static String text(ServiceLog log) {
    return log.lines().stream()
        .map(
            line ->
                Printable.line(
                    "%s  %-8s  %-8s  %s"
                        .formatted(
                            TIME.format(line.at()), line.instance(), line.level(), line.text())))
        .collect(Collectors.joining("\n"));
  }

  @Command(
      name = "register",
      description =
          "Tells where something runs that Hivedeck does not run. It is forgotten unless it is "
              + "registered again, or heartbeat says that it is there, within its time.")
  int register(
      @Parameters(paramLabel = "SERVICE") String service,
      @Parameters(paramLabel = "PORT", description = "Where it listens.") int port,
      @Option(names = "--host", description = "Unless it is this machine.") String host,
      @Option(names = "--instance", description = "Its own name; else its address.")
          String instance,
      @Option(names = "--version-of", paramLabel = "VERSION", description = "What it is.")
          String version,
      @Option(names = "--ttl", description = "Its time, such as 30s, which it is without it.")
          String ttl,
      @Option(names = "--check", description = "tcp, or a path such as /health.") String check) {
    return SteerCommands.send(
        cli,
        new ServiceCommand.RegisterService(service, instance, host, port, version, ttl, check),
        service + " is registered.");
  }

  @Command(name = "heartbeat", description = "Says that something that registered is still there.")
  int heartbeat(
      @Parameters(paramLabel = "SERVICE") String service,
      @Parameters(paramLabel = "INSTANCE") String instance) {
    return SteerCommands.send(
        cli, new ServiceCommand.HeartbeatService(service, instance), "It is there.");
  }

  @Command(name = "deregister", description = "Forgets what registered.")
  int deregister(
      @Parameters(paramLabel = "SERVICE") String service,
      @Parameters(paramLabel = "INSTANCE", arity = "0..1", description = "All unless given.")
          String instance) {
    return SteerCommands.send(
        cli,
        new ServiceCommand.DeregisterService(service, instance),
        (instance == null ? service : instance) + " is forgotten.");
  }

  @Command(name = "instance", description = "Where one that is healthy is, each in turn.")
  int instance(@Parameters(paramLabel = "SERVICE") String service) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      JsonNode answer = opened.door().query(new ServiceQuery.HealthyInstance(service));
      var instance = Json.as(answer, ServiceInstance.class);
      cli.answer(answer, instance.host() + ":" + instance.port());
      return HivedeckCommand.DONE;
    }
  }
}
