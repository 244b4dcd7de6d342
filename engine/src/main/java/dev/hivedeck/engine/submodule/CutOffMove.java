package dev.hivedeck.engine.submodule;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.repository.GitLock;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A submodule that is brought from one commit to another, as noted in its git folder meanwhile.
 * Where a git was killed in that, some of its files are of the one, some of the other, and git
 * takes them for edits.
 */
final class CutOffMove {
  private static final Logger LOG = LoggerFactory.getLogger(CutOffMove.class);

  private static final String NOTE = "hivedeck-move";
  private static final String LOCK = "index.lock";
  private static final int SMALL = 256;

  /** A lock that somebody works with is gone by then. */
  private static final Duration OLD = Duration.ofSeconds(10);

  private final Git git;
  private final Path place;

  /**
   * @param git in the submodule
   * @param place of its files
   */
  CutOffMove(Git git, Path place) {
    this.git = git.with(Map.of("GIT_OPTIONAL_LOCKS", "0"));
    this.place = place;
  }

  void begin(String from, String to) {
    try {
      Files.writeString(admin().resolve(NOTE), from + " " + to + "\n");
    } catch (IOException e) {
      LOG.info("{} is moved without a note: {}", place, e.toString());
    }
  }

  void end() {
    try {
      Files.deleteIfExists(admin().resolve(NOTE));
    } catch (IOException e) {
      LOG.info("a note of {} stays: {}", place, e.toString());
    }
  }

  private Path admin() {
    return Path.of(git.must("rev-parse", "--absolute-git-dir").strip());
  }

  /** Whether its index is locked. */
  boolean locked() {
    return Files.exists(admin().resolve(LOCK));
  }

  /** Does the rest of what an earlier engine was cut off in, where nothing else is there. */
  void finish() {
    finish(OLD);
  }

  /** Does the rest of what a git was killed in just now. */
  void finishKilled() {
    finish(Duration.ZERO);
  }

  /**
   * @param age of a lock that is not of a git which still lives
   */
  private void finish(Duration age) {
    Path admin = admin();
    String text = GitDirectory.text(admin.resolve(NOTE), SMALL);
    if (text == null) {
      return;
    }
    String[] ends = text.strip().split(" ");
    try {
      var moved = ends.length == 2 ? between(ends[0], ends[1], admin) : null;
      if (moved != null) {
        if (!unlock(admin, age)) {
          return; // a later look does it
        }
        LOG.info("{} is brought from {} to {} after all", place, ends[0], ends[1]);
        stage(moved, admin);
        // Whatever is otherwise there than its index has it, git leaves alone.
        String[] rest = {
          "-c",
          "core.hooksPath=/dev/null",
          "checkout",
          "--quiet",
          "--no-overwrite-ignore",
          "--detach",
          ends[1]
        };
        git.must(rest);
      }
      end();
    } catch (IOException | HiveException e) {
      LOG.info("{} is half brought along still: {}", place, e.toString());
    }
  }

  /** Removes the lock of the git that was killed, unless it may be another's. */
  private boolean unlock(Path admin, Duration age) throws IOException {
    var lock = GitLock.at(admin.resolve(LOCK), List.of(place, admin));
    if (lock.isEmpty()) {
      return true;
    }
    Path probe =
        Files.createTempFile(admin, "hivedeck", ".now"); // by the clock that dates the lock
    Instant now = Files.getLastModifiedTime(probe).toInstant();
    Files.delete(probe);
    if (lock.get().since().plus(age).isAfter(now)) {
      return false;
    }
    lock.get().remove();
    return true;
  }

  /** A file that differs between both commits, by its mode and id in the second. */
  private record Difference(String path, String entry, char status) {
    boolean is(char other) {
      return status == other;
    }
  }

  /**
   * The files that git has brought along, where each is as one of both commits has it, or is
   * missing; null where anything else is there.
   */
  private @Nullable List<Difference> between(String from, String to, Path admin)
      throws IOException {
    if (!git.run("rev-parse", "--verify", "--quiet", "HEAD").value().equals(from)) {
      return null; // git ends with that, or somebody has gone on from there
    }
    var differences = differences(from, to);
    var staged = new HashSet<>(staged(from));
    staged.retainAll(staged(to));
    if (!staged.isEmpty()) {
      return null;
    }
    Path index = Files.createTempFile(admin, "hivedeck", ".index");
    try {
      var before = unlike(from, index);
      var after = unlike(to, index);
      var among = paths(differences, d -> true);
      var added = paths(differences, d -> d.is('A'));
      var leaving = paths(differences, d -> d.is('D'));
      var removable = new HashSet<>(leaving);
      removable.removeAll(before);
      boolean clean =
          among.containsAll(before)
              && before.stream().noneMatch(p -> leaving.contains(p) && isFile(p))
              && after.stream()
                  .allMatch(
                      p -> isMissing(p, removable) || !before.contains(p) && !added.contains(p));
      return clean
          ? differences.stream()
              .filter(d -> !d.is('D') && !after.contains(d.path()))
              .filter(d -> before.contains(d.path()) || d.is('A'))
              .filter(d -> !d.entry().startsWith(ChangedFile.SUBMODULE))
              .toList()
          : null;
    } finally {
      Files.deleteIfExists(index);
    }
  }

  private List<Difference> differences(String from, String to) {
    var fields = git.listed("diff-tree", "-r", "-z", "--raw", "--no-renames", from, to);
    var all = new ArrayList<Difference>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String[] f = fields.get(i).substring(1).split(" "); // :<mode> <mode> <id> <id> <status>
      all.add(new Difference(fields.get(i + 1), f[1] + " " + f[3], f[4].charAt(0)));
    }
    return all;
  }

  private static Set<String> paths(List<Difference> all, Predicate<Difference> which) {
    return all.stream().filter(which).map(Difference::path).collect(Collectors.toSet());
  }

  /** Has the index know what git has brought along, so that it takes none of it for an edit. */
  private void stage(List<Difference> moved, Path admin) throws IOException {
    if (moved.isEmpty()) {
      return;
    }
    Path list = Files.createTempFile(admin, "hivedeck", ".list");
    try {
      Files.write(
          list, ByteNames.join(moved.stream().map(d -> d.entry() + "\t" + d.path()).toList()));
      git.from(list).must("update-index", "--add", "--replace", "-z", "--index-info");
    } finally {
      Files.deleteIfExists(list);
    }
  }

  private List<String> staged(String commit) {
    String[] files = {
      "diff-index",
      "--cached",
      "-z",
      "--name-only",
      "--no-renames",
      "--ignore-submodules=all",
      commit
    };
    return git.listed(files);
  }

  /** Whether anything but a folder is there. */
  private boolean isFile(String path) {
    Path file = ByteNames.resolve(place, path);
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Whether nothing is there, nor in its way.
   *
   * @param leaving what git removes before it writes that
   */
  private boolean isMissing(String path, Set<String> leaving) {
    for (int at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      String parent = path.substring(0, at);
      if (isFile(parent)) {
        return leaving.contains(parent);
      }
    }
    return !Files.exists(ByteNames.resolve(place, path), LinkOption.NOFOLLOW_LINKS);
  }

  /** The files of a commit that are otherwise on disk, or missing. */
  private Set<String> unlike(String commit, Path index) throws IOException {
    Files.deleteIfExists(index);
    var aside = git.with(Map.of("GIT_INDEX_FILE", index.toString()));
    aside.must("read-tree", commit);
    aside.run("update-index", "-q", "--refresh");
    String[] files = {"diff-files", "-z", "--name-only", "--no-renames", "--ignore-submodules=all"};
    return new HashSet<>(aside.listed(files));
  }
}
