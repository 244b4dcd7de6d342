package dev.hivedeck.app;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.setup.DemoCommand;
import dev.hivedeck.app.demo.Demo;
import dev.hivedeck.app.desktop.ScreenshotWriter;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.Command.PauseHive;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * Makes the caches of loaded and linked classes that the launcher starts Java with: one for what
 * stays, one for commands. For each it starts the launcher once more, to live through what a usual
 * session loads. The build calls it; after an update of Java it can be called again. A package has
 * one cache for all, of a process that lives through both.
 *
 * @see <a href="https://openjdk.org/jeps/514">JEP 514, Ahead-of-time command-line ergonomics</a>
 */
@Command(name = "train", hidden = true, description = "Trains the ahead-of-time caches.")
final class TrainCommand implements Callable<Integer> {
  private static final double PACE = 200;
  private static final int ENOUGH = 1;
  private static final long SETTLE = 50;
  private static final long PATIENCE = 60;

  /** What a session is like. */
  enum Lifetime {
    DESKTOP("hivedeck.aot"),
    COMMANDS("commands.aot");

    /** As the launcher looks for it. */
    final String cache;

    Lifetime(String cache) {
      this.cache = cache;
    }
  }

  @ParentCommand HivedeckCommand cli;

  @Parameters(arity = "0..*", description = "Live through these; default: make both caches.")
  List<Lifetime> lifetimes = List.of();

  @Option(names = "--off", arity = "1", description = "Whether to remove the caches instead.")
  boolean off;

  @Override
  public Integer call() throws Exception {
    if (lifetimes.isEmpty()) {
      var caches = AotCaches.installed();
      if (off) {
        caches.remove();
      } else {
        caches.make().ifPresent(cli::say);
      }
      return HivedeckCommand.DONE;
    }
    Path folder = HivedeckHome.standard().folder().toAbsolutePath().getParent();
    for (var lifetime : lifetimes) {
      switch (lifetime) {
        case DESKTOP -> desktop(folder);
        case COMMANDS -> commands(folder.resolve("storefront"));
      }
    }
    return HivedeckCommand.DONE;
  }

  /** The demo for a while, and every screen. */
  private void desktop(Path folder) throws Exception {
    try (var demo = Demo.open(folder, PACE, true)) {
      demo.begin(true);
      DemoCommand.amid(demo.hive(), ENOUGH);
      demo.hive().execute(new PauseHive(true), null); // the rest is more of the same
      ScreenshotWriter.write(
          cli,
          demo.hive(),
          Files.createDirectory(folder.resolve("pictures")),
          SETTLE,
          Theme.Preference.DARK);
    }
  }

  /** The commands that are run most: by the ledger alone, then with an engine that runs. */
  private static void commands(Path repository) throws Exception {
    ask(repository);
    var engine =
        new ProcessBuilder(
                AotCaches.installed().launcher().toString(),
                "serve",
                "--workspace",
                repository.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    engine.environment().remove(AotCaches.OUTPUT);
    var serving = engine.start();
    try {
      while (serving.isAlive() && EngineAccess.running(repository).isEmpty()) {
        Thread.sleep(50);
      }
      ask(repository);
    } finally {
      serving.destroy();
      serving.waitFor(PATIENCE, TimeUnit.SECONDS);
      serving.destroyForcibly();
    }
  }

  private static void ask(Path repository) {
    var silent = new PrintStream(PrintStream.nullOutputStream());
    for (String command : List.of("status", "tasks", "agents", "changes", "attempts")) {
      Launcher.run(silent, silent, "--workspace", repository.toString(), command);
    }
    Launcher.run(silent, silent, "--workspace", repository.toString(), "--json", "status");
  }
}
