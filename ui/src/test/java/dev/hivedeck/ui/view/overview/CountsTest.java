package dev.hivedeck.ui.view.overview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.view.overview.OverviewMetrics.Counts;
import dev.hivedeck.ui.view.overview.OverviewMetrics.Range;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javafx.scene.control.ListView;
import javafx.scene.input.MouseButton;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns say how many ended when, and nothing that nobody counted. */
class CountsTest {
  private static final Instant NOW = Instant.parse("2026-11-20T13:52:10Z");
  @TempDir Path folder;

  private static Instant ago(long seconds) {
    return NOW.minusSeconds(seconds);
  }

  @Test
  void twoThatWereLostAreTwoHoweverOneLooks() {
    for (var range : Range.values()) {
      var counts = Counts.of(range, List.of(), List.of(ago(20), ago(22)), List.of(), NOW);
      assertThat(Arrays.stream(counts.retried()).sum()).as(range.name()).isEqualTo(2);
      assertThat(counts.top()).isEqualTo(2);
      assertThat(counts.to()).isAfter(NOW);
    }
  }

  @Test
  void whatIsInAColumnStaysInItAsTimeGoesOn() {
    var done = List.of(ago(1_000), ago(950));
    var before = Counts.of(Range.HOUR, done, List.of(), List.of(), NOW);
    var later = Counts.of(Range.HOUR, done, List.of(), List.of(), NOW.plusSeconds(45));
    assertThat(column(before, done.getFirst())).isEqualTo(column(later, done.getFirst()));
    assertThat(before.bucket()).isEqualTo(Duration.ofMinutes(2));
  }

  private static List<Object> column(Counts counts, Instant at) {
    int i = (int) Duration.between(counts.from(), at).dividedBy(counts.bucket());
    return List.of(counts.start(i), counts.done()[i]);
  }

  @Test
  void aWholePlanFitsWhateverItsLength() {
    for (long days : new long[] {0, 1, 7, 60, 365}) {
      var counts =
          Counts.of(Range.PLAN, List.of(ago(days * 86_400 + 5)), List.of(), List.of(), NOW);
      assertThat(counts.size()).isBetween(12, 60);
      assertThat(Arrays.stream(counts.done()).sum()).as(days + " days").isEqualTo(1);
    }
    assertThat(CountChart.ceiling(5)).isEqualTo(6);
    assertThat(CountChart.ceiling(2)).isEqualTo(4);
    assertThat(CountChart.ceiling(41)).isEqualTo(60);
  }

  @Test
  void draggingOverATimeShowsWhatHappenedThen() {
    var door = new InMemoryEngineApi(Sample.CLOCK);
    Sample.fill(door);
    var desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    var person = new TestUser(desktop);
    try {
      door.tell("workspace.started", Topic.WORKSPACE, "the hive was started", Sample.workspace());
      person.click("1 h");
      var chart = (CountChart) person.one(n -> n instanceof CountChart, "the chart");
      FxThread.until("laid out", () -> chart.getWidth() > 200);
      FxThread.until("told", () -> newest(desktop).equals("workspace.started"));
      int all = FxThread.get(() -> happenings(desktop).getItems().size());
      var box = FxThread.get(() -> chart.localToScreen(chart.getBoundsInLocal()));
      var y = box.getMinY() + box.getHeight() / 2;
      person
          .robot()
          .moveTo(box.getMinX() + box.getWidth() * 0.5, y)
          .press(MouseButton.PRIMARY)
          .moveTo(box.getMinX() + box.getWidth() * 0.9, y);
      FxThread.until("chosen", () -> chart.chosen().get() != null);
      person.robot().release(MouseButton.PRIMARY);
      FxThread.until("fewer", () -> happenings(desktop).getItems().size() < all);
      var stretch = FxThread.get(() -> chart.chosen().get());
      assertThat(FxThread.get(() -> List.copyOf(happenings(desktop).getItems())))
          .isNotEmpty()
          .allMatch(e -> stretch.holds(((dev.hivedeck.engine.protocol.Event) e).at()));
      person.robot().clickOn(box.getMinX() + box.getWidth() * 0.3, y);
      FxThread.until("all again", () -> happenings(desktop).getItems().size() == all);
    } finally {
      FxThread.run(desktop.stage()::close);
    }
  }

  private static String newest(Desktop desktop) {
    var items = happenings(desktop).getItems();
    return items.isEmpty()
        ? ""
        : ((dev.hivedeck.engine.protocol.Event) items.getFirst()).type().word();
  }

  private static ListView<?> happenings(Desktop desktop) {
    return (ListView<?>) desktop.stage().getScene().getRoot().lookup(".happening");
  }
}
