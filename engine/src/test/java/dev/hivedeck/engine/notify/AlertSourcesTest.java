package dev.hivedeck.engine.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who raised an alert is who says that it is over. */
class AlertSourcesTest {
  private final AtomicInteger ids = new AtomicInteger();
  private final VirtualTime time = new VirtualTime(Instant.parse("2026-03-01T00:00:00Z"));

  private static final String RULE = "rule:hive.yaml/Slow";

  /** It ended while the engine was away; that it was to be told says the engine before. */
  @Test
  void whatEndedIsNotToldAsFiringAfterAStart(@TempDir Path folder) {
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      var alert = fires(store);
      var notifier = restarted(store);
      notifier.look();
      changed(store, notifier, alert.ended(time.clock().instant()));
      notifier.look();
      retain(store, notifier);
      time.advance(Duration.ofMinutes(10));
      notifier.look();
      assertThat(told(store)).isZero();
      assertThat(store.read(NotifyStore::groups)).as("nobody knows of it").isEmpty();
    }
  }

  @Test
  void whatGoesOnIsToldOnceAllIsEvaluated(@TempDir Path folder) {
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      fires(store);
      var notifier = restarted(store);
      notifier.look();
      assertThat(told(store)).isZero();
      retain(store, notifier);
      assertThat(told(store)).isPositive();
    }
  }

  @Test
  void whereNothingIsEvaluatedItIsToldAfterAMinute(@TempDir Path folder) {
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      fires(store);
      var notifier = restarted(store);
      time.advance(Duration.ofSeconds(59));
      notifier.look();
      assertThat(told(store)).isZero();
      time.advance(Duration.ofSeconds(1));
      notifier.look();
      assertThat(told(store)).isPositive();
    }
  }

  /** It could not say that its alert goes on while there was no engine. */
  @Test
  void anAlertOfAnotherSystemGoesOnUntilThatCouldBeHeard(@TempDir Path folder) {
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      var labels = Labels.of("alertname", "Slow");
      var sent =
          new Command.ReceivedAlert(labels.toMap(), Map.of(), time.clock().instant(), null, false);
      var command = new Command.ReceiveAlerts("prometheus", List.of(sent));
      store.write("test", tx -> notifier(store).receive(tx, command));
      var notifier = restarted(store);
      retain(store, notifier);
      time.advance(Duration.ofMinutes(4));
      notifier.look();
      assertThat(store.read(NotifyStore::alerts).get(labels).isFiring()).isTrue();
      time.advance(Duration.ofMinutes(1));
      notifier.look();
      assertThat(store.read(NotifyStore::alerts).get(labels).isFiring()).isFalse();
    }
  }

  /** A rule's alert, which was not told yet when the engine was ended. */
  private RoutedAlert fires(Store store) {
    var labels = Labels.of("alertname", "Slow", "severity", "page");
    var alert = RoutedAlert.firing(labels, "slow", time.clock().instant(), RoutedAlert.RULE, RULE);
    changed(store, notifier(store), alert);
    return alert;
  }

  /** That of an engine which began twenty minutes later. */
  private Notifier restarted(Store store) {
    time.advance(Duration.ofMinutes(20));
    var notifier = notifier(store);
    notifier.hold();
    return notifier;
  }

  private Notifier notifier(Store store) {
    return new Notifier(
        store,
        () -> NotifyConfig.STANDARD,
        List.of(),
        time.clock(),
        () -> "id-" + ids.incrementAndGet());
  }

  private static void changed(Store store, Notifier notifier, RoutedAlert alert) {
    store.write(
        "test",
        tx -> {
          notifier.changed(tx, List.of(alert));
          return null;
        });
  }

  private static void retain(Store store, Notifier notifier) {
    store.write(
        "test",
        tx -> {
          notifier.retain(tx, List.of(RULE));
          return null;
        });
    notifier.release();
    notifier.look();
  }

  private static long told(Store store) {
    return store.read(sql -> sql.number("SELECT count(*) FROM notification"));
  }

  @Test
  void aRuleMayHaveTheNameOfASourceAndALabelThatObjectivesHave(@TempDir Path folder) {
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      var notifier =
          new Notifier(
              store,
              () -> NotifyConfig.STANDARD,
              List.of(new WaitingAlerts.DeadTasks()),
              time.clock(),
              () -> "id-" + ids.incrementAndGet());
      var labels = Labels.of("alertname", "TaskDead", "objective", "api", "severity", "ticket");
      var alert =
          new RoutedAlert(
              labels,
              Map.of(),
              RoutedAlert.OWN,
              time.clock().instant(),
              null,
              null,
              RoutedAlert.RULE,
              "rule:hive.yaml/TaskDead");
      store.write(
          "test",
          tx -> {
            notifier.changed(tx, List.of(alert));
            return null;
          });
      time.advance(Duration.ofMinutes(1));
      notifier.look();
      assertThat(store.read(NotifyStore::alerts).get(labels).isFiring()).isTrue();
      store.write(
          "test",
          tx -> {
            notifier.retain(tx, List.of("api"));
            return null;
          });
      assertThat(store.read(NotifyStore::alerts).get(labels).isFiring())
          .as("the rule is gone")
          .isFalse();
    }
  }
}
