package dev.hivedeck.app.desktop;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Opens the desktop, where there is a display. */
public final class DesktopLauncher {
  private DesktopLauncher() {}

  public static boolean possible() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean linux = !os.contains("win") && !os.contains("mac");
    return !linux
        || System.getenv("DISPLAY") != null
        || System.getenv("WAYLAND_DISPLAY") != null
        || "Headless".equals(System.getProperty("glass.platform"));
  }

  /**
   * @param folder a repository that is shown; null for what was open last
   */
  public static int open(HivedeckCommand cli, Path folder) {
    if (folder != null && !Files.isDirectory(folder)) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + folder.getFileName() + "\" is neither a command nor a folder.",
          "hivedeck --help lists the commands.");
    }
    RepositoryPlaces.refuseWithoutFiles(folder == null ? cli.workspace() : folder);
    if (!possible()) {
      throw new HiveException(
          ErrorCode.NO_DISPLAY,
          "There is no display to open the desktop on.",
          "Without one: hivedeck run --until-idle, hivedeck status, hivedeck serve,"
              + " hivedeck demo --headless.");
    }
    return DesktopWindow.open(cli, folder, cli.isByLink() && !isKnown(folder));
  }

  /** Whether the repository around a folder was opened before. */
  static boolean isKnown(Path folder) {
    try {
      return Files.exists(EngineAccess.folder(folder).resolve(Engine.DATABASE));
    } catch (HiveException e) {
      return false;
    }
  }
}
