package dev.hivedeck.engine.service.watch;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.CodeOwners;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether files change that services watch. What follows each other within a moment counts
 * once; what git ignores, and its own folder, do not count at all, so a service that writes beside
 * its sources is not restarted by itself.
 */
public final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  /** Until nothing changed for so long, more is to come. */
  private static final Duration QUIET = Duration.ofMillis(300);

  private static final int FOLDERS = 10_000;
  private static final int CHANGED = 1_000;
  private static final String GIT = ".git";

  private final Path root;
  private final Git git;
  private final Clock clock;
  private final Consumer<Map<String, String>> changed;
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private final Set<Path> registered = new HashSet<>();
  private final Set<String> paths = new TreeSet<>();
  private Map<String, List<String>> patterns = Map.of();
  private @Nullable WatchService watcher;
  private @Nullable Instant last;

  /**
   * @param root of the repository
   * @param changed takes the services whose files changed, each with one of them
   */
  public FileWatch(Path root, Git git, Clock clock, Consumer<Map<String, String>> changed) {
    this.root = root;
    this.git = git;
    this.clock = clock;
    this.changed = changed;
  }

  /**
   * Looks once.
   *
   * @param wanted what each service watches, by its name
   */
  public synchronized void look(Map<String, List<String>> wanted) {
    try {
      if (!wanted.equals(patterns)) {
        follow(wanted);
      }
      var service = watcher;
      if (service == null) {
        return;
      }
      for (var key = service.poll(); key != null; key = service.poll()) {
        take(key);
      }
      var since = last;
      if (since != null && !clock.instant().isBefore(since.plus(QUIET))) {
        last = null;
        tell();
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("files that services watch: {}", e.toString());
    }
  }

  private void follow(Map<String, List<String>> wanted) throws IOException {
    close();
    patterns = Map.copyOf(wanted);
    if (patterns.values().stream().allMatch(List::isEmpty)) {
      return;
    }
    watcher = root.getFileSystem().newWatchService();
    var bases = new LinkedHashSet<Path>();
    patterns.values().forEach(all -> all.forEach(pattern -> bases.add(base(pattern))));
    var ignored = ignored();
    for (Path base : bases) {
      register(base, ignored);
    }
  }

  /** The folder that all that a pattern means lies in. */
  private Path base(String pattern) {
    boolean anchored =
        pattern.startsWith("/")
            || pattern.substring(0, Math.max(0, pattern.length() - 1)).contains("/");
    if (!anchored) {
      return root; // it may be anywhere
    }
    Path base = root;
    String[] parts = pattern.replaceFirst("^/", "").split("/");
    for (String part : parts) {
      if (part.contains("*") || part.contains("?") || !Files.isDirectory(base.resolve(part))) {
        break;
      }
      base = base.resolve(part);
    }
    return base;
  }

  /** Folders that git ignores; what is in them is not even looked at. */
  private Set<Path> ignored() {
    String[] command = {
      "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"
    };
    var ignored = new HashSet<Path>();
    for (String name : git.listed(command)) {
      ignored.add(
          ByteNames.resolve(
              root, name.endsWith("/") ? name.substring(0, name.length() - 1) : name));
    }
    return ignored;
  }

  private void register(Path from, Set<Path> ignored) throws IOException {
    var service = watcher;
    if (service == null || !Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (folder.endsWith(GIT) || ignored.contains(folder)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (registered.size() >= FOLDERS) {
              LOG.warn("more than {} folders are watched; the rest is not", FOLDERS);
              return FileVisitResult.TERMINATE;
            }
            if (registered.add(folder)) {
              var key =
                  folder.register(
                      service,
                      StandardWatchEventKinds.ENTRY_CREATE,
                      StandardWatchEventKinds.ENTRY_MODIFY,
                      StandardWatchEventKinds.ENTRY_DELETE);
              folders.put(key, folder);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // it has gone, or is not to be read
          }
        });
  }

  private void take(WatchKey key) throws IOException {
    Path folder = folders.get(key);
    for (var event : key.pollEvents()) {
      if (folder == null || !(event.context() instanceof Path name)) {
        continue; // too many at once: the others of them are enough
      }
      Path path = folder.resolve(name);
      if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE && Files.isDirectory(path)) {
        register(path, ignored());
        within(path); // what was written there before it was watched
      } else if (!Files.isDirectory(path)) {
        seen(path);
      }
    }
    if (!key.reset()) {
      var gone = folders.remove(key);
      if (gone != null) {
        registered.remove(gone);
      }
    }
  }

  private void within(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      files.filter(Files::isRegularFile).limit(CHANGED).forEach(this::seen);
    }
  }

  private void seen(Path path) {
    String relative = root.relativize(path).toString().replace('\\', '/');
    if (paths.size() < CHANGED && watches(relative)) {
      paths.add(relative);
      last = clock.instant();
    }
  }

  private boolean watches(String path) {
    return patterns.values().stream().anyMatch(all -> CodeOwners.owns(all, path));
  }

  private void tell() throws IOException {
    var told = new LinkedHashMap<String, String>();
    for (String path : notIgnored(List.copyOf(paths))) {
      patterns.forEach(
          (service, all) -> {
            if (CodeOwners.owns(all, path)) {
              told.putIfAbsent(service, path);
            }
          });
    }
    paths.clear();
    if (!told.isEmpty()) {
      changed.accept(told);
    }
  }

  private List<String> notIgnored(List<String> some) {
    Path list = null;
    try {
      list = Files.createTempFile("hivedeck", ".paths");
      Files.write(list, ByteNames.join(some.stream().map(ByteNames::of).toList()));
      var said = git.from(list).run("check-ignore", "-z", "--stdin");
      var ignored = Set.copyOf(ByteNames.split(said.bytes()));
      return some.stream().filter(path -> !ignored.contains(ByteNames.of(path))).toList();
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    } finally {
      if (list != null) {
        list.toFile().delete();
      }
    }
  }

  @Override
  public synchronized void close() {
    var service = watcher;
    watcher = null;
    folders.clear();
    registered.clear();
    paths.clear();
    last = null;
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LOG.debug("closing the watch", e);
      }
    }
  }
}
