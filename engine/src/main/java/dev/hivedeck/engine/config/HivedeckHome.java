package dev.hivedeck.engine.config;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder where Hivedeck keeps its data, for the owner's eyes only. */
public record HivedeckHome(Path folder) {
  private static final String EXCHANGE = "exchange";

  /** What Hivedeck keeps in it. */
  private static final Set<String> OWN = Set.of("workspaces", EXCHANGE, "logs", "upgrades");

  /** {@code HIVEDECK_HOME}, else the platform's place for an application's data. */
  public static HivedeckHome standard() {
    String wanted = System.getProperty("hivedeck.home", System.getenv("HIVEDECK_HOME"));
    if (wanted != null && !wanted.isBlank()) {
      return new HivedeckHome(Path.of(wanted).toAbsolutePath());
    }
    Path user = user();
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (os.contains("win")) {
      String local = System.getenv("LOCALAPPDATA");
      return new HivedeckHome(
          (local == null ? user.resolve("AppData/Local") : Path.of(local)).resolve("Hivedeck"));
    }
    if (os.contains("mac")) {
      return new HivedeckHome(user.resolve("Library/Application Support/Hivedeck"));
    }
    String data = System.getenv("XDG_DATA_HOME");
    return new HivedeckHome(
        (data == null || data.isBlank() ? user.resolve(".local/share") : Path.of(data))
            .resolve("hivedeck"));
  }

  /** The user's own folder; as for every other program on Unix, {@code HOME} decides there. */
  public static Path user() {
    return user(
        System.getenv("HOME"), System.getProperty("os.name"), System.getProperty("user.home"));
  }

  static Path user(String home, String os, String account) {
    boolean unix = !os.toLowerCase(Locale.ROOT).startsWith("win");
    return unix && home != null && home.startsWith("/") ? Path.of(home) : Path.of(account);
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

  /**
   * The folder in which attempts of a workspace find what is for them: it lies apart from the
   * workspace's own, so that the way up from there leads past nothing else.
   */
  public Path exchange(Path repository) {
    return folder.resolve(EXCHANGE).resolve(workspaceFolder(repository).getFileName());
  }

  /**
   * Takes from others what earlier releases, or other programs, let them read. A folder that holds
   * more than Hivedeck's data keeps its rights, what Hivedeck keeps in it does not.
   */
  public void tighten() {
    try (var entries = Files.list(folder)) {
      var all = entries.toList();
      var own = all.stream().filter(p -> OWN.contains(p.getFileName().toString())).toList();
      if (own.size() == all.size()) {
        OwnerFiles.tighten(folder, HivedeckHome::isWorktrees);
      } else {
        for (Path each : own) {
          OwnerFiles.tighten(each, HivedeckHome::isWorktrees);
        }
      }
    } catch (IOException e) {
      log().warn("others may be able to read files in {}: {}", folder, e.toString());
    }
  }

  /** What is in it has the rights that the repository gives; others come not as far. */
  private static boolean isWorktrees(Path folder) {
    return folder.endsWith("worktrees");
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
      OwnerFiles.folder(folder);
    } catch (IOException e) {
      throw Disk.unwritable(
          folder,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "Hivedeck's data folder " + folder + " cannot be made: " + e.getMessage(),
          "Check its rights, or set HIVEDECK_HOME to a folder of yours.");
    }
  }

  /** Looked up late: where logs are written is decided by where this is. */
  private static Logger log() {
    return LoggerFactory.getLogger(HivedeckHome.class);
  }
}
