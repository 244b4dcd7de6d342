package dev.hivedeck.engine.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.Labels;
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
  private final VirtualTime time = new VirtualTime(Instant.parse("2026-03-01T00:00:00Z"));

  @Test
  void aRuleMayHaveTheNameOfASourceAndALabelThatObjectivesHave(@TempDir Path folder) {
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      var ids = new AtomicInteger();
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
