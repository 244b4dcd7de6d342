package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Has services and agents fail on schedule, and measures what follows. */
@Command(
    name = "chaos",
    description = {
      "A game day: kills, freezes, starves or slows down services and agents that Hivedeck runs, as"
          + " a plan says, and measures how long it takes until that is noticed and all is well"
          + " again.",
      "It ends by itself and undoes what it did; Ctrl-C ends it early."
    })
public final class ChaosCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @ParentCommand
  HivedeckCommand cli;

  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "FILE", description = "What goes wrong, and when: chaos.yaml.")
  Path file;

  @Option(names = "--yes", description = "Begins without asking.")
  boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    var plan = ChaosPlan.read(file);
    if (EngineAccess.running(cli.workspace()).isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_ENGINE,
          "No engine runs here, so nothing of it can fail.",
          "Start it with hivedeck serve.");
    }
    if (!yes && !agreed(plan)) {
      cli.answer(Json.object().put("begun", false), "Nothing was done. With --yes it is.");
      return HivedeckCommand.NOT_ALLOWED;
    }
    try (var opened = EngineAccess.open(cli.workspace())) {
      var day =
          new GameDay(
              plan,
              new EngineSubjects(opened),
              Clock.systemUTC(),
              ChaosCommand::pause,
              text -> {
                if (!cli.json()) {
                  cli.err().println(text);
                }
              });
      return run(day);
    }
  }

  private int run(GameDay day) throws InterruptedException {
    var hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  day.stop();
                  answer(day.report());
                });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      day.run();
    } finally {
      day.stop();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        Thread.sleep(Duration.ofSeconds(10)); // it was ended just now, and is told there
      }
    }
    var report = day.report();
    answer(report);
    return report.isWell() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
  }

  private void answer(ChaosReport report) {
    cli.answer(report, ChaosText.report(report));
  }

  private boolean agreed(ChaosPlan plan) {
    if (cli.json()) {
      return false;
    }
    cli.page(ChaosText.plan(plan));
    if (System.console() == null) {
      return false;
    }
    cli.err().print("Begin? [y/N] ");
    var in = new Scanner(System.in);
    return in.hasNextLine() && in.nextLine().strip().equalsIgnoreCase("y");
  }

  private static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
