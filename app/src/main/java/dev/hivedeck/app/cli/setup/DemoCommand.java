package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.Cli;
import dev.hivedeck.app.cli.Doors;
import dev.hivedeck.app.cli.Idle;
import dev.hivedeck.app.cli.Progress;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.app.desktop.DesktopWindow;
import dev.hivedeck.app.desktop.Screens;
import dev.hivedeck.app.desktop.Windows;
import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The sample workspace, working. */
@Command(name = "demo", description = "A sample workspace with eight agents, working.")
public final class DemoCommand implements Callable<Integer> {
  private static final int ENOUGH = 9;

  @ParentCommand Cli cli;

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
  public static void amid(Hive hive, int enough) throws InterruptedException {
    while (Doors.all(hive, Topic.CHANGE, Views.Change.class).stream()
            .filter(c -> c.state() == Views.ChangeState.MERGED)
            .count()
        < enough) {
      Thread.sleep(50);
    }
  }

  @Override
  public Integer call() throws Exception {
    if (!headless && Windows.possible()) {
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
      try (var progress = Progress.of(cli, demo.hive())) {
        progress.begin();
        demo.begin(true);
        if (!noPictures && !(cli.json() && pictures == null)) {
          amid(demo.hive(), ENOUGH);
          shown = Screens.write(cli, demo.hive(), pictures);
        }
        demo.await(() -> Idle.await(demo.hive()));
      }
      var verdict = demo.finish();
      var words = new StringBuilder("\nThe demo is over.\n");
      verdict
          .counts()
          .forEach((name, count) -> words.append("  %-11s %d%n".formatted(name, count)));
      words
          .append("  repository  ")
          .append(keep == null ? "removed" : demo.workspace().repository());
      if (keep != null) {
        words
            .append("\n  to look at  HIVEDECK_HOME=")
            .append(keep.toAbsolutePath().normalize().resolve("home"))
            .append(" hivedeck --workspace ")
            .append(demo.workspace().repository());
      }
      if (shown != null) {
        words.append("\n  pictures    ").append(shown);
      }
      cli.answer(verdict, words.toString());
      verdict.wrong().forEach(w -> cli.err().println("hivedeck: not as it should be: " + w));
      return verdict.wrong().isEmpty() ? Cli.DONE : Cli.FAILED;
    }
  }
}
