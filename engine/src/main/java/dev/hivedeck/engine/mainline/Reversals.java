package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Finds commits that take merged work back because they were made of files that were older than
 * main. They are found line by line, as git merges: also where such a commit changes something else
 * in the same file. What is merged to find out is left nowhere.
 */
public final class Reversals {
  /** So many commits that came to main at once are looked at. */
  private static final int MOST = 50;

  /** What {@code git revert} writes: that is meant. */
  private static final String MEANT = "This reverts commit ";

  private final Repository repository;

  public Reversals(Repository repository) {
    this.repository = repository;
  }

  /** A commit and the files in which it takes work back. */
  public record Reversal(String commit, Set<String> files) {}

  /**
   * What a commit that was made of files of {@code since} lacks of what main had.
   *
   * @param main what main was before it
   */
  public Set<String> lacks(String since, String main, String commit) {
    var lacks = changed(since, main);
    if (!lacks.isEmpty()) {
      lacks.retainAll(
          aside(
              main,
              git -> {
                var both = ThreeWayMerge.merge(git, on(git, commit, since), main);
                return differ(git, commit, both.tree());
              }));
    }
    return lacks;
  }

  /**
   * The last commit that came to main and that Hivedeck did not bring: only those may be made of a
   * checkout that was behind.
   */
  public Optional<String> latest(String main, String tip) {
    var own = repository.broughtByHivedeck();
    String[] list = {"rev-list", "--first-parent", "--max-count=" + MOST, main + ".." + tip};
    return repository.git().must(list).lines().filter(commit -> !own.contains(commit)).findFirst();
  }

  /**
   * The first commit that came to main, on whatever way, and takes all back that main got after
   * {@code since}. One that takes some of it back is taken for meant.
   *
   * @param main had that work
   * @param before where the new commits begin
   */
  public Optional<Reversal> first(String since, String main, String before, String tip) {
    var work = changed(since, main);
    if (work.isEmpty() || disjoint(work, differ(repository.git(), main, tip))) {
      return Optional.empty();
    }
    // Each commit with its parents, the oldest first.
    String[] list = {
      "rev-list", "--topo-order", "--parents", "--ancestry-path", main + ".." + tip, "^" + before
    };
    var listed =
        repository.git().must(list).lines().limit(MOST).map(line -> line.split(" ")).toList();
    var own = own(listed);
    return listed.reversed().stream()
        .filter(line -> !own.contains(line[0]))
        .filter(line -> line.length > 1 && repository.contains(main, line[1]))
        .map(line -> new Reversal(line[0], takenBack(since, main, line[1], line[0], work)))
        .filter(reversal -> !reversal.files().isEmpty())
        .filter(reversal -> !message(reversal.commit()).contains(MEANT))
        .findFirst();
  }

  /** Those that Hivedeck made or merged: their agents had main as it was. */
  private Set<String> own(List<String[]> listed) {
    var brought = repository.broughtByHivedeck();
    var own = new TreeSet<String>();
    for (String[] line : listed) {
      if (brought.contains(line[0])) {
        own.add(line[0]);
        Arrays.stream(line)
            .skip(2) // the commit and main before it
            .map(merged -> repository.git().must("rev-list", line[1] + ".." + merged))
            .forEach(commits -> commits.lines().forEach(own::add));
      }
    }
    return own;
  }

  /** All of the work but for what conflicts; nothing when it is less. */
  private Set<String> takenBack(
      String since, String main, String parent, String commit, Set<String> work) {
    var changed = differ(repository.git(), parent, commit);
    if (disjoint(changed, work)) {
      return Set.of();
    }
    return aside(
        main,
        git -> {
          var undone = ThreeWayMerge.merge(git, on(git, commit, main), on(git, since, main));
          var lacks = differ(git, commit, undone.tree());
          var files = new TreeSet<>(work);
          files.removeAll(lacks);
          lacks.removeAll(undone.conflicts());
          return disjoint(lacks, work) && changed.containsAll(files) ? files : Set.of();
        });
  }

  private String message(String commit) {
    return repository.git().must("log", "-1", "--format=%B", commit);
  }

  private Set<String> changed(String since, String main) {
    return differ(repository.git(), since, main);
  }

  private static boolean disjoint(Set<String> some, Set<String> others) {
    return some.stream().noneMatch(others::contains);
  }

  private static Set<String> differ(Git git, String one, String other) {
    String[] command = {
      "diff-tree", "-r", "--name-only", "-z", "--no-renames", "--ignore-submodules=none", one, other
    };
    var names = new TreeSet<>(Arrays.asList(git.must(command).split("\0")));
    names.remove("");
    return names;
  }

  /** The files of a commit as if they were made on another. */
  private static String on(Git git, String commit, String parent) {
    return git.must("commit-tree", commit + "^{tree}", "-p", parent, "-m", "As meant");
  }

  /** With git that leaves what it makes in a folder that goes. */
  private Set<String> aside(String attributes, Function<Git, Set<String>> work) {
    return MainAttributes.with(
        repository,
        attributes,
        git -> work.apply(git.with(repository.identity()).with(into(git.folder()))));
  }

  private Map<String, String> into(Path folder) {
    try {
      return repository.into(Files.createDirectory(folder.resolve("made objects")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
