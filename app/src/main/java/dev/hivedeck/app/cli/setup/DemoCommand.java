package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.IdleCheck;
import dev.hivedeck.app.cli.ProgressPrinter;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.app.desktop.DesktopLauncher;
import dev.hivedeck.app.desktop.DesktopWindow;
import dev.hivedeck.app.desktop.ScreenshotWriter;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The sample workspace, working. */
@Command(name = "demo", description = "A sample workspace with eight agents, working.")
public final class DemoCommand implements Callable<Integer> {
  private static final int ENOUGH = 9;

  @ParentCommand HivedeckCommand cli;

  @Option(names = "--headless", description = "In the terminal, even where there is a display.")
  boolean headless;

  @Option(names = "--speed", defaultValue = "0", description = "Pace; 1 is real. Headless: 30.")
  double speed;

  @Option(names = "--keep", paramLabel = "DIR", description = "Make it there and leave it.")
  Path keep;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "Write the screens there as PNGs; default: a folder that is named.")
  Path pictures;

  @Option(names = "--no-pictures", description = "Write no PNGs.")
  boolean noPictures;

  /** Waits until a part is merged: then the screens have something to show. */
  public static void amid(Engine engine, int enough) throws InterruptedException {
    while (EngineAccess.all(engine, Topic.CHANGE, ChangeViews.Change.class).stream()
            .filter(c -> c.state() == ChangeViews.ChangeState.MERGED)
            .count()
        < enough) {
      Thread.sleep(50);
    }
  }

  @Override
  public Integer call() throws Exception {
    if (!headless && DesktopLauncher.possible()) {
      return DesktopWindow.demo(cli, speed > 0 ? speed : 1, keep);
    }
    double pace = speed > 0 ? speed : 30;
    try (var demo = Demo.open(keep, pace, true)) {
      cli.say(
          "A sample workspace at "
              + demo.workspace().repository()
              + ", at "
              + pace
              + " times real speed.");
      Path shown = null;
      try (var progressPrinter = ProgressPrinter.of(cli, demo.hive())) {
        progressPrinter.begin();
        demo.begin(true);
        if (!noPictures && !(cli.json() && pictures == null)) {
          amid(demo.hive(), ENOUGH);
          shown = ScreenshotWriter.write(cli, demo.hive(), pictures);
        }
        demo.await(() -> IdleCheck.await(demo.hive()));
      }
      var demoReport = demo.finish();
      var words = new StringBuilder("\nThe demo is over.\n");
      demoReport
          .counts()
          .forEach((name, count) -> words.append("  %-14s  %s%n".formatted(name, count)));
      words
          .append("  repository      ")
          .append(keep == null ? "removed" : demo.workspace().repository());
      if (keep != null) {
        words
            .append("\n  to look at      HIVEDECK_HOME=")
            .append(keep.toAbsolutePath().normalize().resolve("home"))
            .append(" hivedeck --workspace ")
            .append(demo.workspace().repository());
      }
      if (shown != null) {
        words.append("\n  pictures        ").append(shown);
      }
      cli.answer(demoReport, words.toString());
      demoReport.wrong().forEach(w -> cli.err().println("hivedeck: not as it should be: " + w));
      return demoReport.wrong().isEmpty() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
    }
  }
}
