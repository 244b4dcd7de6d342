package dev.hivedeck.engine.service.watch;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.CheckIgnore;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.CodeOwners;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
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
 * Hears when files change that services watch. What follows each other within a moment counts once;
 * what git ignores, and its own folder, do not count at all, so a service that writes beside its
 * sources is not restarted by itself. Where the system could not tell all that happened, all is
 * looked at anew. While nothing is watched, nothing is done.
 */
public final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  /** Until nothing changed for so long, more is to come. */
  private static final Duration QUIET = Duration.ofMillis(300);

  private static final int CHANGED = 1_000;

  private final Path root;
  private final Git git;
  private final Timers timers;
  private final Consumer<Map<String, String>> changed;
  private final Set<String> paths = new TreeSet<>();
  private final Set<Path> newFolders = new LinkedHashSet<>();
  private Map<String, List<String>> patterns = Map.of();
  private @Nullable WatchedFolders folders;
  private Instant last = Instant.MIN;
  private boolean missed;
  private boolean telling;

  /**
   * @param root of the repository
   * @param changed takes the services whose files changed, each with one of them
   */
  public FileWatch(Path root, Git git, Timers timers, Consumer<Map<String, String>> changed) {
    this.root = root;
    this.git = git;
    this.timers = timers;
    this.changed = changed;
  }

  /**
   * Watches from now on.
   *
   * @param wanted what each service watches, by its name
   */
  public synchronized void follow(Map<String, List<String>> wanted) {
    if (wanted.equals(patterns)) {
      return;
    }
    close();
    patterns = Map.copyOf(wanted);
    if (patterns.values().stream().allMatch(List::isEmpty)) {
      return;
    }
    try {
      var now = new WatchedFolders(root.getFileSystem().newWatchService(), this::watches);
      folders = now;
      now.register(bases(), ignored());
      timers.start("watch", () -> hear(now.watcher()));
    } catch (IOException | RuntimeException e) {
      LOG.warn("files that services watch: {}", e.toString());
      close(); // the next time that it is to follow, it tries again
    }
  }

  private void hear(WatchService watcher) {
    try {
      while (true) {
        take(watcher, watcher.take());
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("nothing is watched any more");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void take(WatchService watcher, WatchKey key) {
    var known = folders;
    if (known == null || known.watcher() != watcher) {
      return;
    }
    Path folder = known.of(key);
    try {
      for (var event : key.pollEvents()) {
        if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
          missed = true;
          later();
        } else if (folder != null && event.context() instanceof Path name) {
          Path path = folder.resolve(name);
          if (!Files.isDirectory(path)) {
            seen(path);
          } else if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE) {
            newFolders.add(path);
            later();
          }
        }
      }
    } finally {
      if (!key.reset()) {
        known.forget(key);
      }
    }
  }

  private void seen(Path path) {
    if (paths.size() < CHANGED && watches(path)) {
      paths.add(relative(path));
      later();
    }
  }

  /** Something happened: it is told of once nothing more does. */
  private void later() {
    last = timers.clock().instant();
    if (!telling) {
      telling = true;
      timers.after(QUIET, this::tellOnceQuiet);
    }
  }

  private void tellOnceQuiet() {
    Map<String, String> told;
    synchronized (this) {
      var known = folders;
      if (known == null) {
        telling = false;
        return;
      }
      var left = Duration.between(timers.clock().instant(), last.plus(QUIET));
      if (left.isPositive()) {
        timers.after(left, this::tellOnceQuiet);
        return;
      }
      telling = false;
      told = Map.of();
      try {
        lookAround(known);
        told = told();
      } catch (IOException | RuntimeException e) {
        LOG.warn("files that services watch: {}", e.toString());
      }
    }
    if (!told.isEmpty()) {
      changed.accept(told);
    }
  }

  /** Into folders that are new, or into all where it is not known what happened. */
  private void lookAround(WatchedFolders known) throws IOException {
    if (!missed && newFolders.isEmpty()) {
      return;
    }
    var from = missed ? bases() : new LinkedHashSet<>(newFolders);
    newFolders.clear();
    missed = false;
    for (Path path : known.register(from, ignored())) {
      if (paths.size() < CHANGED) {
        paths.add(relative(path));
      }
    }
  }

  private Map<String, String> told() {
    var told = new LinkedHashMap<String, String>();
    var ignored = CheckIgnore.of(git, paths.stream().map(ByteNames::of).toList());
    for (String path : paths) {
      if (!ignored.contains(ByteNames.of(path))) {
        patterns.forEach(
            (service, all) -> {
              if (CodeOwners.owns(all, path)) {
                told.putIfAbsent(service, path);
              }
            });
      }
    }
    paths.clear();
    return told;
  }

  private Set<Path> bases() {
    var bases = new LinkedHashSet<Path>();
    patterns.values().forEach(all -> all.forEach(pattern -> bases.add(base(pattern))));
    return bases;
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

  private String relative(Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }

  private boolean watches(Path path) {
    String relative = relative(path);
    return patterns.values().stream().anyMatch(all -> CodeOwners.owns(all, relative));
  }

  @Override
  public synchronized void close() {
    var known = folders;
    folders = null;
    patterns = Map.of();
    paths.clear();
    newFolders.clear();
    missed = false;
    if (known != null) {
      known.close();
    }
  }
}
