package dev.hivedeck.engine;

import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * How to open a workspace.
 *
 * @param repository any folder inside the repository
 * @param home where Hivedeck keeps its data, for example {@code Home.standard()}
 * @param speed pace of delays and scripted agents; 1 is real
 * @param serve whether to open the feed and the HTTP endpoint
 * @param feedPort port of the feed, 0 for any free one
 * @param apiPort port of the HTTP endpoint, 0 for any free one
 * @param timers the clock to live by
 * @param ids gives a new unique id each time
 * @param random decides where chance does: which agent is tried to learn how good it is
 * @param surroundings where command line agents are looked for
 */
public record EngineOptions(
    Path repository,
    Path home,
    double speed,
    boolean serve,
    int feedPort,
    int apiPort,
    Timers timers,
    Supplier<String> ids,
    RandomGenerator random,
    HostEnvironment surroundings) {

  /** In the surroundings of this process. */
  public EngineOptions(
      Path repository,
      Path home,
      double speed,
      boolean serve,
      int feedPort,
      int apiPort,
      Timers timers,
      Supplier<String> ids,
      RandomGenerator random) {
    this(
        repository,
        home,
        speed,
        serve,
        feedPort,
        apiPort,
        timers,
        ids,
        random,
        HostEnvironment.here());
  }
}
