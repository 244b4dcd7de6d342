package dev.hivedeck.engine;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.notify.NotifyAnswers;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.store.Ledger;
import java.util.function.Supplier;

/** Registers notifications and the inbox. */
final class NotifyArea {
  private NotifyArea() {}

  /** Of an engine that is only asked. */
  static Area reading(Ledger ledger, Supplier<NotifyConfig> config) {
    return area(ledger, config).build();
  }

  static Area of(Ledger ledger, Supplier<NotifyConfig> config, Notifications notifications) {
    return area(ledger, config)
        .commands(Command.NotifyCommands.class, command -> carryOut(notifications, command))
        .build();
  }

  private static Area.Builder area(Ledger ledger, Supplier<NotifyConfig> config) {
    return Area.named("notify")
        .queries(Query.NotifyQueries.class, query -> answer(ledger, config, query))
        .things(Topic.NOTICE, NotifyAnswers::notices, NotifyAnswers::notice);
  }

  private static Action carryOut(Notifications notifications, Command.NotifyCommands command) {
    return switch (command) {
      case Command.ReceiveAlerts c -> Action.answer(tx -> notifications.receive(tx, c));
      case Command.RetryNotification c -> Action.write(tx -> notifications.retry(tx, c.id()));
      case Command.DropNotification c -> Action.write(tx -> notifications.drop(tx, c.id()));
      case Command.TestChannel c -> Action.effect(() -> notifications.test(c.name()));
      case Command.AcknowledgeAlert c -> Action.answer(tx -> notifications.acknowledge(tx, c.id()));
      case Command.ReadNotice c -> Action.write(tx -> notifications.read(tx, c.id()));
      case Command.ReadNotices _ -> Action.answer(notifications::readAll);
    };
  }

  private static Object answer(
      Ledger ledger, Supplier<NotifyConfig> config, Query.NotifyQueries query) {
    return switch (query) {
      case Query.Notifications q ->
          ledger.read(
              sql -> NotifyAnswers.notifications(sql, q.state(), Math.clamp(q.limit(), 1, 5_000)));
      case Query.Channels _ -> ledger.read(sql -> NotifyAnswers.channels(sql, config.get()));
    };
  }
}
