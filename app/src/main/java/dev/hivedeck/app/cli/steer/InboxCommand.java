package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Command.ReadNotice;
import dev.hivedeck.engine.protocol.Command.ReadNotices;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What a person was told. */
@Command(name = "inbox", description = "What you were told, the newest first.")
public final class InboxCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Option(names = "--unread", description = "Only what is not read yet.")
  boolean unread;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all =
          opened.all(Topic.NOTICE, NotifyViews.Notice.class).stream()
              .filter(n -> !unread || n.readAt() == null)
              .sorted(Comparator.comparing(NotifyViews.Notice::at).reversed())
              .toList();
      var table = new TextTable("Id", "When", "Severity", "State", "Read", "What");
      all.forEach(
          n ->
              table.row(
                  n.id(),
                  n.at(),
                  n.severity(),
                  n.state(),
                  n.readAt() == null ? "no" : "yes",
                  n.title()));
      cli.answer(
          all,
          !all.isEmpty()
              ? table.toString()
              : unread ? "All is read." : "You were told nothing yet.");
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "read",
      description = "Marks a notice as read, or all of them: nobody else is told of its alerts.")
  int read(
      @Parameters(paramLabel = "ID", arity = "0..1") String id,
      @Option(names = "--all", description = "All of them.") boolean all) {
    if ((id == null) != all) {
      throw new HiveException(
          ErrorCode.BAD_USAGE, "Which notice is read?", "Name one as in N-3, or write --all.");
    }
    return all
        ? SteerCommands.send(cli, new ReadNotices(), "All is read.")
        : SteerCommands.send(cli, new ReadNotice(id), id + " is read.");
  }
}
