package dev.hivedeck.app;

import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.config.Home;
import java.util.Arrays;

/** The entry of the program; it loads nothing of JavaFX before a window is wanted. */
public final class Launcher {
  private static final String[] VERSION = {"--version"};

  private Launcher() {}

  public static void main(String[] arguments) {
    if (Arrays.equals(arguments, VERSION)) {
      System.out.println("Hivedeck " + Hive.VERSION); // without building a command line
      return;
    }
    System.setProperty("hivedeck.logs", Home.standard().folder().resolve("logs").toString());
    int status = Cli.run(System.out, System.err, arguments);
    if (status != Cli.STAYS) {
      System.exit(status);
    }
  }
}
