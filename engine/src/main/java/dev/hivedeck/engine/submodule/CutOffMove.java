package dev.hivedeck.engine.submodule;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.repository.FolderUsers;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Does the rest of it, where nothing but what that git did is there. */
  void finish() {
    Path admin = admin();
    String text = GitDirectory.text(admin.resolve(NOTE), SMALL);
    if (text == null) {
      return;
    }
    String[] ends = text.strip().split(" ");
    try {
      if (ends.length == 2 && isBetween(ends[0], ends[1], admin)) {
        if (FolderUsers.of(place).isEmpty()) {
          Files.deleteIfExists(admin.resolve(LOCK)); // of the git that was killed
        }
        String[] rest = {
          "-c", "core.hooksPath=/dev/null", "checkout", "--quiet", "--force", "--detach", ends[1]
        };
        LOG.info("{} is brought from {} to {} after all", place, ends[0], ends[1]);
        git.must(rest);
      }
      end();
    } catch (IOException | HiveException e) {
      LOG.info("{} is half brought along still: {}", place, e.toString());
    }
  }

  /** Whether each file is as one of both commits has it, or is missing. */
  private boolean isBetween(String from, String to, Path admin) throws IOException {
    String head = git.run("rev-parse", "--verify", "--quiet", "HEAD").value();
    if (!head.equals(from) && !head.equals(to)) {
      return false; // somebody has gone on from there
    }
    var among = new HashSet<String>();
    var added = new HashSet<String>();
    String[] differences = {"diff-tree", "-r", "-z", "--name-status", "--no-renames", from, to};
    var fields = git.listed(differences);
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      among.add(fields.get(i + 1));
      if (fields.get(i).equals("A")) {
        added.add(fields.get(i + 1));
      }
    }
    if (!staged(from).isEmpty() && !staged(to).isEmpty()) {
      return false; // git writes its index at once
    }
    Path index = Files.createTempFile(admin, "hivedeck", ".index");
    try {
      var before = unlike(from, index);
      var after = unlike(to, index);
      return among.containsAll(before)
          && after.stream()
              .allMatch(p -> isMissing(p) || !before.contains(p) && !added.contains(p));
    } finally {
      Files.deleteIfExists(index);
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

  private boolean isMissing(String path) {
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
