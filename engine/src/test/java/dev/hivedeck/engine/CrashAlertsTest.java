package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.CrashAlerts.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What watches alerts is killed while one is pending, fires, is kept and has ended, and at any
 * moment of a look: all is told as if it had never been, each at its time and once.
 */
class CrashAlertsTest {
  private static final int STEPS = 260;

  /** While a rule is pending, the objective's page too fires; it fires; is kept; has ended. */
  private static final List<Integer> KILLS = List.of(23, 30, 47, 55, 240);

  @TempDir Path folder;

  private static List<Step> steps() {
    var steps = new ArrayList<Step>();
    long good = 0;
    long bad = 0;
    for (int i = 1; i <= STEPS; i++) {
      boolean fails = i > 12 && i <= 25;
      good += fails ? 50 : 100;
      bad += fails ? 50 : 0;
      steps.add(new Step(i, i > 20 && i <= 45 ? 9 : 1, good, bad));
    }
    return steps;
  }

  private final class Child {
    final Process process;
    final Writer to;
    final BufferedReader from;

    Child(Path home) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  CrashAlerts.class.getName(),
                  home.toString())
              .redirectError(folder.resolve("errors").toFile())
              .start();
      to = process.outputWriter();
      from = process.inputReader();
    }

    void begin(Step step) throws IOException {
      to.write(step + "\n");
      to.flush();
    }

    void look(Step step) throws IOException {
      begin(step);
      assertThat(from.readLine()).as(() -> errors()).isEqualTo("done " + step);
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aKilledEngineNeitherTellsTwiceNorTakesBackNorForgets() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var steps = steps();
    List<String> wanted;
    Path steady = Files.createDirectories(folder.resolve("steady"));
    try (var alerts = new CrashAlerts(steady, steps.getFirst().at())) {
      var states = new TreeSet<String>();
      for (var step : steps) {
        alerts.look(step);
        states.addAll(alerts.states());
      }
      wanted = alerts.told();
      assertThat(states)
          .containsExactlyInAnyOrder(
              "rule:hive.yaml/LagHigh inactive",
              "rule:hive.yaml/LagHigh pending",
              "rule:hive.yaml/LagHigh firing");
    }
    assertThat(wanted)
        .anyMatch(t -> t.contains("alert.firing") && t.contains("outbox-team"))
        .anyMatch(t -> t.contains("alert.resolved") && t.contains("outbox-team"))
        .anyMatch(t -> t.contains("alert.resolved") && t.contains("ErrorBudgetBurn"));

    var amid = new TreeSet<Integer>();
    while (amid.size() < TestSize.times(2)) {
      amid.add(14 + random.nextInt(45));
    }
    Path killed = Files.createDirectories(folder.resolve("killed"));
    var child = new Child(killed);
    try {
      for (var step : steps) {
        if (amid.contains(step.number())) {
          child.begin(step);
          Thread.sleep(random.nextInt(15)); // anywhere in what it does
          child.kill();
          child = new Child(killed);
        }
        child.look(step);
        if (KILLS.contains(step.number())) {
          child.kill();
          child = new Child(killed);
        }
      }
    } finally {
      child.kill();
    }
    try (var alerts = new CrashAlerts(killed, steps.getLast().at())) {
      assertThat(alerts.told()).as("seed %d, killed at %s", seed, amid).isEqualTo(wanted);
    }
  }
}
