package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Views.AttemptState;
import dev.hivedeck.engine.protocol.Views.Drift;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.worktree.Repository;
import dev.hivedeck.engine.worktree.Worktree;
import dev.hivedeck.engine.worktree.Worktrees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares the ledger with the world: worktrees, refs, processes. What differs is listed with a
 * repair; a repair keeps work before it removes a folder, and never deletes a branch.
 */
public final class Reconciler {
  private final Ledger store;
  private final Repository repository;
  private final Worktrees worktrees;
  private final Told told;
  private volatile Map<String, Found> found = Map.of();

  private record Found(Drift drift, Runnable repair) {}

  /** Hears what appeared and what went. */
  @FunctionalInterface
  public interface Told {
    void changed(List<Drift> found, List<String> gone);
  }

  public Reconciler(Ledger store, Repository repository, Worktrees worktrees, Told told) {
    this.store = store;
    this.repository = repository;
    this.worktrees = worktrees;
    this.told = told;
  }

  private record Known(List<Attempts.Row> active, List<ChangeRow> changes) {}

  private record ChangeRow(String id, String state, String branch, String head, String merge) {}

  /** Looks now and tells what appeared and what went. */
  public synchronized List<Drift> look() {
    var ledger =
        store.read(
            sql ->
                new Known(
                    Attempts.active(sql),
                    sql.list(
                        "SELECT * FROM change WHERE state <> 'closed'",
                        row ->
                            new ChangeRow(
                                "C-" + row.number("number"),
                                row.text("state"),
                                row.text("branch"),
                                row.text("head"),
                                row.text("merge")))));
    var now = new LinkedHashMap<String, Found>();
    for (Found f : compare(ledger)) {
      now.put(f.drift().id(), f);
    }
    tell(now);
    found = now;
    return now.values().stream().map(Found::drift).toList();
  }

  public List<Drift> drift() {
    return found.values().stream().map(Found::drift).toList();
  }

  /**
   * @throws HiveException {@code no-drift}, {@code no-repair}, or why it could not be repaired
   */
  public void repair(String id) {
    var f = found.get(id);
    if (f == null) {
      throw new HiveException(
          "no-drift", "There is no drift " + id + " any more.", "Look again: hivedeck doctor.");
    }
    if (f.drift().repair() == null) {
      throw new HiveException(
          "no-repair", "A person must look: " + f.drift().what(), f.drift().why());
    }
    f.repair().run();
    look();
  }

  private List<Found> compare(Known ledger) {
    var list = new ArrayList<Found>();
    var byAttempt = ledger.active().stream().collect(Collectors.toMap(Attempts.Row::id, a -> a));
    for (Worktree tree : worktrees.list()) {
      if (!byAttempt.containsKey(tree.attempt()) && !fresh(tree.attempt())) {
        list.add(
            new Found(
                new Drift(
                    "worktree:" + tree.attempt(),
                    "worktree-left",
                    "The worktree of " + tree.attempt() + " is still there.",
                    "No running attempt uses it; perhaps a program held it open.",
                    "Keep its work and remove the folder",
                    tree.path().toString()),
                () -> worktrees.remove(tree.path(), "repaired", text -> {})));
      }
    }
    for (var attempt : ledger.active()) {
      if (attempt.state() == AttemptState.WORKING
          && attempt.worktree() != null
          && !Files.isDirectory(Path.of(attempt.worktree()))) {
        list.add(
            new Found(
                new Drift(
                    "missing:" + attempt.id(),
                    "worktree-missing",
                    "The worktree of running " + attempt.id() + " is gone.",
                    "Something outside of Hivedeck removed it.",
                    null,
                    attempt.worktree()),
                () -> {}));
      }
    }
    var keys = ledger.active().stream().map(Attempts.Row::key).collect(Collectors.toSet());
    for (var process : ProcessTree.carrying()) {
      if (!keys.contains(process.key()) && ours(process.key())) {
        list.add(
            new Found(
                new Drift(
                    "process:" + process.pid(),
                    "process-left",
                    "Process " + process.pid() + " of an attempt that is over still runs.",
                    "It left its process group.",
                    "End it",
                    process.folder() == null ? null : process.folder().toString()),
                () -> ProcessTree.endCarrying(Set.of(process.key()))));
      }
    }
    refs(ledger, list);
    return list;
  }

  private void refs(Known ledger, List<Found> list) {
    var branches = repository.branches("hive/");
    branches.putAll(repository.branches("hivedeck/")); // where "hive" is a branch of the user's
    for (var change : ledger.changes()) {
      if (change.state().equals("merged")) {
        continue;
      }
      String tip = branches.get(change.branch());
      boolean reworked = change.state().equals("draft") || change.state().equals("conflicted");
      if (tip == null && !reworked) {
        list.add(
            new Found(
                new Drift(
                    "branch:" + change.id(),
                    "branch-missing",
                    "Branch " + change.branch() + " of " + change.id() + " is gone.",
                    "Its commit " + change.head().substring(0, 8) + " is still there.",
                    "Make the branch again",
                    null),
                () -> repository.makeBranch(change.branch(), change.head())));
      } else if (tip != null && !tip.equals(change.head()) && change.state().equals("open")) {
        list.add(
            new Found(
                new Drift(
                    "moved:" + change.id(),
                    "branch-moved",
                    "Branch "
                        + change.branch()
                        + " has commits that "
                        + change.id()
                        + " does not know.",
                    "Somebody committed to it; they are not part of the change.",
                    null,
                    null),
                () -> {}));
      }
    }
    var lost =
        repository.notOnMain(
            ledger.changes().stream()
                .filter(c -> c.state().equals("merged") && c.merge() != null)
                .map(ChangeRow::merge)
                .toList());
    for (String merge : lost) {
      list.add(
          new Found(
              new Drift(
                  "rewound:" + merge,
                  "main-rewound",
                  "Merge " + merge.substring(0, 8) + " is no longer on " + repository.main() + ".",
                  "The branch was moved by hand; git reflog " + repository.main() + " shows when.",
                  null,
                  null),
              () -> {}));
    }
  }

  /** An attempt that began between reading the ledger and looking at the world. */
  private boolean fresh(String attempt) {
    return store.read(sql -> Attempts.find(sql, attempt).map(a -> !a.state().over()).orElse(false));
  }

  /** Other workspaces have attempts too; theirs are not ours to judge. */
  private boolean ours(String key) {
    return store.read(
        sql ->
            sql.number("SELECT count(*) FROM attempt WHERE token = ?", key) > 0
                && sql.number(
                        "SELECT count(*) FROM attempt WHERE token = ?"
                            + " AND state IN ('preparing', 'working', 'checking')",
                        key)
                    == 0);
  }

  private void tell(Map<String, Found> now) {
    var before = found;
    if (before.keySet().equals(now.keySet())) {
      return;
    }
    told.changed(
        now.values().stream()
            .map(Found::drift)
            .filter(drift -> !before.containsKey(drift.id()))
            .toList(),
        before.keySet().stream().filter(id -> !now.containsKey(id)).toList());
  }
}
