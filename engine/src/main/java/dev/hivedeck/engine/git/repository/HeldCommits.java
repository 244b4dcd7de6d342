package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.git.Git;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Refs of Hivedeck's own on every commit that something still needs, whatever becomes of branches,
 * so that no garbage collection takes it. A commit is held before it is written down anywhere, and
 * let go of when nothing that is written down names it any more.
 */
public final class HeldCommits {
  private final Repository repository;
  private final HiddenRefs refs;
  private final Git git;

  /** What was held but is not written down yet, by who will write it down. */
  private final Map<String, Set<String>> fresh = new ConcurrentHashMap<>();

  public HeldCommits(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
    this.refs = new HiddenRefs(repository.refs());
  }

  /**
   * Holds a commit before it is written down.
   *
   * @param owner until it has {@link #settled}, the commit is held in any case
   */
  public synchronized void hold(String owner, String commit) {
    fresh.computeIfAbsent(owner, o -> ConcurrentHashMap.newKeySet()).add(commit);
    git.must("update-ref", HiddenRefs.held(commit), commit);
  }

  /** What it held is written down, or needed no more. */
  public void settled(String owner) {
    fresh.remove(owner);
  }

  /**
   * Holds what is needed and lets go of the rest.
   *
   * @param needed commits that are written down as still needed, read when it is asked for
   * @return those of them that are gone
   */
  public synchronized Set<String> keep(Supplier<Set<String>> needed) {
    var held = refs.held();
    var keep = new HashSet<String>();
    fresh.values().forEach(keep::addAll);
    var wanted = needed.get();
    var gone = repository.gone(wanted);
    keep.addAll(wanted);
    var changes = new StringBuilder();
    for (String commit : wanted) {
      if (!held.contains(commit) && !gone.contains(commit)) {
        changes.append("update %s %s\n".formatted(HiddenRefs.held(commit), commit));
      }
    }
    for (String commit : held) {
      if (!keep.contains(commit) || gone.contains(commit)) {
        changes.append("delete %s\n".formatted(HiddenRefs.held(commit)));
      }
    }
    if (!changes.isEmpty()) {
      git.mustWith(changes.toString(), "update-ref", "--stdin");
    }
    return gone;
  }

  /** Those of the commits that the repository does not have. */
  public Set<String> gone(Collection<String> commits) {
    return repository.gone(commits);
  }
}
