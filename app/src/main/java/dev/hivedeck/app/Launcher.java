package dev.hivedeck.app;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.desktop.DesktopLauncher;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.sqlite.util.OSInfo;

/** The entry of the program; it loads nothing of JavaFX before a window is wanted. */
public final class Launcher {
  private static final String[] VERSION = {"--version"};

  private Launcher() {}

  public static void main(String[] arguments) {
    if (Arrays.equals(arguments, VERSION)) {
      System.out.println("Hivedeck " + Engine.VERSION); // without building a command line
      return;
    }
    System.setProperty(
        "hivedeck.logs", HivedeckHome.standard().folder().resolve("logs").toString());
    useInstalledSqlite();
    int status = run(System.out, System.err, arguments);
    if (status != HivedeckCommand.STAYS) {
      System.exit(status);
    }
  }

  /** Runs one command line and answers with its exit status. */
  public static int run(PrintStream out, PrintStream err, String... arguments) {
    return HivedeckCommand.run(
        out, err, Commands.named(arguments), DesktopLauncher::open, arguments);
  }

  /** The driver unpacks SQLite's library at each start, but where it lies beside the jars. */
  private static void useInstalledSqlite() {
    Path library =
        libraries()
            .resolve("native/org/sqlite/native")
            .resolve(system())
            .resolve(OSInfo.getArchName());
    if (Files.isDirectory(library)) {
      System.setProperty("org.sqlite.lib.path", library.toString());
    }
  }

  /**
   * The folder of the jars that this was started from. A class that comes from an ahead-of-time
   * cache made in another folder, as those of a package are, has no source that would tell it.
   */
  static Path libraries() {
    String first = System.getProperty("java.class.path").split(File.pathSeparator, 2)[0];
    return Path.of(first).toAbsolutePath().resolveSibling(".").normalize();
  }

  /** As the driver names it, which starts a process on Linux to find out whether it is Android. */
  private static String system() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return OSInfo.getOSName();
    }
    return OSInfo.isMusl() ? "Linux-Musl" : "Linux";
  }
}
