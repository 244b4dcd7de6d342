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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What git would make of merges that nobody has asked for yet; nothing moves by them. */
public final class TrialMerges {
  /** Commits that a command names: what Windows takes has 32,767 characters. */
  private static final int AT_ONCE = 200;

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

  /** The files that each of these changes against where it left main; two gits look at all. */
  public Map<String, Set<String>> files(Collection<String> heads) {
    var files = new HashMap<String, Set<String>>();
    heads.forEach(head -> files.put(head, new TreeSet<>()));
    var asked = new StringBuilder();
    forks(heads).forEach((head, fork) -> asked.append(head + " " + fork + "\n"));
    if (asked.isEmpty()) {
      return files;
    }
    String[] command = {
      "diff-tree", "--stdin", "-r", "-z", "--no-renames", "--ignore-submodules=none", "--name-only"
    };
    Set<String> of = new TreeSet<>();
    for (String field : repository.git().mustWith(asked.toString(), command).split("\0")) {
      if (files.containsKey(field)) {
        of = files.get(field); // no file is called like a commit that has it
      } else if (!field.isEmpty()) {
        of.add(field);
      }
    }
    return files;
  }

  /** Where each of these left main; without those that never met it. */
  private Map<String, String> forks(Collection<String> heads) {
    var each = List.copyOf(new LinkedHashSet<>(heads));
    var forks = new LinkedHashMap<String, String>();
    if (each.isEmpty()) {
      return forks;
    }
    String main = main();
    for (int at = 0; at < each.size(); at += AT_ONCE) {
      var some = each.subList(at, Math.min(at + AT_ONCE, each.size()));
      var command = new ArrayList<>(List.of("rev-parse"));
      some.forEach(head -> command.add(main + "..." + head));
      int tips = 0; // two of each, and then where they part
      for (String line : repository.git().must(command.toArray(String[]::new)).lines().toList()) {
        if (line.startsWith("^")) {
          forks.putIfAbsent(some.get(tips / 2 - 1), line.substring(1));
        } else {
          tips++;
        }
      }
    }
    return forks;
  }

  /**
   * How many commits main has by now that each of these does not, in one walk over what they do not
   * all have.
   */
  public Map<String, Integer> behind(Collection<String> heads) {
    String main = main();
    if (heads.size() == 1) {
      String head = heads.iterator().next();
      String count = repository.git().must("rev-list", "--count", head + ".." + main).strip();
      return Map.of(head, Integer.parseInt(count));
    }
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
    String input =
        String.join("\n", tips) + "\n" + common(List.copyOf(tips)).map(c -> "^" + c).orElse("");
    var parents = new HashMap<String, List<String>>();
    repository
        .git()
        .mustWith(input, "rev-list", "--parents", "--stdin")
        .lines()
        .map(line -> List.of(line.split(" ")))
        .forEach(line -> parents.put(line.getFirst(), line.subList(1, line.size())));
    return parents;
  }

  /** What all of these lead to; empty for histories that never met. */
  private Optional<String> common(List<String> tips) {
    String common = tips.getFirst();
    for (int at = 1; at < tips.size(); at += AT_ONCE) {
      var command = new ArrayList<>(List.of("merge-base", "--octopus", common));
      command.addAll(tips.subList(at, Math.min(at + AT_ONCE, tips.size())));
      var found = repository.git().run(command.toArray(String[]::new));
      if (!found.ok()) {
        return Optional.empty();
      }
      common = found.out().strip();
    }
    return Optional.of(common);
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
