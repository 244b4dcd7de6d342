package dev.hivedeck.app.cli.gateway;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.RoutedInstance;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
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
    return text.append("\n").append(table).toString();
  }

  private static String words(RoutedInstance instance) {
    return instance.address() + (instance.resting() ? " (rests)" : "");
  }
}
