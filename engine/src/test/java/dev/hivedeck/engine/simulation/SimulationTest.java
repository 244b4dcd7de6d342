package dev.hivedeck.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Lives of a workspace, each from a seed, under simulated time, threads, agents and git, with
 * faults and crashes at any step; {@link TestSize} says how many. A seed that fails is played again
 * by {@code ./dev test -pl resources,engine -Dtest=SimulationTest -Dhivedeck.seed=N}.
 */
class SimulationTest {
  private static final Path SHM = Path.of("/dev/shm");
  private static final int SEEDS = TestSize.times(30);
  private static final Long SEED = Long.getLong("hivedeck.seed");

  @TempDir Path temporary;
  private Path folder;
  private Path template;
  private Level before;

  private static Logger log() {
    return (Logger) LoggerFactory.getLogger("dev.hivedeck");
  }

  @BeforeEach
  void quiet() throws IOException {
    before = log().getLevel();
    log().setLevel(SEED == null ? Level.OFF : Level.INFO);
    // Only processes crash here, not machines: memory will do for a disk, where there is one.
    folder = Files.isWritable(SHM) ? Files.createTempDirectory(SHM, "hivedeck-sim") : temporary;
    template = folder.resolve("template.db");
    Store.open(template, Clock.systemUTC()).close();
  }

  @AfterEach
  void loud() throws IOException {
    log().setLevel(before);
    if (!folder.equals(temporary)) {
      try (var files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
      }
    }
  }

  /** A single seed tells what happens. */
  private final Consumer<String> trace = SEED == null ? event -> {} : System.out::println;

  private List<String> violations(long seed, Simulation.Plant plant) {
    return new Simulation(seed, folder, plant, trace).run(template);
  }

  /**
   * On all cores, each with a process of its own: within one, simulations that share a lock of a
   * library would wait for each other, which is not in their seed.
   */
  @Test
  void whateverFailsInWhateverOrderEverythingComesToItsEndOnce() throws Exception {
    if (SEED != null) {
      assertThat(violations(SEED, Simulation.Plant.NONE)).as("seed %d", SEED).isEmpty();
      return;
    }
    int cores = Runtime.getRuntime().availableProcessors();
    var processes = new ArrayList<Process>();
    for (int i = 0; i < cores; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "--add-opens=java.base/java.lang=ALL-UNNAMED",
                  // Threads of a crashed engine never end; who keeps a list of them keeps all.
                  "-Djdk.trackAllThreads=false",
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SimulationTest.class.getName(),
                  Integer.toString(i),
                  Integer.toString(SEEDS),
                  Integer.toString(cores),
                  template.toString())
              .redirectErrorStream(true)
              .start());
    }
    var found = new ArrayList<String>();
    try {
      for (var process : processes) {
        try (var lines = process.inputReader()) {
          lines.lines().forEach(found::add);
        }
        assertThat(process.waitFor()).as("exit of a process").isZero();
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
    assertThat(found).as("violations by seed").isEmpty();
  }

  /** Lives through every {@code step}-th seed and prints those with violations. */
  public static void main(String[] args) {
    log().setLevel(Level.OFF);
    Path template = Path.of(args[3]);
    for (long seed = Long.parseLong(args[0]);
        seed < Long.parseLong(args[1]);
        seed += Long.parseLong(args[2])) {
      List<String> wrong;
      try {
        wrong =
            new Simulation(seed, template.getParent(), Simulation.Plant.NONE, event -> {})
                .run(template);
      } catch (RuntimeException | Error e) {
        wrong = List.of(e.toString());
      }
      if (!wrong.isEmpty()) {
        System.out.println("seed " + seed + ": " + wrong);
      }
    }
  }

  @Test
  void aSeedIsLivedTheSameWayEachTime() {
    life(4); // the first in a process loads classes, and threads wait for that
    life(6); // so does the first in which a gate before a merge fails
    for (long seed = 0; seed < 10; seed++) {
      assertThat(life(seed)).as("seed %d", seed).isEqualTo(life(seed));
    }
  }

  private List<String> life(long seed) {
    var told = new ArrayList<String>();
    new Simulation(seed, folder, Simulation.Plant.NONE, told::add).run(template);
    return told;
  }

  /** The tester is tested: a defect of each class is found. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDefectIsFound(Simulation.Plant plant) {
    for (long seed = 0; seed < 100; seed++) {
      if (!violations(seed, plant).isEmpty()) {
        return;
      }
    }
    fail(plant + " goes unnoticed");
  }
}
