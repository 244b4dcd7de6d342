package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Command.DropNotification;
import dev.hivedeck.engine.protocol.Command.RetryNotification;
import dev.hivedeck.engine.protocol.Command.TestChannel;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Messages to people and programs, and the channels that they go by. */
@Command(name = "notify", description = "Lists the channels that tell of alerts, and tests them.")
public final class NotifyCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new Query.Channels(), NotifyViews.Channel.class);
      var table =
          new TextTable("Channel", "Type", "To", "State", "On the way", "Dead", "Last sent", "");
      all.forEach(
          c ->
              table.row(
                  c.name(),
                  c.type(),
                  c.target(),
                  c.state(),
                  c.pending(),
                  c.dead(),
                  c.sentAt(),
                  c.problem()));
      cli.answer(all, table.toString());
      return HivedeckCommand.DONE;
    }
  }

  /** Where a message is on its way. */
  enum State {
    PENDING,
    FAILED,
    SENT,
    DEAD
  }

  @Command(name = "list", description = "Messages to channels, the newest first.")
  int list(
      @Option(names = "--state", description = "Only those: pending, failed, sent or dead.")
          State state,
      @Option(names = "--limit", description = "How many.", defaultValue = "50") int limit) {
    if (limit < 1) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "--limit is " + limit + ".", "Write 1 or more.");
    }
    try (var opened = EngineAccess.read(cli.workspace())) {
      var wanted = state == null ? null : state.name().toLowerCase(Locale.ROOT);
      var all = opened.list(new Query.Notifications(wanted, limit), NotifyViews.Notification.class);
      var table = new TextTable("Id", "Created", "Channel", "State", "Attempts", "What", "Answer");
      all.forEach(
          n ->
              table.row(
                  n.id(),
                  n.createdAt(),
                  n.channel(),
                  n.state(),
                  n.attempts(),
                  n.title(),
                  n.answer()));
      cli.answer(all, all.isEmpty() ? "No message was sent yet." : table.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "test",
      description =
          "Sends a test message, and says what the other side said; exit 1 when it did"
              + " not take it.")
  int test(@Parameters(paramLabel = "CHANNEL") String channel) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      var tested =
          Json.as(
              opened.door().execute(new TestChannel(channel), null, cli.key()),
              NotifyViews.Tested.class);
      cli.answer(tested, (tested.sent() ? "Sent: " : "Not sent: ") + tested.answer());
      return tested.sent() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
    }
  }

  @Command(name = "retry", description = "Sends a message now that failed or is dead.")
  int retry(@Parameters(paramLabel = "ID") long id) {
    return SteerCommands.send(cli, new RetryNotification(id), "It is sent again.");
  }

  @Command(name = "drop", description = "Lets go of a message that is dead.")
  int drop(@Parameters(paramLabel = "ID") long id) {
    return SteerCommands.send(cli, new DropNotification(id), "It is gone.");
  }
}
