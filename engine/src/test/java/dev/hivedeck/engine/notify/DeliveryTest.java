package dev.hivedeck.engine.notify;

import static dev.hivedeck.engine.notify.Receivers.CENTRAL;
import static dev.hivedeck.engine.notify.Receivers.HOOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.config.notify.Matcher;
import dev.hivedeck.engine.notify.Receivers.Taken;
import dev.hivedeck.engine.notify.channel.Message;
import dev.hivedeck.engine.notify.channel.Outcome;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.slo.alert.SilenceLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is to be told is told, however the network, the clock and the engine behave. */
class DeliveryTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final int ROUNDS = TestSize.times(2);

  @TempDir Path folder;

  private static List<Map<String, String>> many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Map.of("alertname", "A", "group", "g", "disk", "d" + i))
        .toList();
  }

  private static Set<String> disks(List<Taken> tries) {
    var disks = new HashSet<String>();
    tries.forEach(t -> t.message().firing().forEach(i -> disks.add(i.labels().get("disk"))));
    return disks;
  }

  @Test
  void theInboxSaysAtOnceWhetherAnAlertGoesOnAndIsNotToldAgainByThat() {
    try (var receivers = new Receivers(folder, 41)) {
      receivers.alert("a", "x", true);
      receivers.pass(Duration.ofSeconds(15));
      assertThat(receivers.notices()).containsExactly("firing 1");
      receivers.alert("a", "x", false);
      assertThat(receivers.notices()).as("before its group is due").containsExactly("resolved 1");
      receivers.alert("a", "x", true);
      assertThat(receivers.notices()).as("it is back").containsExactly("firing 1");
      receivers.alert("a", "x", false);
      receivers.restart();
      receivers.pass(MINUTE.multipliedBy(2));
      assertThat(receivers.notices()).as("its end is told").containsExactly("resolved 1");
      receivers.alert("a", "x", true);
      receivers.pass(Duration.ofSeconds(75));
      assertThat(receivers.notices()).as("a new episode").containsExactly("resolved 1", "firing 1");
    }
  }

  @Test
  void whatEndsWhileItIsSilencedDoesNotFireForEverInTheInbox() {
    try (var receivers = new Receivers(folder, 42)) {
      receivers.alert("a", "x", true);
      receivers.pass(Duration.ofSeconds(15));
      var silence = new Command.Silence("group=\"a\"", 3_600, "at work");
      receivers.store.write("test", tx -> SilenceLedger.begin(tx, silence));
      receivers.pass(MINUTE.multipliedBy(5));
      assertThat(receivers.notices()).as("it fires, silenced or not").containsExactly("firing 1");
      receivers.alert("a", "x", false);
      receivers.pass(MINUTE.multipliedBy(5));
      assertThat(receivers.notices()).containsExactly("resolved 1");
    }
  }

  @Test
  void anAlertmanagerIsSentAllAlertsInBatchesAndAgainBeforeTheyRunOut() {
    try (var receivers = new Receivers(folder, 1)) {
      receivers.alerts(many(800), true);
      receivers.look();
      var first = receivers.tries(CENTRAL);
      assertThat(disks(first)).hasSize(800);
      assertThat(first)
          .hasSize(4)
          .allSatisfy(t -> assertThat(t.message().firing()).hasSizeLessThanOrEqualTo(256))
          .allSatisfy(t -> assertThat(t.message().until()).isEqualTo(t.at().plusSeconds(240)));
      receivers.tries.clear();
      receivers.pass(MINUTE);
      assertThat(disks(receivers.tries(CENTRAL))).hasSize(800);
      assertThat(receivers.count("SELECT count(*) FROM notification WHERE channel = 'central'"))
          .isLessThan(20);
    }
  }

  @Test
  void anAlertmanagerThatFailsIsTriedEachMinuteWhateverItSays() {
    for (Outcome outcome :
        List.of(
            new Outcome.Failed("503", Duration.ofHours(24), true),
            new Outcome.Failed("503", null, false),
            new Outcome.Unreachable("nobody"))) {
      try (var receivers = new Receivers(folder.resolve(outcome.toString().hashCode() + ""), 2)) {
        receivers.network = (c, m, k) -> c.equals(CENTRAL) ? outcome : new Outcome.Sent("");
        receivers.alert("g", "A", true);
        receivers.pass(Duration.ofMinutes(8), Duration.ofSeconds(10));
        var at = receivers.tries(CENTRAL).stream().map(Taken::at).toList();
        for (int i = 1; i < at.size(); i++) {
          assertThat(Duration.between(at.get(i - 1), at.get(i)))
              .isLessThanOrEqualTo(MINUTE.plusSeconds(10));
        }
        assertThat(at.getLast()).isAfter(receivers.now.minus(MINUTE.multipliedBy(2)));
        assertThat(receivers.tries(CENTRAL))
            .allSatisfy(t -> assertThat(t.message().until()).isAfter(t.at()));
      }
    }
  }

  @Test
  void anAlertmanagerThatRefusesLeavesOneDeadLetterUntilItTakesOne() {
    try (var receivers = new Receivers(folder, 3)) {
      receivers.network =
          (c, m, k) -> c.equals(CENTRAL) ? new Outcome.Refused("404") : new Outcome.Sent("");
      receivers.alerts(many(600), true);
      receivers.pass(Duration.ofMinutes(5), MINUTE);
      String dead = "SELECT count(*) FROM notification WHERE state = 'dead'";
      assertThat(receivers.count(dead)).isOne();
      receivers.network = (c, m, k) -> new Outcome.Sent("");
      receivers.pass(MINUTE.multipliedBy(2));
      assertThat(receivers.count(dead)).isZero();
    }
  }

  /** What waited while the engine did not run would end there what still goes on. */
  @Test
  void whatHasRunOutIsNotSentToAnAlertmanager() {
    try (var receivers = new Receivers(folder, 4)) {
      receivers.network =
          (c, m, k) -> {
            throw new InterruptedException("killed");
          };
      receivers.alert("g", "A", true);
      receivers.look();
      receivers.tries.clear();
      receivers.now = receivers.now.plus(Duration.ofMinutes(10));
      receivers.network = (c, m, k) -> new Outcome.Sent("");
      receivers.restart();
      receivers.pass(MINUTE);
      assertThat(receivers.tries(CENTRAL))
          .isNotEmpty()
          .allSatisfy(t -> assertThat(t.message().until()).isAfter(t.at()));
    }
  }

  @Test
  void aChannelThatFailsIsTriedAfterLongerAndLongerTimesByChance() {
    var gaps = new ArrayList<List<Duration>>();
    for (long seed : List.of(5L, 6L)) {
      try (var receivers = new Receivers(folder.resolve("s" + seed), seed)) {
        receivers.network =
            (c, m, k) -> c.equals(HOOK) ? new Outcome.Failed("503", null, false) : sent();
        receivers.alert("g", "A", true);
        receivers.pass(Duration.ofHours(1));
        // Beside it the engine's own alert of this channel is tried.
        String key = receivers.tries(HOOK).getFirst().key();
        var at =
            receivers.tries(HOOK).stream().filter(t -> t.key().equals(key)).map(Taken::at).toList();
        var all = new ArrayList<Duration>();
        for (int i = 1; i < at.size(); i++) {
          var gap = Duration.between(at.get(i - 1), at.get(i));
          long full = Math.min(900, 10L << Math.min(i - 1, 20));
          assertThat(gap).isBetween(Duration.ofSeconds(full / 2), Duration.ofSeconds(full + 5));
          all.add(gap);
        }
        assertThat(all).hasSizeGreaterThan(7);
        gaps.add(all);
      }
    }
    assertThat(gaps.get(0)).isNotEqualTo(gaps.get(1));
  }

  private static Outcome sent() {
    return new Outcome.Sent("ok");
  }

  @Test
  void whoWantsToBeLeftAloneForLongerThanAMessageIsKeptIsTriedOnceMoreAtItsEnd() {
    try (var receivers = new Receivers(folder, 7)) {
      var wait = Duration.ofHours(30);
      receivers.network =
          (c, m, k) -> c.equals(HOOK) ? new Outcome.Failed("429", wait, false) : sent();
      receivers.alert("g", "A", true);
      receivers.pass(MINUTE);
      assertThat(receivers.tries(HOOK)).hasSize(1);
      String dead = "SELECT count(*) FROM notification WHERE state = 'dead'";
      receivers.now = receivers.now.plus(Duration.ofHours(23));
      receivers.pass(MINUTE);
      assertThat(receivers.count(dead)).isZero();
      receivers.network = (c, m, k) -> sent();
      receivers.now = receivers.now.plus(Duration.ofHours(1));
      receivers.pass(MINUTE);
      assertThat(receivers.tries(HOOK)).hasSizeGreaterThan(1);
      assertThat(receivers.count(dead)).isZero();
    }
  }

  /**
   * Alerts come and go while channels fail in every way, the engine is killed before a message is
   * out, while it is and before that is noted, and the clock jumps.
   */
  @Test
  void nothingIsLostAndARepeatIsKnownAsOne() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime() + round;
      var random = new Random(seed);
      try (var receivers = new Receivers(folder.resolve("r" + round), seed)) {
        var seen = new HashMap<String, List<Taken>>();
        receivers.network = (c, m, k) -> chance(random, receivers, seen, c, m, k);
        var firing = new TreeMap<String, Boolean>();
        for (int step = 0; step < 60; step++) {
          switch (random.nextInt(8)) {
            case 0, 1 -> {
              String group = "g" + random.nextInt(3);
              String name = "A" + random.nextInt(3);
              boolean fires = random.nextInt(3) > 0;
              if (fires || firing.containsKey(group + name)) {
                receivers.alert(group, name, fires);
                firing.put(group + name, fires);
              }
            }
            case 2 -> receivers.restart();
            case 3 -> receivers.now = receivers.now.plusSeconds(random.nextInt(7_200) - 3_600L);
            default ->
                receivers.pass(Duration.ofSeconds(random.nextInt(120)), Duration.ofSeconds(15));
          }
        }
        receivers.network = (c, m, k) -> taken(receivers, seen, c, m, k);
        receivers.restart();
        receivers.retryDead();
        receivers.pass(Duration.ofHours(2), MINUTE.multipliedBy(2));

        for (String channel : List.of(HOOK, CENTRAL)) {
          var known = known(seen.getOrDefault(channel, List.of()), receivers.now);
          firing.forEach(
              (alert, fires) -> {
                if (fires) {
                  assertThat(known).as("seed %d %s", seed, channel).containsEntry(alert, true);
                } else {
                  assertThat(known.getOrDefault(alert, false))
                      .as("seed %d %s: %s goes on", seed, channel, alert)
                      .isFalse();
                }
              });
          var byKey = new HashMap<String, Message>();
          for (var taken : seen.getOrDefault(channel, List.of())) {
            assertThat(byKey.computeIfAbsent(taken.key(), k -> taken.message()))
                .as("seed %d: %s says two things", seed, taken.key())
                .isEqualTo(taken.message());
          }
        }
        long told =
            receivers.count(
                "SELECT count(*) FROM notification WHERE channel = 'desktop' AND state = 'sent'");
        assertThat(receivers.count("SELECT count(*) FROM event WHERE type = 'notice.shown'"))
            .as("seed %d: each is shown once", seed)
            .isEqualTo(told);
      }
    }
  }

  /** A clock that went ahead and was set right again leaves nothing to wait for its wrong time. */
  @Test
  void afterTheClockIsSetBackNothingWaitsForTheTimeItShowed() {
    try (var receivers = new Receivers(folder, 31)) {
      receivers.alert("told", "A", true);
      receivers.pass(MINUTE);
      var right = receivers.now;
      receivers.now = right.plus(Duration.ofHours(2));
      receivers.network = (c, m, k) -> new Outcome.Failed("503", null, false);
      receivers.alert("fails", "F", true);
      receivers.pass(MINUTE);
      receivers.network = (c, m, k) -> sent();
      receivers.alert("told", "B", true);
      receivers.look();
      receivers.alert("waits", "W", true);
      receivers.look();
      receivers.now = right;
      receivers.tries.clear();
      receivers.restart(); // nothing but what is kept tells of the jump
      receivers.pass(Duration.ofSeconds(75));
      receivers.alert("waits", "V", true);
      receivers.pass(Duration.ofSeconds(75));
      var told = new HashSet<String>();
      receivers.tries(HOOK).forEach(t -> t.message().firing().forEach(i -> told.add(alert(i))));
      assertThat(told).contains("toldA", "toldB", "failsF", "waitsW", "waitsV");
      var forwarded = receivers.tries(CENTRAL).stream().map(Taken::at).toList();
      assertThat(forwarded).isNotEmpty();
      assertThat(forwarded.getFirst()).isBefore(right.plus(MINUTE));
    }
  }

  /** {@code 429} with {@code Retry-After} says that of the channel, whatever the message. */
  @Test
  void aChannelThatWantsToBeLeftAloneIsSentNoOtherMessageEither() {
    try (var receivers = new Receivers(folder, 32)) {
      var wait = Duration.ofMinutes(10);
      receivers.network =
          (c, m, k) -> c.equals(HOOK) ? new Outcome.Failed("429", wait, false) : sent();
      receivers.alert("a", "A", true);
      receivers.alert("b", "B", true);
      receivers.pass(Duration.ofSeconds(15));
      assertThat(receivers.tries(HOOK)).hasSize(1);
      receivers.network = (c, m, k) -> sent();
      receivers.alert("c", "C", true);
      receivers.pass(Duration.ofMinutes(9));
      assertThat(receivers.tries(HOOK)).hasSize(1);
      assertThat(receivers.tries(CENTRAL)).as("another channel").hasSizeGreaterThan(5);
      receivers.pass(MINUTE.multipliedBy(2));
      var told = new HashSet<String>();
      receivers.tries(HOOK).forEach(t -> t.message().firing().forEach(i -> told.add(alert(i))));
      assertThat(told).containsExactlyInAnyOrder("aA", "bB", "cC");
    }
  }

  @Test
  void aChannelWhoseSenderFailsIsADeadLetterAndTheOthersAreTold() {
    for (Throwable fault : List.of(new IllegalStateException("a"), new NoClassDefFoundError("b"))) {
      try (var receivers = new Receivers(folder.resolve(fault.getMessage()), 51)) {
        receivers.network =
            (c, m, k) -> {
              if (c.equals(HOOK)) {
                sneaky(fault);
              }
              return sent();
            };
        receivers.alert("g", "A", true);
        receivers.pass(MINUTE.multipliedBy(10));
        assertThat(receivers.dead()).isNotEmpty().allMatch(a -> a.contains("Hivedeck itself"));
        assertThat(receivers.tries(HOOK))
            .extracting(Taken::key)
            .as("none is tried again")
            .doesNotHaveDuplicates();
        assertThat(receivers.tries(CENTRAL)).hasSizeGreaterThan(5);
        assertThat(receivers.notices()).as("and told once").containsExactly("firing 1", "firing 1");
      }
    }
  }

  private static void sneaky(Throwable fault) {
    if (fault instanceof RuntimeException e) {
      throw e;
    }
    throw (Error) fault;
  }

  /** As one of a later release may be, after a way back. */
  @Test
  void aMessageThatCannotBeReadIsADeadLetterAndTheOthersAreTold() {
    try (var receivers = new Receivers(folder, 52)) {
      receivers.network = (c, m, k) -> new Outcome.Failed("503", null, false);
      receivers.alert("g", "A", true);
      receivers.pass(Duration.ofSeconds(15));
      receivers.store.write(
          "test",
          tx -> tx.sql().update("UPDATE notification SET message = 'no' WHERE state = 'failed'"));
      receivers.network = (c, m, k) -> sent();
      receivers.alert("g", "B", true);
      receivers.alert("h", "C", true);
      receivers.pass(MINUTE.multipliedBy(2));
      var told = new HashSet<String>();
      receivers.tries(HOOK).forEach(t -> t.message().firing().forEach(i -> told.add(alert(i))));
      assertThat(told).contains("gB", "hC");
      assertThat(receivers.dead()).contains("What was kept of this message cannot be read.");
      List<NotifyViews.Notification> listed =
          receivers.store.read(sql -> NotifyAnswers.notifications(sql, "dead", 10));
      assertThat(listed).isNotEmpty();
    }
  }

  @Test
  void aRouteThatCannotBeReadIsLeftOutAndTold() {
    var broken = Receivers.route(List.of(new Matcher("group", "=~", "(")), List.of(CENTRAL));
    var sound = Receivers.route(List.of(new Matcher("group", "=", "h")), List.of(CENTRAL));
    try (var receivers = new Receivers(folder, 53, List.of(broken, sound))) {
      receivers.alert("g", "A", true);
      receivers.alert("h", "B", true);
      receivers.pass(MINUTE.multipliedBy(10));
      var told = new HashSet<String>();
      receivers.tries(HOOK).forEach(t -> t.message().firing().forEach(i -> told.add(alert(i))));
      assertThat(told).contains("gA").doesNotContain("hB");
      List<NotifyViews.Notice> notices = receivers.store.read(Inbox::views);
      assertThat(notices)
          .extracting(NotifyViews.Notice::title, NotifyViews.Notice::count)
          .contains(
              tuple(
                  "Route 1 of hive.yaml is left out: missing closing ). Mend its conditions; until"
                      + " then the other routes are taken.",
                  1));
    }
  }

  private static Outcome taken(
      Receivers receivers, Map<String, List<Taken>> seen, String channel, Message m, String key) {
    seen.computeIfAbsent(channel, c -> new ArrayList<>())
        .add(new Taken(receivers.now, channel, m, key));
    return sent();
  }

  private static Outcome chance(
      Random random,
      Receivers receivers,
      Map<String, List<Taken>> seen,
      String channel,
      Message m,
      String key)
      throws InterruptedException {
    return switch (random.nextInt(6)) {
      case 0 -> new Outcome.Unreachable("nobody is there");
      case 1 -> new Outcome.Failed("503", null, false);
      case 2 -> {
        taken(receivers, seen, channel, m, key);
        yield new Outcome.Failed("the connection broke", null, true);
      }
      case 3 -> throw new InterruptedException("killed before it is out");
      case 4 -> {
        taken(receivers, seen, channel, m, key);
        throw new InterruptedException("killed before that is noted");
      }
      default -> taken(receivers, seen, channel, m, key);
    };
  }

  /** What the other side knows: without what it has had by its key, and what has run out. */
  private static Map<String, Boolean> known(List<Taken> taken, Instant now) {
    var keys = new HashSet<String>();
    var known = new TreeMap<String, Boolean>();
    for (var each : taken) {
      if (keys.add(each.key())) {
        var until = each.message().until();
        each.message().resolved().forEach(i -> known.put(alert(i), false));
        each.message()
            .firing()
            .forEach(i -> known.put(alert(i), until == null || until.isAfter(now)));
      }
    }
    return known;
  }

  private static String alert(Message.Item item) {
    return item.labels().get("group") + item.labels().get("alertname");
  }
}
