package dev.hivedeck.app;

import dev.hivedeck.engine.config.Home;

/** The entry of the program; it loads nothing of JavaFX before a window is wanted. */
public final class Launcher {
  private Launcher() {}

  public static void main(String[] arguments) {
    System.setProperty("hivedeck.logs", Home.standard().folder().resolve("logs").toString());
    int status = Cli.run(System.out, System.err, arguments);
    if (status != Cli.STAYS) {
      System.exit(status);
    }
  }
}
