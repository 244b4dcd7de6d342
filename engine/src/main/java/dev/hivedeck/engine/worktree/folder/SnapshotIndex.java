package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The index of a snapshot: brought to what the files are by now. */
final class SnapshotIndex {
  /** So often files are weighed again that grew while git read them. */
  private static final int GROWING = 3;

  /**
   * @param was the mode in the index
   * @param is the mode by now
   */
  private record Edit(String was, String is, String blob) {}

  private final Git git;
  private final Path folder;
  private final Path own;
  private final Path theirs;
  private final SnapshotGit reading;
  private final WorkFiles files;
  private final KnownBlobs blobs;
  private final RefusedFiles refused;
  private final SparseCone cone;

  /** Files of the index that are others by now, or seem to be. */
  private final Map<String, Edit> edited = new TreeMap<>();

  /** The id of no object, as long as ids are here. */
  private String nothing = "0".repeat(40);

  /** Whether files are as in the index though git cannot see it by their times. */
  private boolean stale;

  /**
   * @param own a folder for what git is given to read
   * @param theirs an index of whoever works in the folder; or null
   * @param refused receives files that git took under no such name
   * @param cone what was checked out
   */
  SnapshotIndex(
      Git git,
      Path folder,
      Path own,
      Path theirs,
      SnapshotGit reading,
      WorkFiles files,
      RefusedFiles refused,
      SparseCone cone) {
    this.git = git;
    this.folder = folder;
    this.own = own;
    this.theirs = theirs;
    this.reading = reading;
    this.files = files;
    this.blobs = new KnownBlobs(reading, git, files, own);
    this.refused = refused;
    this.cone = cone;
  }

  /**
   * Those of the files that were not checked out, and are there by now, are files like others.
   *
   * @return those that are not there
   */
  Set<String> show(Set<String> hidden) {
    var there = hidden.stream().filter(files::isFile).toList();
    SparseCone.mark(git, there, "--no-skip-worktree", own);
    var away = new TreeSet<>(hidden);
    there.forEach(away::remove);
    return away;
  }

  /** How long the ids are here. */
  void idsLike(String id) {
    nothing = "0".repeat(id.length());
  }

  /** Has git see by their times which files are as in the index. */
  void refresh() {
    if (stale) {
      git.run("update-index", "-q", "--refresh");
      stale = false;
    }
  }

  /**
   * Notes which files in the index are gone, and which are others by now.
   *
   * @param hidden files that were not checked out, and are not there
   */
  void changed(Set<String> hidden, Map<String, String> gone, Set<String> touched, long most) {
    var fields =
        ByteNames.split(
            reading
                .run(null, "diff-files", "-z", "--raw", "--no-renames", "--ignore-submodules=all")
                .bytes());
    var missing = new TreeSet<String>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String[] f = fields.get(i).split(" ");
      String path = fields.get(i + 1);
      if (f[4].equals("D") || !files.isFile(path)) {
        missing.add(path);
      } else if (!f[0].substring(1).equals(f[1]) || !files.same(path, f[2], most)) {
        touched.add(path);
        edited.put(path, new Edit(f[0].substring(1), f[1], f[2]));
      } else {
        stale = true;
      }
    }
    missing.addAll(hidden);
    if (!missing.isEmpty()) {
      var leftOut = leftOut(missing, hidden);
      missing.removeAll(leftOut);
      missing.forEach(path -> gone.putIfAbsent(path, null));
      leftOut.removeAll(hidden);
      SparseCone.mark(git, List.copyOf(leftOut), "--skip-worktree", own);
    }
  }

  /**
   * Those that were never there, rather than deleted. An index of whoever works in the folder knows
   * of both: it leaves a file out, or has it to be there, or has it no more. Where that cannot be
   * read, it is what was checked out that tells.
   */
  private Set<String> leftOut(Set<String> missing, Set<String> hidden) {
    var known = TheirIndex.leftOut(git, theirs, own, nothing.length());
    return missing.stream()
        .filter(
            path ->
                known
                    .map(out -> out.contains(path))
                    .orElseGet(() -> hidden.contains(path) || !cone.holds(path)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Sets entries by their modes and ids, and removes those that are null. */
  void set(Map<String, String> entries) {
    if (entries.isEmpty()) {
      return;
    }
    var lines = new ArrayList<String>();
    entries.forEach(
        (path, entry) -> lines.add((entry == null ? "0 " + nothing : entry) + "\t" + path));
    reading.must(ByteNames.join(lines), "update-index", "-z", "--index-info");
  }

  /** Puts those files into the index that are not too large, as they are by now. */
  void add(Set<String> paths, FolderSnapshot.Inside inside) {
    var load = WorkLoad.of(folder, files, paths, edited.keySet(), inside.limits());
    if (load.excess().isPresent()) {
      load = WorkLoad.of(folder, files, unknown(paths), edited.keySet(), inside.limits());
    }
    for (int again = 0; ; again++) {
      load.excess().ifPresent(inside::tooLarge);
      try {
        add(load.files(), load.time());
        return;
      } catch (HiveException e) {
        if (!e.is(ErrorCode.GIT_SLOW) || again == GROWING) {
          throw e;
        }
        // Perhaps they grew while git read them.
        load = WorkLoad.of(folder, files, load.files(), edited.keySet(), inside.limits());
        if (load.excess().isEmpty()) {
          throw e;
        }
      }
    }
  }

  /**
   * Those of the files that the repository has not got already: a file that was only touched, or
   * that Git LFS brought, weighs nothing however large it is. Of the others the modes are noted.
   */
  private Set<String> unknown(Set<String> paths) {
    var suspects = new TreeMap<>(edited);
    suspects.keySet().retainAll(paths);
    if (suspects.isEmpty()) {
      return paths;
    }
    var filters = blobs.filters(suspects.keySet());
    var sizes =
        blobs.sizes(
            suspects.entrySet().stream()
                .collect(
                    Collectors.toMap(
                        Map.Entry::getKey, e -> e.getValue().blob(), (a, b) -> a, TreeMap::new)));
    var modes = new TreeMap<String, String>();
    var unknown = new TreeSet<>(paths);
    long end = System.nanoTime() + SnapshotGit.PATIENCE.toNanos();
    suspects.forEach(
        (path, edit) -> {
          if (blobs.known(path, edit.blob(), sizes.get(path), filters.get(path), end)) {
            unknown.remove(path);
            stale = true;
            if (!edit.was().equals(edit.is())) {
              modes.put(path, edit.is() + " " + edit.blob());
            }
          }
        });
    set(modes);
    return unknown;
  }

  void add(Set<String> paths, Duration time) {
    if (paths.isEmpty()) {
      return;
    }
    String[] command = {"update-index", "--add", "--remove", "--replace", "-z", "--stdin"};
    if (reading.checked(time, ByteNames.join(paths), command).err().contains("Ignoring path ")) {
      var taken = Set.copyOf(ByteNames.split(reading.run(null, "ls-files", "-z").bytes()));
      paths.stream()
          .filter(file -> !taken.contains(file) && files.isFile(file))
          .forEach(refused::add);
    }
  }
}
