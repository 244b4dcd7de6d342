package dev.hivedeck.engine.store;

import dev.hivedeck.engine.file.OwnerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the driver unpacks SQLite's library: in a folder of this process, beside the database. An
 * engine that is killed cannot remove it; the next one does.
 */
final class SqliteNativeFolder {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteNativeFolder.class);

  /** What the driver looks at, once, when it loads its library. */
  private static final String PROPERTY = "org.sqlite.tmpdir";

  /** Where it finds the library as a file, and unpacks none. */
  private static final String INSTALLED = "org.sqlite.lib.path";

  private SqliteNativeFolder() {}

  /**
   * Makes it and removes those of processes that are gone. Where that cannot be, the driver goes on
   * as it does by itself.
   *
   * @param folder for the owner's eyes only
   */
  static void use(Path folder) {
    Path all = folder.resolve("native");
    try {
      sweep(all);
      if (System.getProperty(PROPERTY) != null || System.getProperty(INSTALLED) != null) {
        return;
      }
      Path mine = all.resolve(Long.toString(ProcessHandle.current().pid()));
      OwnerFiles.folder(mine);
      // Later ones go first: what the driver unpacks, then the folder, then that of all.
      all.toFile().deleteOnExit();
      mine.toFile().deleteOnExit();
      System.setProperty(PROPERTY, mine.toString());
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("the library is unpacked where the driver likes: {}", e.toString());
    }
  }

  static void sweep(Path all) throws IOException {
    if (!Files.isDirectory(all)) {
      return;
    }
    try (var folders = Files.list(all)) {
      for (Path folder : folders.filter(SqliteNativeFolder::left).toList()) {
        remove(folder);
      }
    }
  }

  private static boolean left(Path folder) {
    String name = folder.getFileName().toString();
    return name.matches("\\d{1,18}")
        && ProcessHandle.of(Long.parseLong(name)).filter(ProcessHandle::isAlive).isEmpty();
  }

  private static void remove(Path folder) {
    try (var files = Files.walk(folder)) {
      List<Path> inside = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : inside) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} stays: {}", folder, e.toString());
    }
  }
}
