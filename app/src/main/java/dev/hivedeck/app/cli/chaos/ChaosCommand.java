package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.chaos.KeptGameDay.State;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
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

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "What goes wrong, and when: chaos.yaml.")
  @Nullable Path file;

  @Option(names = "--yes", description = "Begins without asking.")
  boolean yes;

  private final AtomicBoolean warned = new AtomicBoolean();

  @Override
  public Integer call() throws InterruptedException {
    if (file == null) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "A game day goes by a plan.",
          "Name its file: hivedeck chaos chaos.yaml; hivedeck chaos list has those of the past.");
    }
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
      return run(day, days(), String.valueOf(file.getFileName()));
    }
  }

  private GameDays days() {
    return new GameDays(EngineAccess.folder(cli.workspace()).resolve("game-days"));
  }

  @Command(name = "list", description = "Game days of the past, the last one first.")
  int list() {
    var all = days().all();
    cli.answer(all, ChaosText.list(all));
    return HivedeckCommand.DONE;
  }

  @Command(
      name = "show",
      description = "What a game day did and measured; the last one where none is named.")
  int show(
      @Parameters(paramLabel = "NUMBER", arity = "0..1", description = "As chaos list says it.")
          @Nullable String number) {
    var day = number == null ? last() : days().one(number);
    cli.answer(day, ChaosText.show(day));
    return HivedeckCommand.DONE;
  }

  private KeptGameDay last() {
    return days()
        .last()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_THING,
                    "There was no game day yet.",
                    "hivedeck chaos chaos.yaml holds one."));
  }

  /** What was measured is told whether it can be kept or not. */
  private void keep(GameDays days, KeptGameDay day) {
    try {
      days.keep(day);
    } catch (HiveException e) {
      if (!warned.getAndSet(true)) {
        cli.err().println(e.fault().message() + " " + e.hint());
      }
    }
  }

  private int run(GameDay day, GameDays days, String plan) throws InterruptedException {
    var kept = days.begin(plan, day.report());
    var hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  day.stop();
                  answer(day.report());
                  keep(days, kept.with(day.report()).in(State.ENDED_EARLY));
                });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      day.run(report -> keep(days, kept.with(report)));
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
    keep(days, kept.with(report).in(report.complete() ? State.COMPLETE : State.ENDED_EARLY));
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
