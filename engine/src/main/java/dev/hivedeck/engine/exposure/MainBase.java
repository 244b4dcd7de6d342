package dev.hivedeck.engine.exposure;

import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The user's checkout, from which services run, and whether it has what was merged. */
public final class MainBase {
  private final Repository repository;
  private final MainCheckouts checkouts;

  /** Whether a commit has a merge: that stays so. */
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();

  public MainBase(Repository repository, MainCheckouts checkouts) {
    this.repository = repository;
    this.checkouts = checkouts;
  }

  Path root() {
    return repository.root();
  }

  /**
   * Whether a commit has what was merged.
   *
   * @param commit also abbreviated; empty for none
   */
  boolean has(String commit, String merge) {
    return !commit.isEmpty()
        && known.computeIfAbsent(
            commit + " " + merge,
            pair -> repository.git().run("merge-base", "--is-ancestor", merge, commit).ok());
  }

  /** Why the checkout has not what was merged, in words; empty where it has. */
  Optional<String> missing(String merge) {
    var left =
        checkouts.left().stream().filter(l -> l.path().equals(repository.root())).findFirst();
    if (checkouts.waitsFor().isPresent()) {
      return checkouts.waitsFor();
    }
    if (left.isPresent()) {
      return Optional.of("your checkout is behind main: " + left.get().why());
    }
    var head = repository.git().run("rev-parse", "HEAD");
    return head.ok() && has(head.value(), merge)
        ? Optional.empty()
        : Optional.of("your checkout in " + repository.root() + " has another branch than main");
  }
}
