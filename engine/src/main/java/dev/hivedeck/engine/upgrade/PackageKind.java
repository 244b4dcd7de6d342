package dev.hivedeck.engine.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How the program came to a machine, and how its packages are installed there. */
public enum PackageKind {
  /** Of Debian, Ubuntu and their like. */
  DEB,
  /** Of Fedora, openSUSE and their like. */
  RPM,
  /** A folder of the user's own. */
  TAR,
  /** One file, which is mounted while it runs. */
  APPIMAGE,
  /** Of macOS. */
  DMG,
  /** Of Windows. */
  MSI;

  /** The variable that names the file of an AppImage. */
  static final String IMAGE = "APPIMAGE";

  private static final Path INSTALLED = Path.of("usr/lib/hivedeck");
  private static final Path IN_TARBALL = Path.of("lib/hivedeck");
  private static final String BARE = "[A-Za-z0-9/._+:-]+";
  private static final String BARE_ON_WINDOWS = "[A-Za-z0-9/\\\\._+~:-]+";

  /**
   * How a program was installed.
   *
   * @param os as Java names it
   * @param program the program's folder
   * @param root of the file system
   * @param environment in which an AppImage says where it is mounted; to others as well, that were
   *     started from it
   */
  static PackageKind of(String os, Path program, Path root, Map<String, String> environment) {
    String name = os.toLowerCase(Locale.ROOT);
    if (name.startsWith("win")) {
      return MSI;
    }
    if (name.startsWith("mac")) {
      return DMG;
    }
    if (environment.containsKey(IMAGE) && isIn(environment.getOrDefault("APPDIR", ""), program)) {
      return APPIMAGE;
    }
    if (!program.equals(root.resolve(INSTALLED))) {
      return TAR;
    }
    return Files.exists(root.resolve("var/lib/dpkg/info/hivedeck.list")) ? DEB : RPM;
  }

  private static boolean isIn(String mounted, Path program) {
    try {
      return !mounted.isEmpty() && program.startsWith(Path.of(mounted).toRealPath());
    } catch (IOException | InvalidPathException e) {
      return false; // It is of another program.
    }
  }

  /** What its packages are for, for example {@code linux-x86_64-deb}. */
  String system(String arch) {
    String os =
        switch (this) {
          case DEB, RPM, TAR, APPIMAGE -> "linux";
          case DMG -> "macos";
          case MSI -> "windows";
        };
    String machine =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          default -> arch.toLowerCase(Locale.ROOT);
        };
    return os + "-" + machine + "-" + name().toLowerCase(Locale.ROOT);
  }

  /**
   * What installs a package.
   *
   * @param program where the program is: its folder, or the file of an AppImage
   * @param root of the file system, where tools are looked for
   */
  List<String> install(Path file, Path program, Path root) {
    String pack = file.toString();
    return switch (this) {
      case DEB -> List.of("sudo", "apt", "install", pack);
      case RPM ->
          List.of(
              "sudo",
              Files.exists(root.resolve("usr/bin/dnf")) ? "dnf" : "zypper",
              "install",
              pack);
      case TAR -> List.of("tar", "-xzf", pack, "-C", beside(program).toString());
      case APPIMAGE -> List.of("install", "-m", "755", pack, program.toString());
      case DMG, MSI -> open(file);
    };
  }

  /**
   * Where a tarball was unpacked, so that another version comes beside it: {@code
   * hivedeck-0.1.0/lib/hivedeck} is in it. What was built has its own folder only, and in an AppDir
   * there is a {@code usr} between.
   */
  private static Path beside(Path program) {
    if (!program.endsWith(IN_TARBALL)) {
      return above(program, 1);
    }
    return above(program, program.endsWith(INSTALLED) ? 4 : 3);
  }

  private static Path above(Path path, int levels) {
    var parent = path.getParent();
    return levels == 0 || parent == null ? path : above(parent, levels - 1);
  }

  /** A command as the terminal of the system takes it. */
  String typed(List<String> command) {
    return command.stream().map(this::quoted).collect(Collectors.joining(" "));
  }

  private String quoted(String word) {
    if (this == MSI) {
      // No name of a file has a double quote there.
      return word.matches(BARE_ON_WINDOWS) ? word : '"' + word + '"';
    }
    return word.matches(BARE) ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * What hands a package to the installer of the system, in a window; an AppImage has none, and its
   * folder is shown.
   */
  List<String> open(Path file) {
    return switch (this) {
      case DEB, RPM, TAR -> List.of("xdg-open", file.toString());
      case APPIMAGE -> List.of("xdg-open", above(file, 1).toString());
      case DMG -> List.of("/usr/bin/open", file.toString());
      case MSI -> List.of("msiexec", "/i", file.toString());
    };
  }
}
