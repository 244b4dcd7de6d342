package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.GitLock;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.time.LocalTimes;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
  /** A lock that is older was left, or is held by something that takes long. */
  private static final Duration LOCKED = Duration.ofSeconds(10);

  /** Why a folder stays for now, besides outages. */
  private static final Set<ErrorCode> PASSING =
      Set.of(ErrorCode.WORKTREE_IN_USE, ErrorCode.INTERNAL);

  private final Ledger store;
  private final Repository repository;
  private final Worktrees worktrees;
  private final List<Finder> finders;
  private final boolean works;
  private final Clock clock;
  private final Listener listener;
  private volatile Map<String, Found> found = Map.of();

  /**
   * A difference, and what is done about it.
   *
   * @param ways by the id of a remedy; {@link #REPAIR} is what may be done unasked
   */
  public record Found(Drift drift, Map<String, Runnable> ways) {
    private static final String REPAIR = "repair";

    static Found of(String id, String kind, String what, String why) {
      return new Found(new Drift(id, kind, what, why, null, null), Map.of());
    }

    /** Where it is. */
    Found at(String path) {
      return new Found(drift.at(path), ways);
    }

    /** The changes that it concerns. */
    Found of(List<String> things) {
      return new Found(drift.of(things), ways);
    }

    /** What is told, also where the words do not tell it all. */
    Found shown(String digest) {
      return new Found(drift.shown(digest), ways);
    }

    /** What may be done about it unasked. */
    Found repair(String words, Runnable way) {
      return new Found(drift.repairedBy(words), with(REPAIR, way));
    }

    /** What a person may choose. */
    Found or(Remedy remedy, Runnable way) {
      return new Found(drift.or(remedy), with(remedy.id(), way));
    }

    private Map<String, Runnable> with(String id, Runnable way) {
      var all = new HashMap<>(ways);
      all.put(id, way);
      return Map.copyOf(all);
    }
  }

  /** Finds differences of its own kind. */
  @FunctionalInterface
  public interface Finder {
    List<Found> find();
  }

  /** Hears what appeared and what went. */
  @FunctionalInterface
  public interface Listener {
    void changed(List<Drift> found, List<Drift> changed, List<String> gone);
  }

  /**
   * @param finders find what is found elsewhere
   * @param works whether this is the engine that works; else none does, and nothing is running
   */
  public Reconciler(
      Ledger store,
      Repository repository,
      Worktrees worktrees,
      List<Finder> finders,
      boolean works,
      Clock clock,
      Listener listener) {
    this.store = store;
    this.repository = repository;
    this.worktrees = worktrees;
    this.finders = finders;
    this.works = works;
    this.clock = clock;
    this.listener = listener;
  }

  private record Known(List<AttemptLedger.Row> active, List<ChangeRow> changes) {}

  private record ChangeRow(
      String id, ChangeState state, String branch, String head, String merge) {}

  /** Looks now and tells what appeared and what went. */
  public synchronized List<Drift> look() {
    var ledger = store.read(sql -> new Known(AttemptLedger.active(sql), changes(sql)));
    var now = new LinkedHashMap<String, Found>();
    for (Found f : compare(ledger)) {
      now.put(f.drift().id(), f);
    }
    tell(now);
    found = now;
    return now.values().stream().map(Found::drift).toList();
  }

  private static List<ChangeRow> changes(Sql sql) throws SQLException {
    return sql.list(
        "SELECT * FROM change WHERE state <> 'closed' ORDER BY merged_at, number",
        row ->
            new ChangeRow(
                "C-" + row.number("number"),
                row.word("state", ChangeState.class),
                row.text("branch"),
                row.text("head"),
                row.text("merge")));
  }

  public List<Drift> drift() {
    return found.values().stream().map(Found::drift).toList();
  }

  /**
   * Does what a remedy does; look again afterwards.
   *
   * @param remedy null for its repair
   * @param digest of what the person saw; null for what was found last
   * @throws HiveException {@code no-drift}, {@code drift-changed}, {@code no-repair}, or why it
   *     could not be repaired
   */
  public void repair(String id, String remedy, String digest) {
    var f = found.get(id);
    if (f == null) {
      throw new HiveException(
          ErrorCode.NO_DRIFT,
          "There is no drift " + id + " any more.",
          "Look again: hivedeck doctor.");
    }
    if (digest != null && !digest.equals(f.drift().digest())) {
      throw changed(f.drift().what());
    }
    var way = f.ways().get(remedy == null ? Found.REPAIR : remedy);
    if (way == null) {
      var choices = f.drift().remedies().stream().map(Remedy::id).toList();
      throw new HiveException(
          ErrorCode.NO_REPAIR,
          (remedy == null ? "A person must look: " : "There is no remedy " + remedy + ": ")
              + f.drift().what(),
          choices.isEmpty()
              ? f.drift().why()
              : "Choose: hivedeck repair " + id + " " + String.join(" or ", choices));
    }
    way.run();
  }

  /** What is there is not what a person has seen and answered. */
  static HiveException changed(String what) {
    return new HiveException(
        ErrorCode.DRIFT_CHANGED,
        "This has changed since it was shown. Now: " + what,
        "Look at it again.");
  }

  private List<Found> compare(Known ledger) {
    var list = new ArrayList<Found>();
    var byAttempt =
        ledger.active().stream().collect(Collectors.toMap(AttemptLedger.Row::id, a -> a));
    for (AttemptFolder tree : worktrees.left()) {
      if (!byAttempt.containsKey(tree.attempt()) && !fresh(tree.attempt())) {
        list.add(left(tree));
      }
    }
    for (var attempt : ledger.active()) {
      if (attempt.state() == AttemptState.WORKING
          && attempt.worktree() != null
          && !Files.isDirectory(Path.of(attempt.worktree()))) {
        list.add(
            Found.of(
                    "missing:" + attempt.id(),
                    "worktree-missing",
                    "The worktree of %s is gone, which %s."
                        .formatted(
                            attempt.id(), works ? "runs" : "was at work when the engine ended"),
                    works
                        ? "Something outside of Hivedeck removed it."
                        : "The next start gives its task back.")
                .at(attempt.worktree()));
      }
    }
    var keys = ledger.active().stream().map(AttemptLedger.Row::key).collect(Collectors.toSet());
    for (var process : ProcessTree.carrying()) {
      if (!keys.contains(process.key()) && ours(process.key())) {
        list.add(
            Found.of(
                    "process:" + process.pid(),
                    "process-left",
                    "Process " + process.pid() + " of an attempt that is over still runs.",
                    "It left its process group.")
                .at(process.folder() == null ? null : process.folder().toString())
                .repair("End it", () -> ProcessTree.endCarrying(Set.of(process.key()))));
      }
    }
    branches(ledger, list);
    locks(list);
    finders.forEach(finder -> list.addAll(finder.find()));
    return list;
  }

  private Found left(AttemptFolder tree) {
    var stays = worktrees.stays(tree);
    var found =
        Found.of(
                "worktree:" + tree.attempt(),
                "worktree-left",
                "The worktree of " + tree.attempt() + " is still there.",
                stays
                    .map(why -> "It could not be removed: " + why.getMessage() + " " + why.hint())
                    .orElse(
                        works
                            ? "No running attempt uses it; perhaps a program held it open."
                            : "The engine ended before it removed it; the next start keeps its work"
                                + " and does."))
            .at(tree.path().toString())
            .repair(
                "Keep its work and remove the folder",
                () -> worktrees.remove(tree, "repaired", text -> {}));
    return stays.filter(Reconciler::lasts).isEmpty()
        ? found
        : found.or(
            new Remedy(
                "discard", "Keep what can be kept and remove the folder with all else for good"),
            () -> worktrees.discard(tree));
  }

  /** A full disk, a slow git, somebody at work there: nobody gives up work for what passes. */
  private static boolean lasts(HiveException why) {
    return !why.outage() && PASSING.stream().noneMatch(why::is);
  }

  /** A change that went on between the look at the ledger and that at git differs in nothing. */
  private void branches(Known ledger, List<Found> list) {
    var differs = new LinkedHashMap<ChangeRow, Found>();
    branches(ledger, differs);
    if (!differs.isEmpty()) {
      var still = Set.copyOf(store.read(Reconciler::changes));
      differs.forEach(
          (change, found) -> {
            if (still.contains(change)) {
              list.add(found);
            }
          });
    }
  }

  private void branches(Known ledger, Map<ChangeRow, Found> list) {
    // The second, where "hive" is a branch of the user's.
    var branches = repository.branches("hive/", "hivedeck/");
    for (var change : ledger.changes()) {
      boolean takenOff = change.state() == ChangeState.BLOCKED && change.merge() != null;
      if (change.state() == ChangeState.MERGED || takenOff) {
        continue;
      }
      String tip = branches.get(change.branch());
      boolean reworked =
          change.state() == ChangeState.DRAFT || change.state() == ChangeState.CONFLICTED;
      if (tip == null && !reworked) {
        list.put(
            change,
            Found.of(
                    "branch:" + change.id(),
                    "branch-missing",
                    "Branch " + change.branch() + " of " + change.id() + " is gone.",
                    "Its commit "
                        + ObjectNames.abbreviated(change.head())
                        + " is held, nothing is lost.")
                .of(List.of(change.id()))
                .repair(
                    "Make the branch again",
                    () -> repository.makeBranch(change.branch(), change.head())));
      } else if (tip != null && !tip.equals(change.head()) && change.state() == ChangeState.OPEN) {
        list.put(
            change,
            Found.of(
                    "moved:" + change.id(),
                    "branch-moved",
                    "Branch %s has commits that %s does not know."
                        .formatted(change.branch(), change.id()),
                    "Somebody committed to it; they are not part of the change.")
                .of(List.of(change.id())));
      }
    }
  }

  /** Locks that nobody takes away for a while. */
  private void locks(List<Found> list) {
    Instant now = clock.instant();
    for (var lock : GitLock.of(repository)) {
      var age = Duration.between(lock.since(), now);
      if (age.compareTo(LOCKED) < 0) {
        continue;
      }
      String name = repository.common().relativize(lock.file()).toString();
      var holder = lock.holder();
      var found =
          Found.of(
                  "lock:" + name,
                  "git-locked",
                  "%s has been in the git folder since %s."
                      .formatted(name, LocalTimes.words(lock.since(), now)),
                  holder
                      .map(pid -> "Git, process %d, may hold it.".formatted(pid))
                      .orElse("No git is at work that could hold it: one was killed and left it."))
              .at(lock.file().toString());
      list.add(holder.isPresent() ? found : found.repair("Remove it", lock::remove));
    }
  }

  /** An attempt that began between reading the ledger and looking at the world. */
  private boolean fresh(String attempt) {
    return store.read(
        sql -> AttemptLedger.find(sql, attempt).map(a -> !a.state().over()).orElse(false));
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
    var appeared = new ArrayList<Drift>();
    var changed = new ArrayList<Drift>();
    for (var f : now.values()) {
      var was = before.get(f.drift().id());
      if (was == null) {
        appeared.add(f.drift());
      } else if (!was.drift().equals(f.drift())) {
        changed.add(f.drift());
      }
    }
    var gone = before.keySet().stream().filter(id -> !now.containsKey(id)).toList();
    if (!appeared.isEmpty() || !changed.isEmpty() || !gone.isEmpty()) {
      listener.changed(appeared, changed, gone);
    }
  }
}
