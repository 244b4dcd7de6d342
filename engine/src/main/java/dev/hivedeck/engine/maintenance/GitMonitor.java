package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.GitFolder;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.MainCheckout;
import dev.hivedeck.engine.mainline.MainLedger;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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
  private static final String MAIN = "main";
  private static final String NEXT = "main.next";
  private static final String MOVED = "main.moved";
  private static final String OFF = "main.off";
  private static final String CHANGED = "git.changed";
  private static final String PART = "git:";

  /** What has to happen before anything is merged, in words; not there when nothing has. */
  public static final String AWAITS = "main.awaits";

  /** So many names are told. */
  private static final int NAMED = 4;

  /** So many tips that main was taken from are remembered: attempts that began there are over. */
  private static final int MOST_OFF = 50;

  private static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  private final NoteStore notes;
  private final AtWork atWork;
  private final Repository repository;
  private final GitFolder folder;
  private final MainCheckouts checkouts;
  private final KeptWork kept;
  private final Path aside;
  private final Path worktrees;
  private final Clock clock;
  private final Runnable told;

  /** Held while Hivedeck moves main. */
  private final Lock moves = new ReentrantLock();

  private final String mainBefore;
  private Instant looked;
  private volatile Moved moved;
  private volatile Changed changed;

  private volatile Losses losses;

  /**
   * What was found out of a move.
   *
   * @param words empty when nothing is lost
   */
  private record Losses(Moved of, String words) {}

  /** A move of main that an agent may have made. */
  record Moved(String from, String to, List<String> who) {}

  /**
   * Parts of the git folder that an agent may have changed.
   *
   * @param digest of what they are now
   */
  record Changed(List<String> names, List<String> who, String digest) {

    static Changed of(List<String> names, List<String> who, Map<String, String> is) {
      var values = new TreeMap<String, String>();
      names.forEach(name -> values.put(name, is.getOrDefault(name, "")));
      return new Changed(names, who, ConfigSnapshot.sha256(Json.write(values)));
    }
  }

  /** Names the agents that were at work at any time since, each with its attempt. */
  @FunctionalInterface
  public interface AtWork {
    List<String> since(Instant since);
  }

  /**
   * @param aside a folder for what is replaced when something is put back
   * @param worktrees a folder below which worktrees are not the user's
   * @param told something appeared or went
   */
  public GitMonitor(
      NoteStore notes,
      AtWork atWork,
      Repository repository,
      MainCheckouts checkouts,
      KeptWork kept,
      Path aside,
      Path worktrees,
      Clock clock,
      Runnable told) {
    this.notes = notes;
    this.atWork = atWork;
    this.repository = repository;
    this.folder = new GitFolder(repository);
    this.checkouts = checkouts;
    this.kept = kept;
    this.aside = aside;
    this.worktrees = worktrees;
    this.clock = clock;
    this.told = told;
    this.mainBefore = notes.get(MAIN).orElse(null);
    this.moved = notes.get(MOVED).map(json -> Json.read(json, Moved.class)).orElse(null);
    this.changed = notes.get(CHANGED).map(json -> Json.read(json, Changed.class)).orElse(null);
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
    var before = List.of(Optional.ofNullable(moved), Optional.ofNullable(changed));
    lookAtFolder(who);
    var move = lookAtMain(who);
    noteAwaits();
    if (!before.equals(List.of(Optional.ofNullable(moved), Optional.ofNullable(changed)))) {
      told.run();
    }
    return move;
  }

  /** For whoever counts what still goes on. */
  private void noteAwaits() {
    var until =
        unsettled().isPresent()
            ? Optional.of("you have said what becomes of " + repository.main())
            : rebasing().map(place -> "your rebase of " + repository.main() + " has ended");
    if (!until.equals(notes.get(AWAITS))) {
      if (until.isPresent()) {
        note(Map.of(AWAITS, until.get()));
      } else {
        note(Map.of(), AWAITS);
      }
    }
  }

  private Optional<Path> rebasing() {
    return MainCheckout.rebasing(repository, worktrees);
  }

  private String rebased(Path place) {
    return "%s is being rebased in %s; a merge would make that fail."
        .formatted(repository.main(), place);
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

  private static List<String> both(List<String> some, List<String> others) {
    var all = new TreeSet<>(some);
    all.addAll(others);
    return List.copyOf(all);
  }

  // ── main ────────────────────────────────────────────────────────────────────────────────────

  private MainCheckouts.Move lookAtMain(List<String> who) {
    String tip = repository.tip();
    String known = notes.get(MAIN).orElse(null);
    if (known == null || tip.equals(notes.get(NEXT).orElse(null))) {
      accept(tip); // the first look, or a crash right after a merge
    } else if (moved != null && !tip.equals(moved.from())) {
      moved(new Moved(moved.from(), tip, both(moved.who(), who)));
    } else if (moved != null || who.isEmpty() || tip.equals(known) || ordinary(known, tip)) {
      accept(tip);
    } else {
      keep(known);
      moved(new Moved(known, tip, who));
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
        values.put(OFF, Json.write(off(known, tip)));
      }
      note(values, arrived ? new String[] {MOVED, NEXT} : new String[] {MOVED});
      moved = null;
    }
  }

  /** What main was taken from by now, at {@code tip}. */
  private List<String> off(String known, String tip) {
    var all = new ArrayList<>(takenOff());
    all.remove(known);
    all.removeAll(repository.gone(all));
    all.removeIf(commit -> repository.contains(commit, tip));
    all.add(known);
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST_OFF), all.size()));
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

  private void moved(Moved now) {
    if (!now.equals(moved)) {
      note(Map.of(MOVED, Json.write(now)));
      moved = now;
    }
  }

  /** Whether the user moved it, as far as that can be told. */
  private boolean ordinary(String from, String to) {
    boolean forward = repository.has(from) && repository.contains(from, to);
    return MainCheckout.ledTo(repository, worktrees, to, !forward)
        || forward && repository.onRemote(to);
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
    return unsettled()
        .or(
            () ->
                rebasing()
                    .map(
                        place ->
                            new HiveException(
                                ErrorCode.MAIN_REBASED,
                                rebased(place),
                                "End that there: git rebase --continue, or --abort. Merges go on"
                                    + " by themselves then.")));
  }

  /** What a person has to say something of. */
  private Optional<HiveException> unsettled() {
    var m = moved;
    var c = changed;
    if (m != null) {
      return Optional.of(
          new HiveException(
              ErrorCode.MAIN_MOVED,
              what(m) + " Nothing is merged onto it unasked.",
              "Look at it, then: hivedeck repair main-moved keep, or put-back"
                  + (loses(m).isEmpty() ? "." : ", which takes off " + loses(m) + ".")));
    }
    return c != null && c.names().stream().anyMatch(GitFolder::decides)
        ? Optional.of(
            new HiveException(
                ErrorCode.MAIN_MOVED,
                what(c) + " Nothing is merged until you have looked.",
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

  private String what(Moved m) {
    return "%s moved from %s to %s while %s was at work."
        .formatted(repository.main(), brief(m.from()), brief(m.to()), String.join(", ", m.who()));
  }

  private static String brief(String commit) {
    return ObjectNames.abbreviated(commit);
  }

  /**
   * What main would lose if it was put back, which is the user's where the ledger was restored from
   * a copy: as the commits themselves say.
   */
  private String loses(Moved m) {
    var last = losses;
    if (last == null || !last.of().equals(m)) {
      var merges = RecordedMerges.between(repository, m.from(), m.to());
      var tasks = merges.stream().map(RecordedMerges.RecordedMerge::task).distinct().toList();
      String words =
          merges.isEmpty()
              ? ""
              : Plural.of(merges.size(), "merge") + ": " + Plural.some(tasks, NAMED);
      last = new Losses(m, words);
      losses = last;
    }
    return last.words();
  }

  /** Only what was shown: an agent may have moved it again. */
  private void keepMain(Moved shown) {
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
    throw Reconciler.changed(now == null ? repository.main() + " is back." : what(now));
  }

  /** What it was moved to is kept. */
  private void putMainBack() {
    var m = moved;
    String tip = repository.tip();
    if (!repository.has(m.from())) {
      throw new HiveException(
          ErrorCode.COMMIT_GONE,
          "Commit %s, which %s was at, is gone from the repository."
              .formatted(brief(m.from()), repository.main()),
          "Keep what it is now, or move it to a commit that you know: git branch -f %s COMMIT."
              .formatted(repository.main()));
    }
    kept.keep("main", "moved", tip);
    String why = "hivedeck: put back, " + what(m);
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

  // ── the git folder ──────────────────────────────────────────────────────────────────────────

  /** Null before the first look. */
  private Map<String, String> known() {
    return notes.get(PART).isEmpty() ? null : notes.below(PART);
  }

  private void lookAtFolder(List<String> who) {
    var was = known();
    var is = folder.look();
    var names = was == null ? List.<String>of() : GitFolder.differences(was, is);
    if (names.isEmpty() || who.isEmpty() && changed == null) {
      acceptFolder(was, is);
    } else {
      changed(Changed.of(names, changed == null ? who : both(changed.who(), who), is));
    }
  }

  private void acceptFolder(Map<String, String> was, Map<String, String> is) {
    if (is.equals(was) && changed == null) {
      return;
    }
    var values = new HashMap<>(Map.of(PART, ""));
    is.forEach(
        (name, value) -> {
          if (was == null || !value.equals(was.get(name))) {
            values.put(PART + name, value);
          }
        });
    var removed = new HashSet<>(Set.of(CHANGED));
    if (was != null) {
      was.keySet().stream().filter(n -> !is.containsKey(n)).forEach(n -> removed.add(PART + n));
    }
    notes.write(values, removed);
    changed = null;
  }

  private void changed(Changed now) {
    if (!now.equals(changed)) {
      note(Map.of(CHANGED, Json.write(now)));
      changed = now;
    }
  }

  private String what(Changed c) {
    return "The git folder changed while %s was at work: %s."
        .formatted(String.join(", ", c.who()), Plural.some(c.names(), NAMED));
  }

  /** Only what was shown, to the letter. */
  private void keepFolder(Changed shown) {
    synchronized (this) {
      var was = known();
      var is = folder.look();
      var now = Changed.of(GitFolder.differences(was, is), shown.who(), is);
      if (now.equals(shown)) {
        acceptFolder(was, is);
        noteAwaits();
        return;
      }
    }
    look();
    var now = changed;
    throw Reconciler.changed(now == null ? "The git folder is as it was." : what(now));
  }

  private synchronized void putFolderBack() {
    var was = notes.below(PART);
    for (String name : GitFolder.differences(was, folder.look())) {
      folder.putBack(name, was.get(name), aside);
    }
    acceptFolder(was, folder.look());
    noteAwaits();
  }

  /** Hivedeck itself is about to let go of kept work. */
  public void dropping(List<String> refs) {
    note(Map.of(), refs.stream().map(ref -> PART + ref).toArray(String[]::new));
  }

  // ── what is told ────────────────────────────────────────────────────────────────────────────

  private Found movedMain(Moved m) {
    var keep = new Remedy("keep", "Keep it: build on it");
    if (!repository.has(m.from())) {
      String gone =
          "Commit %s is gone from the repository, so it cannot be put back: git branch -f %s and a"
              + " commit that you know. Nothing is merged onto it unasked.";
      return Found.of(
              "main-moved",
              "main-moved",
              what(m),
              gone.formatted(brief(m.from()), repository.main()))
          .shown(m.to())
          .or(keep, () -> keepMain(m));
    }
    String why = "No checkout of yours made that move. Nothing is merged onto it unasked.";
    String back = "Put " + repository.main() + " back; what it is now is kept";
    String loses = loses(m);
    if (!loses.isEmpty()) {
      why += " A ledger that was restored from an older copy does not know what was merged since.";
      back =
          "Put %s back, which takes off %s; what it is now is kept"
              .formatted(repository.main(), loses);
    }
    return Found.of("main-moved", "main-moved", what(m), why)
        .shown(m.to())
        .or(keep, () -> keepMain(m))
        .or(new Remedy("put-back", back), this::putMainBack);
  }

  /**
   * Says that main is not there, and how to make it again.
   *
   * @param notes what is written down of where it was
   */
  public static HiveException gone(Repository repository, NoteStore notes) {
    String main = repository.main();
    String branch = "git branch " + main + " ";
    var at = notes.get(MAIN);
    String again =
        at.isEmpty()
            ? "Make it again: " + branch + "and a commit"
            : repository.has(at.get())
                ? "Make it again: " + branch + brief(at.get())
                : "That commit is gone, too: " + branch + "and one that you know";
    return new HiveException(
        ErrorCode.NO_MAIN,
        "The branch "
            + main
            + " is gone"
            + at.map(commit -> "; it was at " + brief(commit) + " last").orElse("")
            + ".",
        again
            + ". To merge into another branch, make it again, set workspace.main to the other, run"
            + " hivedeck trust, and delete it then.");
  }

  public List<Found> find() {
    var found = new ArrayList<Found>();
    if (repository.tipIfThere().isEmpty()) {
      var gone = gone(repository, notes);
      found.add(Found.of("main-gone", "main-gone", gone.getMessage(), gone.hint()));
    }
    var m = moved;
    if (m != null) {
      found.add(movedMain(m));
    }
    rebasing()
        .ifPresent(
            place ->
                found.add(
                    Found.of(
                            "main-rebased",
                            "main-rebased",
                            rebased(place),
                            "Nothing is merged until it has ended: git rebase --continue, or"
                                + " --abort, there. Merges go on by themselves then.")
                        .at(place.toString())));
    var c = changed;
    if (c != null) {
      found.add(
          Found.of(
                  "git-changed",
                  "git-changed",
                  what(c),
                  "These decide what git does and what is kept; Hivedeck did not change them.")
              .at(repository.common().toString())
              .shown(c.digest())
              .or(new Remedy("keep", "Keep it as it is"), () -> keepFolder(c))
              .or(
                  new Remedy("put-back", "Put it back; what it was is kept beside"),
                  this::putFolderBack));
    }
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
