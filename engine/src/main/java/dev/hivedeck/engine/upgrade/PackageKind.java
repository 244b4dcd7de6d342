package dev.hivedeck.engine.upgrade;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How the program came to a machine, and how its packages are installed there. */
public enum PackageKind {
  /** Of Debian, Ubuntu and their like. */
  DEB,
  /** Of Fedora, openSUSE and their like. */
  RPM,
  /** A folder of the user's own. */
  TAR,
  /** Of macOS. */
  DMG,
  /** Of Windows. */
  MSI;

  private static final Path INSTALLED = Path.of("usr/lib/hivedeck");

  /**
   * How a program was installed.
   *
   * @param os as Java names it
   * @param program the program's folder
   * @param root of the file system
   */
  static PackageKind of(String os, Path program, Path root) {
    String name = os.toLowerCase(Locale.ROOT);
    if (name.contains("win") && !name.contains("darwin")) {
      return MSI;
    }
    if (name.contains("mac")) {
      return DMG;
    }
    if (!program.equals(root.resolve(INSTALLED))) {
      return TAR;
    }
    return Files.exists(root.resolve("var/lib/dpkg/info/hivedeck.list")) ? DEB : RPM;
  }

  /** What its packages are for, for example {@code linux-x86_64-deb}. */
  String system(String arch) {
    String os =
        switch (this) {
          case DEB, RPM, TAR -> "linux";
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
   * @param program where the program is
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
      case TAR -> {
        var beside = program.getParent();
        yield List.of("tar", "-xzf", pack, "-C", (beside == null ? program : beside).toString());
      }
      case DMG, MSI -> open(file);
    };
  }

  /** What hands a package to the installer of the system, in a window. */
  List<String> open(Path file) {
    return switch (this) {
      case DEB, RPM, TAR -> List.of("xdg-open", file.toString());
      case DMG -> List.of("/usr/bin/open", file.toString());
      case MSI -> List.of("msiexec", "/i", file.toString());
    };
  }
}
