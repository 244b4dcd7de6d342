package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Undoes what a git did in a checkout that was cut off while it brought that up. */
final class CutOffUpdate {
  private static final Logger LOG = LoggerFactory.getLogger(CutOffUpdate.class);

  private final MainCheckout checkout;
  private final Repository repository;
  private final Path path;
  private final Git git;
  private final CheckoutIndex index;

  CutOffUpdate(MainCheckout checkout, Repository repository, Git git, CheckoutIndex index) {
    this.checkout = checkout;
    this.repository = repository;
    this.path = checkout.path();
    this.git = git;
    this.index = index;
  }

  /**
   * Undoes what a git has done that was cut off on the way from one commit to another. It writes
   * the index last: where that has a file as it was, while the disk has it as it was to be, or not
   * at all, or has its beginning, nobody else has done that. A beginning is kept before it goes: it
   * may be an edit after all.
   *
   * @return why it was left as it is; empty when nothing of it is there
   */
  Optional<MainCheckout.Refused> undo(String from, String to) {
    try {
      var differences = TreeDifference.between(git, from, to);
      differences
          .keySet()
          .removeAll(TreeDifference.listed(git, "diff-index", "--cached", "--name-only", from));
      if (differences.isEmpty()) {
        return Optional.empty(); // it was not cut off, as a rule
      }
      return index
          .beside(own -> undo(own, differences))
          .map(why -> new MainCheckout.Refused(why, true));
    } catch (HiveException e) {
      return Optional.of(new MainCheckout.Refused(e.getMessage(), false));
    }
  }

  private Optional<String> undo(Path own, Map<String, TreeDifference> differences)
      throws IOException {
    var aside = git.with(Map.of(MainCheckout.INDEX_FILE, own.toString()));
    index.make(own, differences.values(), TreeDifference::after);
    aside.run("update-index", "-q", "--refresh");
    var states =
        TreeDifference.listed(aside, "diff-files", "--name-status"); // each with its name behind it
    var unlike = new HashMap<String, String>();
    for (int i = 0; i + 1 < states.size(); i += 2) {
      unlike.put(states.get(i + 1), states.get(i));
    }
    var half = halfWritten(own, differences.values(), unlike.keySet());
    if (!half.isEmpty()) {
      keep(aside, own, half);
      for (var d : half) {
        Files.delete(ByteNames.resolve(path, d.path()));
        unlike.put(d.path(), "D");
      }
    }
    var done =
        differences.values().stream()
            .filter(d -> d.goes() ? !isFile(d) : unlike.getOrDefault(d.path(), "D").equals("D"))
            .filter(d -> !(d.arrives() && unlike.containsKey(d.path())))
            .toList();
    if (done.isEmpty()) {
      return Optional.empty();
    }
    index.make(own, done, TreeDifference::before);
    String before = aside.must("write-tree", "--missing-ok");
    index.make(own, done, TreeDifference::after);
    String after = aside.must("write-tree", "--missing-ok");
    var untracked = UntrackedFiles.inTheWay(aside, path, after, before);
    if (!untracked.isEmpty()) {
      return Optional.of(MainCheckout.inTheWay(untracked));
    }
    aside.run("update-index", "-q", "--refresh");
    var undone = aside.run("read-tree", "-m", "-u", after, before);
    return undone.ok() ? Optional.empty() : Optional.of(checkout.refused(undone).why());
  }

  private List<TreeDifference> halfWritten(
      Path own, Collection<TreeDifference> differences, Set<String> unlike) {
    var written = new PartialWrite(git, path, own.resolveSibling("hivedeck.half"));
    return differences.stream()
        .filter(d -> d.goes() || unlike.contains(d.path()))
        .filter(d -> written.is(d.path(), blob(d.before()), blob(d.after())))
        .toList();
  }

  /** The object of an entry; null where it is no file. */
  private static String blob(String entry) {
    return entry.startsWith("100") ? entry.substring(entry.indexOf(' ') + 1) : null;
  }

  private void keep(Git aside, Path own, List<TreeDifference> half) throws IOException {
    var blobs = new HashMap<String, String>();
    for (var d : half) {
      Path file = ByteNames.resolve(path, d.path());
      if (Files.size(file) > 0) {
        String blob = git.from(file).must("hash-object", "-w", "--stdin", "--no-filters").strip();
        blobs.put(d.path(), "100644 " + blob);
      }
    }
    if (blobs.isEmpty()) {
      return;
    }
    index.make(
        own,
        half.stream().filter(d -> blobs.containsKey(d.path())).toList(),
        d -> blobs.get(d.path()));
    String commit =
        repository.commit(
            "Half-written files of a git that was cut off in " + path + "\n",
            aside.must("write-tree"),
            List.of());
    LOG.warn(
        "a git was cut off in {} while it wrote {}; what it had written is kept as {}",
        path,
        Plural.some(blobs.keySet().stream().map(ByteNames::words).toList(), MainCheckout.NAMES),
        new KeptWork(repository).keep("main", "half-written", commit).ref());
  }

  private boolean isFile(TreeDifference difference) {
    Path at = ByteNames.resolve(path, difference.path());
    return Files.exists(at, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS);
  }
}
