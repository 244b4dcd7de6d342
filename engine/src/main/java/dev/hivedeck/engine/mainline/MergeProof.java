package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.merge.MergeViews.Cause;
import dev.hivedeck.engine.protocol.merge.MergeViews.Unexplained;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a merge brings to main what its change says, and nothing else. It is reckoned from the
 * three commits, path by path, so that a merge that was made wrongly, of a wrong base say, does not
 * agree with it, and compared with what git makes of both sides where these touch the same.
 *
 * @param tree of the merge
 * @param paths how many differ from main as it was
 * @param unexplained those of them, and of the change, that the change does not explain
 */
public record MergeProof(String tree, int paths, List<Unexplained> unexplained) {
  /** As many as git's own merge looks at. */
  private static final String RENAMES = "-l7000";

  public MergeProof {
    unexplained = List.copyOf(unexplained);
  }

  public boolean holds() {
    return unexplained.isEmpty();
  }

  /**
   * @param base main as it was
   * @param merge what main is to become, or became
   * @param head the change
   * @param both tree that git makes of main and the change; null where it cannot, and a person did
   * @param below where the change begins; null for wherever it left main
   */
  static MergeProof of(
      Git git, String base, String merge, String head, String both, @Nullable String below) {
    String tree = git.must("rev-parse", merge + "^{tree}").strip();
    var otherwise =
        both == null ? Set.<String>of() : TreeDifference.between(git, both, tree).keySet();
    var merged = TreeDifference.between(git, base, merge);
    var wanted = new Side();
    var main = new Side();
    var forks =
        below != null
            ? List.of(below)
            : git.run("merge-base", "--all", base, head).out().lines().toList();
    for (String fork : forks) {
      wanted.add(git, fork, head);
      main.add(git, fork, base);
    }
    return new MergeProof(tree, merged.size(), unexplained(merged, wanted, main, otherwise));
  }

  /** What one side did since both had the same. */
  private static final class Side {
    private final Map<String, TreeDifference> changed = new HashMap<>();

    /** New names by the old ones, and the other way round. */
    private final Map<String, String> now = new HashMap<>();

    private final Map<String, String> before = new HashMap<>();

    void add(Git git, String from, String to) {
      if (from.equals(to)) {
        return;
      }
      changed.putAll(TreeDifference.between(git, from, to));
      var fields =
          git.listed(
              "diff-tree", "-r", "-z", "-M", RENAMES, "--diff-filter=R", "--name-status", from, to);
      for (int i = 0; i + 2 < fields.size(); i += 3) { // a status, the old name, the new one
        now.put(fields.get(i + 1), fields.get(i + 2));
        before.put(fields.get(i + 2), fields.get(i + 1));
      }
    }

    boolean touches(String path) {
      return changed.containsKey(path) || before.containsKey(path) && touchesOld(path);
    }

    private boolean touchesOld(String path) {
      return changed.containsKey(before.get(path));
    }
  }

  private static List<Unexplained> unexplained(
      Map<String, TreeDifference> merged, Side wanted, Side main, Set<String> otherwise) {
    var came = new HashSet<String>();
    var went = new HashSet<String>();
    merged.values().forEach(d -> came.add(d.after()));
    merged.values().forEach(d -> went.add(d.before()));
    var found = new ArrayList<Unexplained>();
    var paths = new TreeSet<>(merged.keySet());
    paths.addAll(wanted.changed.keySet());
    for (String path : paths) {
      var difference = merged.get(path);
      var change = wanted.changed.get(path);
      if (change == null) {
        if (!explained(difference, wanted, main, came, went)) {
          found.add(new Unexplained(path, Cause.FOREIGN));
        }
      } else if (!bothTouch(path, wanted, main)) {
        // Main had there what the change began from: it is to be as in the change.
        if (difference == null) {
          if (!came.contains(change.after())) {
            found.add(new Unexplained(path, Cause.MISSING));
          }
        } else if (!difference.after().equals(change.after())
            && !(difference.goes() && came.contains(change.after()))) {
          found.add(new Unexplained(path, Cause.DIFFERENT));
        }
      }
    }
    // Also where both sides touch a path, or its names: there git's own merge says how it is to be.
    var told = found.stream().map(Unexplained::path).collect(Collectors.toSet());
    otherwise.stream()
        .filter(path -> !told.contains(path))
        .sorted()
        .forEach(path -> found.add(new Unexplained(path, Cause.DIFFERENT)));
    return found;
  }

  /**
   * A path that the change does not have: it may have another name on main, or move with others.
   */
  private static boolean explained(
      TreeDifference difference, Side wanted, Side main, Set<String> came, Set<String> went) {
    String old = main.before.get(difference.path());
    if (old != null && wanted.changed.containsKey(old)) {
      return true;
    }
    boolean moves = !wanted.now.isEmpty() || !main.now.isEmpty();
    return moves
        && (difference.goes() && came.contains(difference.before())
            || difference.arrives()
                && (went.contains(difference.after())
                    || wanted.changed.values().stream()
                        .anyMatch(c -> c.after().equals(difference.after()))));
  }

  private static boolean bothTouch(String path, Side wanted, Side main) {
    if (main.touches(path)) {
      return true;
    }
    String old = wanted.before.get(path);
    String now = wanted.now.get(path);
    return old != null && main.touches(old) || now != null && main.touches(now);
  }
}
