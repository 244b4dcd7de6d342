package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Rendering;
import dev.hivedeck.ui.feed.FeedClient;
import dev.hivedeck.ui.live.LiveModel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.stage.Stage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long news takes to the screen, and how long the screen's thread is held up. */
@Tag("bench")
class PixelBench {
  @TempDir Path folder;

  @BeforeAll
  static void platform() throws InterruptedException {
    var up = new CountDownLatch(1);
    Rendering.prepare();
    Platform.startup(up::countDown);
    up.await(20, TimeUnit.SECONDS);
    Platform.setImplicitExit(false);
  }

  private static void print(String what, List<Double> millis) {
    Collections.sort(millis);
    System.out.printf(
        "%s: %d samples, p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms%n",
        what,
        millis.size(),
        millis.get(millis.size() / 2),
        millis.get((int) (millis.size() * 0.90)),
        millis.get((int) (millis.size() * 0.99)),
        millis.getLast());
  }

  @Test
  void fromCommitToTheLiveModelAtAThousandEventsASecond() throws Exception {
    try (var demo = Demo.open(folder, 1, true)) {
      Engine engine = demo.hive();
      engine.execute(new Command.ImportPlan("plan.yaml", demo.workspace().plan()), null);
      var endpoint = engine.endpoint();
      var millis = Collections.synchronizedList(new ArrayList<Double>());
      try (var client =
          FeedClient.connect(() -> EngineAccess.address(endpoint), "bench", Clock.systemUTC())) {
        var live = new LiveModel(client, Clock.systemUTC()).start();
        Thread.sleep(1_000);
        Platform.runLater(
            () ->
                live.tasks()
                    .all()
                    .addListener(
                        (ListChangeListener<dev.hivedeck.engine.protocol.view.TaskViews.Task>)
                            change -> {
                              long now = System.currentTimeMillis();
                              while (change.next()) {
                                change
                                    .getAddedSubList()
                                    .forEach(
                                        t ->
                                            millis.add(
                                                (double) now - t.updatedAt().toEpochMilli()));
                              }
                            }));
        long first = engine.stats().seq();
        long began = System.nanoTime();
        // Pausing and resuming: each tells of a task and of its requirement.
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int i = 0; i < 5_000; i++) {
            String id = "T-" + (1 + (i / 2) % 3 * 5 + 1);
            Command command = i % 2 == 0 ? new Command.PauseTask(id) : new Command.ResumeTask(id);
            people.submit(() -> engine.execute(command, null)).get();
            LockSupport.parkNanos(began + i * 2_000_000L - System.nanoTime());
          }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        long events = engine.stats().seq() - first;
        Thread.sleep(500);
        System.out.printf(
            "%d events in %.1f s: %.0f a second%n", events, seconds, events / seconds);
        print("commit to live model", new ArrayList<>(millis));
        live.close();
      }
    }
  }

  @Test
  void theThreadOfTheScreenInTheDemoAtTenTimesSpeed() throws Exception {
    try (var demo = Demo.open(folder, 10, true)) {
      var endpoint = demo.hive().endpoint();
      var client =
          FeedClient.connect(() -> EngineAccess.address(endpoint), "bench", Clock.systemUTC());
      var opened =
          new FutureTask<>(
              () -> {
                var options =
                    new Desktop.Options(null, Clock.systemUTC(), ZoneId.systemDefault(), null);
                var desktop = Desktop.open(new Stage(), f -> client, options);
                desktop.stage().setWidth(1440);
                desktop.stage().setHeight(900);
                desktop.show(client);
                return desktop;
              });
      Platform.runLater(opened);
      Desktop desktop = opened.get(30, TimeUnit.SECONDS);
      demo.begin(true);
      Thread.sleep(3_000);
      var millis = Collections.synchronizedList(new ArrayList<Double>());
      // A thread that does nothing else tells what the machine itself adds.
      var idle = Collections.synchronizedList(new ArrayList<Double>());
      var peer = Executors.newSingleThreadExecutor();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      while (System.nanoTime() < until) {
        long asked = System.nanoTime();
        Platform.runLater(() -> millis.add((System.nanoTime() - asked) / 1e6));
        peer.execute(() -> idle.add((System.nanoTime() - asked) / 1e6));
        Thread.sleep(3);
      }
      Thread.sleep(300);
      peer.shutdown();
      print("waiting for the thread of the screen", new ArrayList<>(millis));
      print("waiting for a thread that is idle", new ArrayList<>(idle));
      Platform.runLater(desktop.stage()::close);
      Thread.sleep(500);
    }
  }
}
