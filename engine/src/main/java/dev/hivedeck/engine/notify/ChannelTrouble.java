package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Ways that do not lead to anybody are an alert themselves, told by the others. */
final class ChannelTrouble {
  /** Shorter is a hiccup, which passes by itself. */
  static final Duration PATIENCE = Duration.ofMinutes(15);

  private ChannelTrouble() {}

  private static RoutedAlert alert(
      AlertSource source, Outbox.Trouble trouble, String what, Instant now) {
    String channel = trouble.channel();
    return RoutedAlert.firing(
        Labels.of("alertname", source.name(), "severity", "ticket", "channel", channel),
        "Channel " + channel + " " + what + "; hivedeck notify list says why.",
        now,
        "channel",
        channel);
  }

  /** Tried again and again. */
  static final class Failing implements AlertSource {
    @Override
    public String name() {
      return "ChannelFailing";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException {
      return Outbox.failing(sql).stream()
          .filter(t -> t.since().plus(PATIENCE).isBefore(now))
          .map(t -> alert(this, t, "takes no messages", now))
          .toList();
    }
  }

  /** Routes that cannot be read. */
  static final class Broken implements AlertSource {
    private final Supplier<NotifyConfig> config;

    Broken(Supplier<NotifyConfig> config) {
      this.config = config;
    }

    @Override
    public String name() {
      return "RouteBroken";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) {
      return new Routes(config.get())
          .broken().entrySet().stream()
              .map(
                  e ->
                      RoutedAlert.firing(
                          Labels.of("alertname", name(), "severity", "ticket", "route", e.getKey()),
                          e.getKey()
                              + " of hive.yaml is left out: "
                              + e.getValue()
                              + ". Mend its conditions; until then the other routes are taken.",
                          now,
                          "",
                          ""))
              .toList();
    }
  }

  /** Given up. */
  static final class Dead implements AlertSource {
    @Override
    public String name() {
      return "NotificationsDead";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException {
      return Outbox.dead(sql).stream()
          .map(t -> alert(this, t, "did not take " + Plural.of(t.many(), "message"), now))
          .toList();
    }
  }
}
