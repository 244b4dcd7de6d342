package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What git would make of merges that nobody has asked for yet; nothing moves by them. */
public final class TrialMerges {
  private final Repository repository;

  public TrialMerges(Repository repository) {
    this.repository = repository;
  }

  /** Two commits that may meet. */
  public record Pair(String one, String other) {}

  /** The tip of main. */
  public String main() {
    return repository.tip();
  }

  /**
   * The files in which both sides of each pair changed the same lines, in the order of the pairs;
   * none where they merge cleanly. All are tried by one git.
   *
   * @throws HiveException {@code git-failed} when a commit is gone
   */
  public List<Set<String>> conflicts(List<Pair> pairs) {
    if (pairs.isEmpty()) {
      return List.of();
    }
    String asked =
        pairs.stream().map(p -> p.one() + " " + p.other() + "\n").collect(Collectors.joining());
    String told =
        MainAttributes.with(
            repository,
            main(),
            git ->
                git.mustWith(asked, "merge-tree", "--stdin", "-z", "--name-only", "--no-messages"));
    var conflicts = read(told);
    if (conflicts.size() != pairs.size()) {
      throw repository
          .git()
          .failed(
              new Git.Result(1, told.getBytes(StandardCharsets.UTF_8), "told of too few"),
              "merge-tree",
              "--stdin");
    }
    return conflicts;
  }

  /** For each merge: a status, the tree, the files in conflict, and an empty field at its end. */
  private static List<Set<String>> read(String told) {
    var all = new ArrayList<Set<String>>();
    var fields = told.split("\0", -1);
    int at = 0;
    while (at + 1 < fields.length) {
      var files = new LinkedHashSet<String>();
      at += 2; // its status and its tree
      while (at < fields.length && !fields[at].isEmpty()) {
        files.add(fields[at++]);
      }
      at++;
      all.add(files);
    }
    return all;
  }

  /** The files that a commit changes against where it left main. */
  public Set<String> files(String head) {
    var git = repository.git();
    var fork = git.run("merge-base", main(), head);
    return fork.ok()
        ? new TreeSet<>(
            TreeDifference.listed(git, "diff-tree", "-r", "--name-only", fork.out().strip(), head))
        : Set.of();
  }

  /**
   * How many commits main has by now that each of these does not, in one walk over what they do not
   * all have.
   */
  public Map<String, Integer> behind(Collection<String> heads) {
    String main = main();
    var tips = new LinkedHashSet<>(heads);
    tips.add(main);
    var parents = parents(tips);
    var leadToMain = reached(main, parents);
    var behind = new HashMap<String, Integer>();
    for (String head : heads) {
      var has = reached(head, parents);
      behind.put(head, (int) leadToMain.stream().filter(commit -> !has.contains(commit)).count());
    }
    return behind;
  }

  /** The parents of the commits that these lead to, but for those that all of them do. */
  private Map<String, List<String>> parents(Set<String> tips) {
    var git = repository.git();
    var command = new ArrayList<>(List.of("merge-base", "--octopus"));
    command.addAll(tips);
    var common = git.run(command.toArray(String[]::new)); // none of histories that never met
    String input = String.join("\n", tips) + "\n" + (common.ok() ? "^" + common.out() : "");
    var parents = new HashMap<String, List<String>>();
    git.mustWith(input, "rev-list", "--parents", "--stdin")
        .lines()
        .map(line -> List.of(line.split(" ")))
        .forEach(line -> parents.put(line.getFirst(), line.subList(1, line.size())));
    return parents;
  }

  private static Set<String> reached(String tip, Map<String, List<String>> parents) {
    var reached = new HashSet<String>();
    var next = new ArrayDeque<>(List.of(tip));
    while (!next.isEmpty()) {
      String commit = next.pop();
      if (parents.containsKey(commit) && reached.add(commit)) {
        next.addAll(parents.get(commit));
      }
    }
    return reached;
  }

  /** Whether one was made on top of the other. */
  public boolean contains(String commit, String in) {
    return repository.contains(commit, in);
  }
}
