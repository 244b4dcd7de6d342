package dev.hivedeck.engine.service.watch;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders that are watched, and how the files in them were when they were looked at last. */
final class WatchedFolders {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFolders.class);
  private static final int MOST_FOLDERS = 10_000;
  private static final int MOST_FILES = 50_000;
  private static final String GIT = ".git";

  private final WatchService watcher;
  private final Predicate<Path> watches;
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private final Map<Path, WatchKey> registered = new HashMap<>();
  private final Map<Path, Stamp> files = new HashMap<>();
  private boolean looked;

  /** What tells a file from what it was. */
  private record Stamp(long changed, long size) {}

  /**
   * @param watches whether a file counts
   */
  WatchedFolders(WatchService watcher, Predicate<Path> watches) {
    this.watcher = watcher;
    this.watches = watches;
  }

  WatchService watcher() {
    return watcher;
  }

  @Nullable Path of(WatchKey key) {
    return folders.get(key);
  }

  /** The folder of a key is no more. */
  void forget(WatchKey key) {
    var gone = folders.remove(key);
    if (gone != null) {
      registered.remove(gone, key);
    }
  }

  /**
   * Watches folders with all in them, and looks at their files.
   *
   * @param ignored what is not looked into
   * @return files that are otherwise than they were; none the first time
   */
  Set<Path> register(Set<Path> from, Set<Path> ignored) throws IOException {
    var found = new HashMap<Path, Stamp>();
    for (Path folder : from) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.walkFileTree(folder, new Walk(ignored, found));
      }
    }
    var other = new LinkedHashSet<Path>();
    found.forEach(
        (path, stamp) -> {
          if (!stamp.equals(files.get(path))) {
            other.add(path);
          }
        });
    files.keySet().stream()
        .filter(path -> !found.containsKey(path) && from.stream().anyMatch(path::startsWith))
        .forEach(other::add);
    files.keySet().removeAll(other);
    files.putAll(found);
    boolean first = !looked;
    looked = true;
    return first ? Set.of() : other;
  }

  void close() {
    try {
      watcher.close();
    } catch (IOException e) {
      LOG.debug("closing the watch", e);
    }
  }

  private final class Walk extends SimpleFileVisitor<Path> {
    private final Set<Path> ignored;
    private final Map<Path, Stamp> found;

    Walk(Set<Path> ignored, Map<Path, Stamp> found) {
      this.ignored = ignored;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (folder.endsWith(GIT) || ignored.contains(folder)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      var known = registered.get(folder);
      if (known == null && registered.size() >= MOST_FOLDERS) {
        LOG.warn("more than {} folders are watched; the rest is not", MOST_FOLDERS);
        return FileVisitResult.TERMINATE;
      }
      if (known == null || !known.isValid()) {
        var key =
            folder.register(
                watcher,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
        folders.put(key, folder);
        registered.put(folder, key);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (found.size() < MOST_FILES && watches.test(file)) {
        found.put(file, new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size()));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // it has gone, or is not to be read
    }
  }
}
