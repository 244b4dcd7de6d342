package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.config.notify.ChannelConfig;
import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.notify.channel.ChannelSender;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.notify.channel.Outcome;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due in the outbox, each channel by itself and in its order. What fails is tried
 * again after exponentially longer times with jitter; what is refused, or fails for too long, is
 * dead. The key of a message stays the same, so that the other side knows a repeat.
 */
public final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(15);

  /** How long a channel is tried that answers, but takes nothing. */
  static final Duration ANSWERING = Duration.ofHours(24);

  /** How long a channel is tried that cannot be reached: the network may be away for days. */
  static final Duration AWAY = Duration.ofDays(7);

  /** By less a clock is set often, and nothing is amiss. */
  private static final Duration SKEW = Duration.ofSeconds(10);

  private final Store store;
  private final Supplier<NotifyConfig> config;
  private final Sending sender;
  private final Clock clock;
  private final RandomGenerator random;
  private final BiConsumer<String, Runnable> background;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();
  private final Map<String, Pause> paused = new ConcurrentHashMap<>();

  private Instant looked = Instant.MIN;

  /**
   * A channel that cannot be reached, or wants to be left alone: nothing is tried before a time.
   *
   * @param attempts how often nobody was there, one after another
   */
  private record Pause(int attempts, Instant since, Instant until) {
    boolean holds(Instant now) {
      return until.isAfter(now) && !since.isAfter(now); // else the clock was set back
    }
  }

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
    pullIn(now);
    for (String channel : store.read(sql -> Outbox.due(sql, now))) {
      var pause = paused.get(channel);
      boolean rests = pause != null && pause.holds(now);
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

  private synchronized void pullIn(Instant now) {
    var quiet = config.get().quiet();
    var wait = quiet == null ? now : quiet.next(now);
    // Set back while the engine runs: how long what failed was to wait is not known any more.
    var failed = looked.isAfter(now.plus(SKEW)) ? now : now.plus(ANSWERING);
    looked = now;
    if (store.read(sql -> Outbox.isAhead(sql, now, wait, failed))) {
      store.update("notify", tx -> Outbox.pullIn(tx.sql(), now, wait, failed));
    }
  }

  /** Forgets that channels are not to be tried: a person wants them to be. */
  public void hurry() {
    paused.clear();
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
    var until = row.get().message().until();
    if (until != null && !until.isAfter(clock.instant())) {
      // By now it would say that what it tells of has ended.
      store.update("notify", tx -> Outbox.forget(tx.sql(), row.get().id()));
      return true;
    }
    var channel = config.get().channels().get(name);
    Outcome outcome =
        channel == null
            ? new Outcome.Refused(
                "There is no channel " + name + " in hive.yaml any more. Declare it, or drop this.")
            : sent(channel, row.get());
    boolean whole = channel instanceof ChannelConfig.Alertmanager;
    var again = store.write("notify", tx -> record(tx, row.get(), outcome, whole));
    var now = clock.instant();
    if (outcome instanceof Outcome.Failed failed && failed.after() != null && again.isPresent()) {
      var left = now.plus(failed.after());
      // The message itself may have to go earlier, before it is too old.
      paused.put(name, new Pause(0, now, left.isBefore(again.get()) ? left : again.get()));
      return false;
    }
    if (!(outcome instanceof Outcome.Unreachable)) {
      paused.remove(name);
      return true;
    }
    paused.compute(
        name,
        (_, before) -> {
          int attempts = before == null ? 1 : before.attempts() + 1;
          return new Pause(attempts, now, now.plus(later(attempts, null, longest(whole))));
        });
    return false;
  }

  /** What fails in the sender itself is this message's end, and nobody else's. */
  private Outcome sent(ChannelConfig channel, Outbox.Row row) throws InterruptedException {
    try {
      return sender.send(channel, row.message(), row.key());
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      LOG.error("sending by {}", channel.name(), e);
      return new Outcome.Refused(
          "Hivedeck itself failed to send it ("
              + e.getClass().getSimpleName()
              + "); its log says"
              + " where.",
          true);
    }
  }

  /**
   * @param whole whether each message to the channel says all there is to say
   * @return when it is tried again, where it failed
   */
  private Optional<Instant> record(Tx tx, Outbox.Row row, Outcome outcome, boolean whole)
      throws SQLException {
    var sql = tx.sql();
    var again = Optional.<Instant>empty();
    switch (outcome) {
      case Outcome.Sent o -> Outbox.sent(sql, row.id(), o.answer(), tx.now());
      case Outcome.Refused o -> Outbox.dead(sql, row.id(), o.answer(), o.doubtful(), tx.now());
      case Outcome.Failed o -> {
        var end = row.created().plus(ANSWERING);
        if (!end.isAfter(tx.now())) {
          Outbox.dead(sql, row.id(), o.answer(), o.doubtful(), tx.now());
        } else {
          var due = tx.now().plus(later(row.attempts(), o.after(), longest(whole)));
          // However long the other side wants to be left alone, it is tried once more at the end.
          again = Optional.of(due.isAfter(end) ? end : due);
          Outbox.failed(sql, row.id(), o.answer(), again.get(), o.doubtful());
        }
      }
      case Outcome.Unreachable o -> {
        if (row.created().plus(AWAY).isBefore(tx.now())) {
          Outbox.dead(sql, row.id(), o.answer(), false, tx.now());
        } else {
          Outbox.failed(sql, row.id(), o.answer(), tx.now(), false);
        }
      }
    }
    if (whole && !(outcome instanceof Outcome.Failed || outcome instanceof Outcome.Unreachable)) {
      Outbox.supersede(sql, row.channel(), row.id());
    }
    return again;
  }

  /** Who counts on hearing of alerts again before they run out cannot be left alone for longer. */
  private static Duration longest(boolean whole) {
    return whole ? Forwarding.AGAIN : null;
  }

  /**
   * Half of it certain, half by chance: channels that failed together do not come together.
   *
   * @param wanted by the other side; null for no wish
   * @param most null for as long as the other side wants
   */
  private Duration later(int attempts, Duration wanted, Duration most) {
    long longest = most == null ? LONGEST.toMillis() : most.toMillis();
    long full = Math.min(longest, FIRST.toMillis() << Math.min(attempts - 1, 20));
    var own = Duration.ofMillis(full / 2 + (long) (random.nextDouble() * full / 2));
    var later = wanted != null && wanted.compareTo(own) > 0 ? wanted : own;
    return most != null && later.compareTo(most) > 0 ? most : later;
  }
}
