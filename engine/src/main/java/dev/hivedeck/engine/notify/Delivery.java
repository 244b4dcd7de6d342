package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.notify.channel.ChannelSender;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.notify.channel.Outcome;
import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Sends what is due in the outbox, each channel by itself and in its order. What fails is tried
 * again after exponentially longer times with jitter; what is refused, or fails for too long, is
 * dead. The key of a message stays the same, so that the other side knows a repeat.
 */
public final class Delivery {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(15);

  /** How long a channel is tried that answers, but takes nothing. */
  static final Duration ANSWERING = Duration.ofHours(24);

  /** How long a channel is tried that cannot be reached: the network may be away for days. */
  static final Duration AWAY = Duration.ofDays(7);

  private final Store store;
  private final Supplier<NotifyConfig> config;
  private final Sending sender;
  private final Clock clock;
  private final RandomGenerator random;
  private final BiConsumer<String, Runnable> background;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();
  private final Map<String, Away> away = new ConcurrentHashMap<>();

  /** A channel that cannot be reached: nothing is tried before a time. */
  private record Away(int attempts, Instant until) {}

  /** Sends one message; as {@link ChannelSender#send}. */
  @FunctionalInterface
  public interface Sending {
    Outcome send(ChannelConfig channel, Message message, String key) throws InterruptedException;
  }

  /**
   * @param background runs something of a name beside the caller
   */
  public Delivery(
      Store store,
      Supplier<NotifyConfig> config,
      Sending sender,
      Clock clock,
      RandomGenerator random,
      BiConsumer<String, Runnable> background) {
    this.store = store;
    this.config = config;
    this.sender = sender;
    this.clock = clock;
    this.random = random;
    this.background = background;
  }

  /** Begins to send what is due. */
  public void look() {
    var now = clock.instant();
    for (String channel : store.read(sql -> Outbox.due(sql, now))) {
      var gone = away.get(channel);
      boolean rests = gone != null && gone.until().isAfter(now);
      if (!ChannelConfig.OWN.contains(channel) && !rests && busy.add(channel)) {
        background.accept(
            "notify-" + channel,
            () -> {
              try {
                send(channel);
              } finally {
                busy.remove(channel);
              }
            });
      }
    }
  }

  /** Forgets that channels could not be reached: a person wants them to be tried. */
  public void hurry() {
    away.clear();
    look();
  }

  private void send(String name) {
    try {
      while (sendNext(name)) {
        // until nothing is due, or nobody is there
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what was being sent may have arrived
    }
  }

  /** Whether there may be more to send. */
  private boolean sendNext(String name) throws InterruptedException {
    var row = store.write("notify", tx -> Outbox.claim(tx.sql(), name, tx.now()));
    if (row.isEmpty()) {
      return false;
    }
    var channel = config.get().channels().get(name);
    Outcome outcome =
        channel == null
            ? new Outcome.Refused(
                "There is no channel " + name + " in hive.yaml any more. Declare it, or drop this.")
            : sender.send(channel, row.get().message(), row.get().key());
    store.write(
        "notify",
        tx -> {
          var sql = tx.sql();
          long id = row.get().id();
          switch (outcome) {
            case Outcome.Sent o -> Outbox.sent(sql, id, o.answer(), tx.now());
            case Outcome.Refused o -> Outbox.dead(sql, id, o.answer(), tx.now());
            case Outcome.Failed o -> {
              var due = tx.now().plus(later(row.get().attempts(), o.after()));
              if (row.get().created().plus(ANSWERING).isBefore(due)) {
                Outbox.dead(sql, id, o.answer(), tx.now());
              } else {
                Outbox.failed(sql, id, o.answer(), due, o.doubtful());
              }
            }
            case Outcome.Unreachable o -> {
              if (row.get().created().plus(AWAY).isBefore(tx.now())) {
                Outbox.dead(sql, id, o.answer(), tx.now());
              } else {
                Outbox.failed(sql, id, o.answer(), tx.now(), false);
              }
            }
          }
          return null;
        });
    if (!(outcome instanceof Outcome.Unreachable)) {
      away.remove(name);
      return true;
    }
    away.compute(
        name,
        (_, before) -> {
          int attempts = before == null ? 1 : before.attempts() + 1;
          return new Away(attempts, clock.instant().plus(later(attempts, null)));
        });
    return false;
  }

  /** Half of it certain, half by chance: channels that failed together do not come together. */
  private Duration later(int attempts, Duration wanted) {
    long full = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(attempts - 1, 20));
    var own = Duration.ofMillis(full / 2 + (long) (random.nextDouble() * full / 2));
    return wanted != null && wanted.compareTo(own) > 0 ? wanted : own;
  }
}
