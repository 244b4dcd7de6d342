package dev.hivedeck.app.demo;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;

/** A sample workspace, open. Closing it removes what it made, unless it was told to keep it. */
public final class Demo implements AutoCloseable {
  private static final int AT_ONCE = 8;

  /** Of the services' requests, which are the same each time. */
  private static final long SEED = 15;

  /** For how long alerts may take to end once their cause is mended. */
  private static final Duration CALM = Duration.ofMinutes(1);

  private final Path folder;
  private final boolean keep;
  private final double speed;
  private final SampleWorkspace workspace;
  private final SampleVersions versions;
  private final Engine engine;
  private SimulatedPerson simulatedPerson;
  private SampleServices services;

  private Demo(Path folder, boolean keep, double speed, boolean serve) {
    this.folder = folder;
    this.keep = keep;
    this.speed = speed;
    this.versions = new SampleVersions(new SplittableRandom(SEED));
    try {
      this.workspace = SampleWorkspace.make(folder, versions.configuration(speed));
      this.engine = engine(workspace, folder, speed, serve);
    } catch (RuntimeException e) {
      versions.close();
      throw e;
    }
  }

  private static Engine engine(
      SampleWorkspace workspace, Path folder, double speed, boolean serve) {
    return Engine.open(
        new EngineOptions(
            workspace.repository(),
            folder.resolve("home"),
            speed,
            serve,
            0,
            0,
            new SystemTimers(),
            () -> UUID.randomUUID().toString(),
            new SplittableRandom()));
  }

  /**
   * @param keep where to make and leave it; null for a temporary folder
   * @param speed pace; 1 is real
   * @param serve whether a desktop connects
   */
  public static Demo open(Path keep, double speed, boolean serve) {
    try {
      Path folder =
          keep != null
              ? keep.toAbsolutePath().normalize()
              : Files.createTempDirectory("hivedeck-demo").toRealPath();
      Files.createDirectories(folder);
      try {
        return new Demo(folder, keep != null, speed, serve);
      } catch (RuntimeException e) {
        if (keep == null) {
          SampleWorkspace.remove(folder);
        }
        throw e;
      }
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NO_SPACE,
          "No folder for the demo can be made: " + e.getMessage(),
          "Name one with --keep.",
          e);
    }
  }

  /**
   * Imports the plan and starts to work.
   *
   * @param alone whether the demo also answers and approves
   */
  public void begin(boolean alone) {
    engine.execute(new Command.Trust(engine.consent().digest()), null);
    services =
        new SampleServices(engine, new Git(workspace.repository()), new SplittableRandom(SEED));
    versions.begin(engine);
    if (alone) {
      simulatedPerson = new SimulatedPerson(engine, speed);
      simulatedPerson.begin();
    }
    engine.execute(new Command.ImportPlan("plan.yaml", workspace.plan()), null);
    engine.execute(new Command.StartHive(AT_ONCE), null);
  }

  /**
   * Waits until nothing can proceed any more.
   *
   * @param idle waits until the engine can do nothing without a person
   */
  public void await(Idle idle) throws InterruptedException {
    SimulatedPerson.Given before;
    SimulatedPerson.Given after;
    do {
      before = given();
      idle.await();
      after = given();
    } while (!after.all() || !after.equals(before));
    if (simulatedPerson != null) {
      simulatedPerson.await(alerts -> alerts.stream().noneMatch(DemoReport::fires), CALM);
      simulatedPerson.await(_ -> SampleVersions.areDecided(engine), CALM);
    }
  }

  private SimulatedPerson.Given given() {
    return simulatedPerson == null ? new SimulatedPerson.Given(0, true) : simulatedPerson.given();
  }

  /** How to wait for an engine that has nothing to do. */
  @FunctionalInterface
  public interface Idle {
    void await() throws InterruptedException;
  }

  /** Closes the engine and judges what came of it. */
  public DemoReport finish() {
    var counts = DemoReport.count(engine);
    stop();
    return DemoReport.of(counts, workspace.repository());
  }

  private void stop() {
    var asked = services;
    var person = simulatedPerson;
    try (engine;
        versions;
        person;
        asked) {
      // Each is closed, the last first, whatever closing another comes to.
    }
  }

  public SampleWorkspace workspace() {
    return workspace;
  }

  public Engine hive() {
    return engine;
  }

  @Override
  public void close() {
    try {
      stop();
    } finally {
      if (!keep) {
        SampleWorkspace.remove(folder);
      }
    }
  }
}
