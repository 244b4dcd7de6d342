package dev.hivedeck.app.cli.gateway;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.gateway.FaultCommand;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.InjectedFault;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.RoutedInstance;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows the gateway. */
@Command(
    name = "gateway",
    description = "Where the gateway listens, and how it splits the traffic of services.")
public final class GatewayCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var status = Json.as(opened.door().query(new GatewayQuery.Status()), GatewayStatus.class);
      cli.answer(status, words(status));
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "fault",
      description = {
        "Has requests through the gateway go wrong for a time, for practice and for tests.",
        "It ends by itself, and is not begun again after a restart."
      })
  int fault(
      @Parameters(paramLabel = "SERVICE") String service,
      @Option(names = "--version-of", paramLabel = "VERSION", description = "Only that one.")
          String version,
      @Option(
              names = "--errors",
              paramLabel = "SHARE",
              description = "Answered by 503, such as 3%%.")
          String errors,
      @Option(
              names = "--abort",
              paramLabel = "SHARE",
              description = "Whose connection is ended without an answer, such as 1%%.")
          String abort,
      @Option(names = "--delay", paramLabel = "TIME", description = "Of each: 100ms.") String delay,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              description = "Until it ends; 10m unless given.")
          String time,
      @Option(names = "--clear", description = "Ends it now.") boolean clear) {
    return SteerCommands.send(
        cli,
        clear
            ? new FaultCommand.ClearFault(service, version)
            : new FaultCommand.InjectFault(service, version, errors, abort, delay, time),
        clear
            ? "Nothing is made to go wrong at " + service + " any more."
            : "Requests to "
                + service
                + " go wrong from now on; hivedeck gateway fault "
                + service
                + " --clear ends that.");
  }

  private static String words(GatewayStatus status) {
    var text = new StringBuilder();
    if (status.on()) {
      text.append("The gateway listens at ").append(status.address()).append('.');
    } else if (status.problem() != null) {
      text.append("The gateway does not listen. ")
          .append(status.problem())
          .append(' ')
          .append(status.remedy());
    } else {
      return "There is no gateway. Give hive.yaml one: gateway: { port: 8080 }.";
    }
    if (status.services().isEmpty()) {
      return text + " No service is behind it.";
    }
    var table = new TextTable("Service", "Version", "Share", "Requests", "Errors", "Instances");
    for (var service : status.services()) {
      for (var version : service.versions()) {
        table.row(
            service.name(),
            version.name(),
            String.format(Locale.ROOT, "%.3f", 100 * version.weight()).replaceFirst("\\.?0+$", "")
                + "%",
            version.requests(),
            version.errors(),
            version.instances().stream()
                .map(GatewayCommand::words)
                .collect(Collectors.joining(", ")));
      }
    }
    text.append("\n").append(table);
    for (var service : status.services()) {
      service.faults().forEach(f -> text.append(words(service.name(), f)));
    }
    return text.toString();
  }

  private static String words(String service, InjectedFault fault) {
    return "\n%s%s goes wrong until %s: %.1f%% errors, %.1f%% aborts, %.0f ms later."
        .formatted(
            service,
            fault.version() == null ? "" : " " + fault.version(),
            fault.until(),
            100 * fault.errors(),
            100 * fault.aborts(),
            1_000 * fault.delay());
  }

  private static String words(RoutedInstance instance) {
    return instance.address() + (instance.resting() ? " (rests)" : "");
  }
}
