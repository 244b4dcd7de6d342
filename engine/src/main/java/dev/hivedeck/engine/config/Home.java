package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The folder where Hivedeck keeps its data, for the owner's eyes only. */
public record Home(Path folder) {

  /** {@code HIVEDECK_HOME}, else the platform's place for an application's data. */
  public static Home standard() {
    String wanted = System.getProperty("hivedeck.home", System.getenv("HIVEDECK_HOME"));
    if (wanted != null && !wanted.isBlank()) {
      return new Home(Path.of(wanted).toAbsolutePath());
    }
    Path user = Path.of(System.getProperty("user.home"));
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (os.contains("win")) {
      String local = System.getenv("LOCALAPPDATA");
      return new Home(
          (local == null ? user.resolve("AppData/Local") : Path.of(local)).resolve("Hivedeck"));
    }
    if (os.contains("mac")) {
      return new Home(user.resolve("Library/Application Support/Hivedeck"));
    }
    String data = System.getenv("XDG_DATA_HOME");
    return new Home(
        (data == null || data.isBlank() ? user.resolve(".local/share") : Path.of(data))
            .resolve("hivedeck"));
  }

  /**
   * The folder of one workspace, made when it is not there.
   *
   * @param repository root of the repository
   * @throws HiveException {@code home-unwritable}
   */
  public Path workspace(Path repository) {
    Path place = workspaceFolder(repository);
    make(folder);
    make(place.getParent());
    make(place);
    return place;
  }

  /** Where the folder of a workspace is or would be. */
  public Path workspaceFolder(Path repository) {
    String path = repository.toAbsolutePath().normalize().toString();
    Path last = repository.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "root" : last.toString().replaceAll("[^A-Za-z0-9._-]+", "-");
    return folder.resolve("workspaces").resolve(name + "-" + hash(path));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a folder for its owner alone; one that is there already keeps the rights it has. */
  private static void make(Path folder) {
    try {
      if (Files.isDirectory(folder)) {
        return;
      }
      Files.createDirectories(folder);
      if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    } catch (IOException e) {
      throw new HiveException(
          "home-unwritable",
          "Hivedeck's data folder " + folder + " cannot be made: " + e.getMessage(),
          "Check its rights, or set HIVEDECK_HOME to a folder of yours.",
          e);
    }
  }
}
