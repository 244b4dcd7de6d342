package dev.hivedeck.app.cli.audit;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.audit.AuditQuery;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Who did what. */
@Command(
    name = "audit",
    description = "Who did what, by which entry point, with what outcome; the newest first.")
public final class AuditCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only from then on: how long ago, as in 7d, or a time.")
  String since;

  @Option(
      names = "--by",
      description = "Only those of you, of an attempt, or by desktop, cli, http, mcp or feed.")
  String by;

  @Option(
      names = "--limit",
      defaultValue = "500",
      description = "At most so many; default: ${DEFAULT-VALUE}.")
  int limit;

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "--limit is " + limit + ".", "Write 1 or more.");
    }
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new AuditQuery.Entries(since, by, limit), AuditEntry.class);
      var table = new TextTable("When", "Who", "By", "Command", "About", "Outcome");
      all.forEach(
          e ->
              table.row(
                  e.at(),
                  e.who(),
                  e.entryPoint().word(),
                  e.command(),
                  e.about() == null ? "" : e.about(),
                  e.refused() ? e.error() + ": " + e.message() : "done"));
      cli.answer(all, all.isEmpty() ? "Nobody did any such thing." : table.toString());
      return HivedeckCommand.DONE;
    }
  }
}
