package dev.hivedeck.ui.control.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.control.diff.code.MovedLines;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javafx.collections.FXCollections;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.ListView;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long a diff of 20,000 lines takes to open, and each step of scrolling through it, beside a
 * bare list of the same lines.
 */
@Tag("bench")
class DiffViewBench {
  private static final ThreadMXBean TIMES = ManagementFactory.getThreadMXBean();
  private static final int LINES = 20_000;
  private static final int ROUNDS = Integer.getInteger("hivedeck.rounds", 15);
  private static final int STEPS = Integer.getInteger("hivedeck.steps", 600);
  @TempDir Path folder;
  private Desktop desktop;
  private Stage stage;

  @BeforeEach
  void open() {
    desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    stage = FxThread.get(Stage::new);
  }

  @AfterEach
  void close() {
    FxThread.run(stage::close);
    FxThread.run(desktop.stage()::close);
  }

  /** Every fourth line changes one word, every twentieth hunk is a block that came. */
  private static FileDiff file(String path) {
    var hunks = new ArrayList<Hunk>();
    int line = 1;
    for (int lines = 0; lines < LINES; lines += 10, line += 30) {
      var all = new ArrayList<DiffLine>();
      for (int i = 0; i < 6; i++) {
        var text = "    total_%d = sum(order.price for order in orders[%d])".formatted(line, i);
        if (i == 2 || i == 4) {
          all.add(new DiffLine("-", line + i, 0, text));
          all.add(new DiffLine("+", 0, line + i, text.replace("price", "net")));
        } else {
          all.add(new DiffLine(" ", line + i, line + i, text));
        }
      }
      all.add(new DiffLine("+", 0, line + 6, "    return digest(total_" + line + ")"));
      all.add(new DiffLine(" ", line + 6, line + 7, ""));
      hunks.add(new Hunk("@@ -%d,7 +%d,8 @@".formatted(line, line), line, line, all));
    }
    return new FileDiff(path, null, "modified", false, 6_000, 4_000, "100644", "100644", hunks);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twentyThousandLines(boolean sides) {
    var view =
        FxThread.get(
            () -> {
              desktop.frame().desk().settings().put("diff.sides", sides);
              return new DiffView(desktop.frame().desk(), Reviewer.NONE);
            });
    var peer = FxThread.get(() -> new ListView<String>());
    var first = file("a.py");
    var second = file("b.py");
    var lines =
        first.hunks().stream().flatMap(h -> h.lines().stream()).map(DiffLine::text).toList();
    FxThread.run(
        () -> {
          var scene = new Scene(view, 900, 700);
          scene.getStylesheets().setAll(desktop.stage().getScene().getStylesheets());
          scene
              .getRoot()
              .getStyleClass()
              .addAll(desktop.stage().getScene().getRoot().getStyleClass());
          stage.setScene(scene);
          stage.show();
        });
    var opened = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      var shown = i % 2 == 0 ? first : second;
      opened[i] =
          timed(
              () -> {
                view.moves(MovedLines.of(List.of(shown)));
                view.show(shown, List.of(), List.of());
                laidOut(view);
              });
    }
    var list = FxThread.get(() -> (ListView<?>) view.lookup(".diff-lines"));
    var scrolled = scroll(list);
    FxThread.run(() -> stage.getScene().setRoot(peer));
    var peerOpened = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      peerOpened[i] =
          timed(
              () -> {
                peer.setItems(FXCollections.observableArrayList(lines));
                laidOut(peer);
              });
    }
    var peerScrolled = scroll(peer);
    System.out.printf(
        Locale.ROOT,
        "%s, %d lines%n  open: first %.0f ms, median %.0f ms; bare list %.0f ms%n"
            + "  a step of scrolling: median %.1f ms, p99 %.1f ms; bare list %.1f, %.1f ms%n",
        sides ? "side by side" : "unified",
        lines.size(),
        opened[0] / 1e6,
        at(opened, 50),
        at(peerOpened, 50),
        at(scrolled, 50),
        at(scrolled, 99),
        at(peerScrolled, 50),
        at(peerScrolled, 99));
    assertThat(list.getItems().size()).isGreaterThan(lines.size() / 2);
  }

  /**
   * Of the processor, not of the wall: other work on the machine does not count, so that numbers of
   * one day can be held against those of another.
   */
  private static long timed(Runnable work) {
    return FxThread.get(
        () -> {
          long start = TIMES.getCurrentThreadCpuTime();
          work.run();
          return TIMES.getCurrentThreadCpuTime() - start;
        });
  }

  private static void laidOut(Parent node) {
    node.getScene().getRoot().applyCss();
    node.getScene().getRoot().layout();
  }

  /** As a wheel does, a few rows at a time; each with what a frame lays out. */
  private static long[] scroll(ListView<?> list) {
    var steps = new long[STEPS];
    int size = FxThread.get(() -> list.getItems().size());
    for (int i = 0; i < STEPS; i++) {
      int to = (int) ((long) i * 7 % (size - 40));
      steps[i] =
          timed(
              () -> {
                list.scrollTo(to);
                laidOut(list);
              });
    }
    return steps;
  }

  private static double at(long[] nanos, int percent) {
    var sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
  }
}
