package dev.hivedeck.app;

import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.engine.config.Home;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/**
 * Lives through what a usual session loads, so that the JVM can write it to its ahead-of-time
 * cache: the demo for a while, every screen, and the commands that are run most. The build calls it
 * with {@code HIVEDECK_HOME} in a folder of its own, which is left behind empty.
 *
 * @see <a href="https://openjdk.org/jeps/514">JEP 514, Ahead-of-time command-line ergonomics</a>
 */
@Command(name = "train", hidden = true, description = "Trains the ahead-of-time cache.")
final class TrainCommand implements Callable<Integer> {
  private static final double PACE = 60;
  private static final int ENOUGH = 3;

  @ParentCommand Cli cli;

  @Override
  public Integer call() throws Exception {
    Path folder = Home.standard().folder().toAbsolutePath().getParent();
    Path pictures = Files.createTempDirectory("hivedeck-train");
    try (var demo = Demo.open(folder, PACE, true)) {
      demo.begin(true);
      DemoCommand.amid(demo.hive(), ENOUGH);
      Screens.write(cli, demo.hive(), pictures);
      var silent = new PrintStream(PrintStream.nullOutputStream());
      String repository = demo.workspace().repository().toString();
      for (String command : List.of("status", "tasks", "agents", "changes", "attempts")) {
        Cli.run(silent, silent, "--workspace", repository, command);
        Cli.run(silent, silent, "--workspace", repository, "--json", command);
      }
    }
    return Cli.DONE;
  }
}
