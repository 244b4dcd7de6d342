package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.repository.GitFolder;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.MainLedger;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the user's git with what the ledger knows of it: where main is, the configuration, the
 * hooks and what else decides what git does, and kept work. What changed while nobody but the user
 * was at work is the user's own doing. What an agent may have done, as one was at work meanwhile,
 * is told with who it was, and nothing is merged until a person has said whether to keep it or to
 * put it back.
 *
 * <p>Of main that is a move which no checkout of the user's made and no remote brought. An agent
 * that uses the user's checkout as the user would is taken for the user.
 */
public final class GitMonitor implements MainLedger {
  private static final Logger LOG = LoggerFactory.getLogger(GitMonitor.class);
  static final String MAIN = "main";
  private static final String NEXT = "main.next";
  private static final String MOVED = "main.moved";
  private static final String OFF = "main.off";
  private static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  /** What has to happen before anything is merged, in words; not there when nothing has. */
  public static final String AWAITS = "main.awaits";

  /** So many names are told. */
  static final int NAMED = 4;

  private final NoteStore notes;
  private final AtWork atWork;
  private final Repository repository;
  private final MainCheckouts checkouts;
  private final KeptWork kept;
  private final GitFolderMonitor folder;
  private final MainMoves mainMoves;
  private final MainRebase rebase;
  private final Clock clock;
  private final Runnable told;

  /** Held while Hivedeck moves main. */
  private final Lock moves = new ReentrantLock();

  private final String mainBefore;
  private Instant looked;
  private volatile MainMoves.Moved moved;

  /** Names the agents that were at work at any time since, each with its attempt. */
  @FunctionalInterface
  public interface AtWork {
    List<String> since(Instant since);
  }

  /**
   * @param aside a folder for what is replaced when something is put back
   * @param worktrees tells worktrees that are not the user's
   * @param told something appeared or went
   */
  public GitMonitor(
      NoteStore notes,
      AtWork atWork,
      Repository repository,
      MainCheckouts checkouts,
      KeptWork kept,
      Path aside,
      Predicate<Path> worktrees,
      Clock clock,
      Runnable told) {
    this.notes = notes;
    this.atWork = atWork;
    this.repository = repository;
    this.folder = new GitFolderMonitor(notes, repository, aside);
    this.mainMoves = new MainMoves(repository, worktrees);
    this.rebase = new MainRebase(repository, worktrees);
    this.checkouts = checkouts;
    this.kept = kept;
    this.clock = clock;
    this.told = told;
    this.mainBefore = notes.get(MAIN).orElse(null);
    this.moved = notes.get(MOVED).map(json -> Json.read(json, MainMoves.Moved.class)).orElse(null);
  }

  private void note(Map<String, String> values, String... removed) {
    notes.write(values, Set.of(removed));
  }

  /** Looks now; also before and after each attempt, so that it is known who was at work. */
  public void look() {
    checkouts.follow(compare());
  }

  private synchronized MainCheckouts.Move compare() {
    Instant now = clock.instant();
    var who = atWork();
    looked = now;
    var before = List.of(Optional.ofNullable(moved), folder.changed());
    folder.look(who);
    var move = lookAtMain(who);
    noteAwaits();
    if (!before.equals(List.of(Optional.ofNullable(moved), folder.changed()))) {
      told.run();
    }
    return move;
  }

  /** For whoever counts what still goes on. */
  private void noteAwaits() {
    var until =
        unsettled().isPresent()
            ? Optional.of("you have said what becomes of " + repository.main())
            : rebase.place().map(place -> "your rebase of " + repository.main() + " has ended");
    if (!until.equals(notes.get(AWAITS))) {
      if (until.isPresent()) {
        note(Map.of(AWAITS, until.get()));
      } else {
        note(Map.of(), AWAITS);
      }
    }
  }

  /** As {@link #look}, where whatever is wrong with git is told elsewhere. */
  public void glance() {
    try {
      look();
    } catch (HiveException e) {
      LOG.info("git was not looked at: {}", e.getMessage());
    }
  }

  /** Who has been at work since the last look; at the first one, who was when the engine ended. */
  private List<String> atWork() {
    Instant since = looked == null ? NEVER : looked;
    return atWork.since(since);
  }

  static List<String> both(List<String> some, List<String> others) {
    var all = new TreeSet<>(some);
    all.addAll(others);
    return List.copyOf(all);
  }

  private MainCheckouts.Move lookAtMain(List<String> who) {
    String tip = repository.tip();
    String known = notes.get(MAIN).orElse(null);
    if (known == null || tip.equals(notes.get(NEXT).orElse(null))) {
      accept(tip); // the first look, or a crash right after a merge
    } else if (moved != null && !tip.equals(moved.from())) {
      moved(moved.then(tip, who));
    } else if (moved != null
        || who.isEmpty()
        || tip.equals(known)
        || mainMoves.ordinary(known, tip)) {
      accept(tip);
    } else {
      keep(known);
      moved(new MainMoves.Moved(known, tip, who));
    }
    return new MainCheckouts.Move(known == null ? tip : known, tip, moved == null);
  }

  /** Where main was when an engine of this ledger last looked; null when none has. */
  public String mainBefore() {
    return mainBefore;
  }

  private void accept(String tip) {
    // A move of Hivedeck's own that is still to come is expected as before.
    boolean arrived = tip.equals(notes.get(NEXT).orElse(null));
    String known = notes.get(MAIN).orElse(null);
    if (moved != null || arrived || !tip.equals(known)) {
      var values = new HashMap<>(Map.of(MAIN, tip));
      boolean off =
          known != null
              && !arrived
              && !tip.equals(known)
              && repository.has(known)
              && !repository.contains(known, tip);
      if (off) {
        values.put(OFF, Json.write(mainMoves.takenOff(takenOff(), known, tip)));
      }
      note(values, arrived ? new String[] {MOVED, NEXT} : new String[] {MOVED});
      moved = null;
    }
  }

  @Override
  public List<String> takenOff() {
    return notes.get(OFF).map(json -> List.of(Json.read(json, String[].class))).orElse(List.of());
  }

  /** What main was is kept at once: whoever moved it may have removed its log, too. */
  private void keep(String commit) {
    if (repository.has(commit)) {
      kept.keep("main", "before", commit);
    }
  }

  private void moved(MainMoves.Moved now) {
    if (!now.equals(moved)) {
      note(Map.of(MOVED, Json.write(now)));
      moved = now;
    }
  }

  @Override
  public String tip() {
    look();
    awaits()
        .ifPresent(
            e -> {
              throw e;
            });
    return notes.get(MAIN).orElseThrow();
  }

  @Override
  public Optional<HiveException> awaits() {
    return unsettled().or(rebase::awaits);
  }

  /** What a person has to say something of. */
  private Optional<HiveException> unsettled() {
    var m = moved;
    var c = folder.changed();
    if (m != null) {
      return Optional.of(
          new HiveException(
              ErrorCode.MAIN_MOVED,
              mainMoves.what(m) + " Nothing is merged onto it unasked.",
              "Look at it, then: hivedeck repair main-moved keep, or put-back"
                  + (mainMoves.loses(m).isEmpty()
                      ? "."
                      : ", which takes off " + mainMoves.loses(m) + ".")));
    }
    return c.isPresent() && c.get().names().stream().anyMatch(GitFolder::decides)
        ? Optional.of(
            new HiveException(
                ErrorCode.MAIN_MOVED,
                GitFolderMonitor.what(c.get()) + " Nothing is merged until you have looked.",
                "Look at it, then: hivedeck repair git-changed keep, or put-back."))
        : Optional.empty();
  }

  /**
   * {@inheritDoc} Checkouts of main are brought there first, as git itself does it: a user who
   * commits, stashes or switches in between never has files that are older than main.
   */
  @Override
  public boolean move(String from, String to, BooleanSupplier move) {
    MainCheckouts.Move moved = null;
    moves.lock();
    try {
      note(Map.of(NEXT, to));
      checkouts.lead(from, to);
      moved = move.getAsBoolean() ? noted(to) : null;
    } finally {
      checkouts.led();
      moves.unlock();
      if (moved == null) {
        glance(); // what is ahead goes back
      }
    }
    if (moved != null) {
      checkouts.follow(moved);
    }
    return moved != null;
  }

  private synchronized MainCheckouts.Move noted(String commit) {
    String before = notes.get(MAIN).orElse(commit);
    note(Map.of(MAIN, commit), NEXT);
    return new MainCheckouts.Move(before, commit, true);
  }

  /** Only what was shown: an agent may have moved it again. */
  private void keepMain(MainMoves.Moved shown) {
    synchronized (this) {
      String tip = repository.tip();
      if (tip.equals(shown.to())) {
        accept(tip);
        noteAwaits();
        return;
      }
    }
    look();
    var now = moved;
    throw Reconciler.changed(now == null ? repository.main() + " is back." : mainMoves.what(now));
  }

  /** What it was moved to is kept. */
  private void putMainBack() {
    var m = moved;
    String tip = repository.tip();
    if (!repository.has(m.from())) {
      throw new HiveException(
          ErrorCode.COMMIT_GONE,
          "Commit %s, which %s was at, is gone from the repository."
              .formatted(MainMoves.brief(m.from()), repository.main()),
          "Keep what it is now, or move it to a commit that you know: git branch -f %s COMMIT."
              .formatted(repository.main()));
    }
    kept.keep("main", "moved", tip);
    String why = "hivedeck: put back, " + mainMoves.what(m);
    move(
        tip,
        m.from(),
        () -> {
          repository.moveMain(tip, m.from(), why);
          return true;
        });
    synchronized (this) {
      accept(m.from());
      noteAwaits();
    }
  }

  private Found changedFolder(GitFolderMonitor.Changed c) {
    return Found.of(
            "git-changed",
            "git-changed",
            GitFolderMonitor.what(c),
            "These decide what git does and what is kept; Hivedeck did not change them.")
        .at(repository.common().toString())
        .shown(c.digest())
        .or(new Remedy("keep", "Keep it as it is"), () -> keepFolder(c))
        .or(new Remedy("put-back", "Put it back; what it was is kept beside"), this::putFolderBack);
  }

  /** Only what was shown, to the letter. */
  private void keepFolder(GitFolderMonitor.Changed shown) {
    synchronized (this) {
      if (folder.keep(shown)) {
        noteAwaits();
        return;
      }
    }
    look();
    throw Reconciler.changed(
        folder.changed().map(GitFolderMonitor::what).orElse("The git folder is as it was."));
  }

  private synchronized void putFolderBack() {
    folder.putBack();
    noteAwaits();
  }

  /** Hivedeck itself is about to let go of kept work. */
  public void dropping(List<String> refs) {
    folder.dropping(refs);
  }

  public List<Found> find() {
    var found = new ArrayList<Found>();
    if (repository.tipIfThere().isEmpty()) {
      var gone = MissingMain.exception(repository, notes);
      found.add(Found.of("main-gone", "main-gone", gone.getMessage(), gone.hint()));
    }
    var m = moved;
    if (m != null) {
      found.add(mainMoves.found(m, () -> keepMain(m), this::putMainBack));
    }
    rebase.found().ifPresent(found::add);
    folder.changed().ifPresent(c -> found.add(changedFolder(c)));
    return found;
  }

  /**
   * Brings the user's checkouts of main up, as far as nothing of theirs is in the way.
   *
   * @param carry whether edits that are in the way are carried along, or stashed where they
   *     conflict
   */
  public MainCheckouts.Updated update(boolean carry) {
    look();
    return checkouts.update(repository.tip(), carry);
  }
}
