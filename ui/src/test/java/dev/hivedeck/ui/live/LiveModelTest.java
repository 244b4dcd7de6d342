package dev.hivedeck.ui.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.feed.Connection;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javafx.collections.ListChangeListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveModelTest {
  private final InMemoryEngineApi door = Sample.door();
  private LiveModel live;

  @BeforeEach
  void start() {
    live = FxThread.get(() -> new LiveModel(door, Sample.CLOCK).start());
    FxThread.until("loaded", () -> live.connection().get().live() && live.stats().get() != null);
  }

  @AfterEach
  void stop() {
    live.close();
  }

  private static AttemptViews.Kept kept(String id, int files) {
    return new AttemptViews.Kept(id, "c", "T-1", null, "why", files, 1, Sample.NOW);
  }

  @Test
  void showsWhatIs() {
    FxThread.run(
        () -> {
          assertThat(live.tasks().size()).isEqualTo(60);
          assertThat(live.workspace().get()).isEqualTo(Sample.workspace());
          assertThat(live.happenings()).hasSize(40);
          assertThat(live.happenings().getFirst().seq()).isEqualTo(40);
          assertThat(live.latest().get().seq()).isEqualTo(40);
          assertThat(live.connection().get().state()).isEqualTo(Connection.State.LIVE);
        });
  }

  @Test
  void whatHappensWhileItLoadsIsToldOnce() {
    var busy =
        new InMemoryEngineApi(Sample.CLOCK) {
          private int more = 5;

          @Override
          public com.fasterxml.jackson.databind.JsonNode query(
              dev.hivedeck.engine.protocol.Query query) {
            // The history is asked for after the snapshot: meanwhile things go on.
            while (more > 0) {
              tell("kept.added", Topic.KEPT, "one more", kept("more" + more--, 1));
            }
            return super.query(query);
          }
        };
    Sample.fill(busy);
    var other = FxThread.get(() -> new LiveModel(busy, Sample.CLOCK).start());
    FxThread.until("loaded", () -> other.connection().get().live() && other.kept().size() == 7);
    busy.tell("kept.added", Topic.KEPT, "the last", kept("last", 1));
    FxThread.until("told", () -> other.happenings().getFirst().text().equals("the last"));
    FxThread.run(
        () ->
            assertThat(other.happenings())
                .extracting(dev.hivedeck.engine.protocol.Event::seq)
                .doesNotHaveDuplicates()
                .hasSize(46));
    other.close();
  }

  @Test
  void aThingKeepsItsPlaceAndABatchIsOneChange() {
    var changes = new AtomicInteger();
    var before = new ArrayList<String>();
    FxThread.run(
        () -> {
          live.kept().all().forEach(k -> before.add(k.id()));
          live.kept()
              .all()
              .addListener((ListChangeListener<AttemptViews.Kept>) _ -> changes.incrementAndGet());
        });
    // While the FX thread is busy, everything that happens becomes one batch.
    FxThread.run(
        () -> {
          for (int i = 1; i <= 1_000; i++) {
            door.tell("kept.changed", Topic.KEPT, null, kept(before.getFirst(), i));
          }
          door.tell("kept.added", Topic.KEPT, null, kept("new", 1));
          door.remove(Topic.KEPT, before.get(1), null);
        });
    FxThread.until(
        "the last value",
        () ->
            live.kept().get("new").isPresent()
                && live.kept().get(before.getFirst()).orElseThrow().files() == 1_000);
    FxThread.run(
        () -> {
          assertThat(live.kept().all())
              .extracting(AttemptViews.Kept::id)
              .containsExactly(before.getFirst(), "new");
          assertThat(live.kept().get(before.get(1))).isEmpty();
          assertThat(changes.get()).isLessThan(10);
        });
  }

  @Test
  void noLastValueIsLost() throws InterruptedException {
    var writers = new ArrayList<Thread>();
    for (int w = 0; w < 4; w++) {
      int mine = w;
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 1; i <= 400; i++) {
                      door.tell(
                          "kept.changed", Topic.KEPT, "n", kept("k" + mine + "." + i % 40, i));
                    }
                  }));
    }
    for (var writer : writers) {
      writer.join();
    }
    FxThread.until(
        "all last values",
        () ->
            java.util.stream.IntStream.range(0, 160)
                .allMatch(
                    n ->
                        live.kept()
                            .get("k" + n / 40 + "." + n % 40)
                            .filter(k -> k.files() == (n % 40 == 0 ? 400 : 360 + n % 40))
                            .isPresent()));
    FxThread.run(() -> assertThat(live.happenings()).hasSize(500));
  }

  @Test
  void thousandsAtOnceKeepTheirOrder() {
    FxThread.run(
        () -> {
          for (int i = 0; i < 3_000; i++) {
            door.tell("kept.added", Topic.KEPT, null, kept("m" + i, i));
          }
        });
    FxThread.until("all there", () -> live.kept().size() == 3_002);
    FxThread.run(
        () -> {
          assertThat(live.kept().all().get(2).id()).isEqualTo("m0");
          assertThat(live.kept().all().getLast().id()).isEqualTo("m2999");
          assertThat(live.kept().get("m1500").orElseThrow().files()).isEqualTo(1_500);
        });
  }

  @Test
  void aReloadedPlanIsTakenAnew() {
    door.seed(Topic.KEPT, kept("quiet", 1));
    FxThread.run(() -> assertThat(live.kept().get("quiet")).isEmpty());
    door.tell("plan.reloaded", Topic.WORKSPACE, "the plan was reloaded", Sample.workspace());
    FxThread.until("the quiet one is seen", () -> live.kept().get("quiet").isPresent());
  }

  @Test
  void whoWatchesIsToldAfterTheBatchAndNotWhenUnsubscribed() {
    var told = new AtomicInteger();
    var watching = FxThread.get(() -> live.kept().watch(told::incrementAndGet));
    assertThat(told).hasValue(1);
    door.tell("kept.added", Topic.KEPT, null, kept("w", 1));
    FxThread.until("told", () -> told.get() == 2);
    FxThread.run(watching::unsubscribe);
    door.tell("kept.added", Topic.KEPT, null, kept("w2", 1));
    FxThread.until("there", () -> live.kept().get("w2").isPresent());
    assertThat(told).hasValue(2);
  }
}
