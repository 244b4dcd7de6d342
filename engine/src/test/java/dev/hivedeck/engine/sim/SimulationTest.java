package dev.hivedeck.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.hivedeck.engine.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Thousands of lives of a workspace under simulated time, threads, agents and git, with faults and
 * crashes at any step. A seed that fails is played again by {@code ./dev test -pl resources,engine
 * -Dtest=SimulationTest -Dhivedeck.seed=N}.
 */
class SimulationTest {
  private static final Path SHM = Path.of("/dev/shm");
  private static final int SEEDS = Integer.getInteger("hivedeck.seeds", 2_000);
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

  private Map<Long, List<String>> violations(LongStream seeds, Simulation.Plant plant) {
    var found = new ConcurrentSkipListMap<Long, List<String>>();
    seeds
        .parallel()
        .forEach(
            seed -> {
              List<String> wrong;
              try {
                wrong = new Simulation(seed, folder, plant, trace).run(template);
              } catch (RuntimeException | Error e) {
                wrong = List.of(e.toString());
              }
              if (!wrong.isEmpty()) {
                found.put(seed, wrong);
              }
            });
    return found;
  }

  @Test
  void whateverFailsInWhateverOrderEverythingComesToItsEndOnce() {
    var seeds = SEED == null ? LongStream.range(0, SEEDS) : LongStream.of(SEED);
    assertThat(violations(seeds, Simulation.Plant.NONE)).as("violations by seed").isEmpty();
  }

  /** The tester is tested: a defect of each class is found. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDefectIsFound(Simulation.Plant plant) {
    assertThat(violations(LongStream.range(0, 40), plant)).isNotEmpty();
  }
}
