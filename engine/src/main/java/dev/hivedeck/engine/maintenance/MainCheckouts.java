package dev.hivedeck.engine.maintenance;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.CheckoutFinder;
import dev.hivedeck.engine.mainline.MainCheckout;
import dev.hivedeck.engine.mainline.MainCheckout.Refused;
import dev.hivedeck.engine.maintenance.CheckoutRecords.Ahead;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import dev.hivedeck.engine.submodule.SubmoduleCheckouts.Behind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's checkouts of main: each is brought along when main moves, where that is wanted and
 * nothing of the user's is in the way. What is left is told, and so is a commit that takes merged
 * work back because it was made on a checkout that was left. Of each it is written down which
 * commit its files belong to, so that a crash between main and a checkout is made good.
 */
public final class MainCheckouts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MainCheckouts.class);

  /** So long a checkout of a usual size takes at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** So long one that has begun may take to be up when the engine ends. */
  public static final Duration FINISH = Duration.ofMinutes(1);

  /** What is in the way may go without a trace in the index. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  /** A git that has begun locks the index in a moment, however slow it is then. */
  private static final Duration BEGINNING = Duration.ofMinutes(1);

  /** So long a git of the user's that is at work there is waited for. */
  private static final Duration LOCK = Duration.ofSeconds(2);

  private static final String SWITCHED = "it is switched to another branch";

  /** Why one is left that may be brought up the next moment. */
  private static final Set<String> PASSING = Set.of(SWITCHED, MainCheckout.LOCKED);

  /** More files are not named. */
  private static final int FILES = 3;

  private static final Duration MOMENT = Duration.ofMillis(20);

  private static final String STASHED = "edits-stashed";

  private final CheckoutRecords notes;
  private final Repository repository;
  private final Predicate<Path> worktrees;
  private final BooleanSupplier wanted;
  private final boolean works;
  private final Duration finish;
  private volatile List<Left> left = List.of();

  /** Submodules of those that are up. */
  private volatile List<Behind> modules = List.of();

  private final StoredList<Stashed> stashed;
  private final RevertedWork takenBack;

  /** Where main is being moved to by Hivedeck; null when it is not. */
  private volatile String coming;

  /** Those that were there before main. */
  private final Set<Path> punctual = new HashSet<>();

  /** Where main was and what was checked out when all were up; null when some were not. */
  private Seen up;

  private record Seen(String tip, String checkedOut) {}

  private final Map<Path, Refusal> refusals = new HashMap<>();

  /** Locks that were waited for in vain: those of gits that were killed. */
  private final Map<Path, Instant> stale = new HashMap<>();

  /**
   * A checkout that could not be brought from one commit to another.
   *
   * @param indexed when its index was written
   * @param at by {@link System#nanoTime}
   */
  private record Refusal(String since, String tip, Instant indexed, long at) {}

  /** Guards what is to be followed, and by whom. */
  private final Object moves = new Object();

  private Move next;
  private Ahead lead;
  private Thread follower;
  private boolean closed;

  /** Whether somebody has waited long enough for what is being done. */
  private volatile boolean slow;

  /** The one that is being brought up. */
  private volatile MainCheckout current;

  /**
   * A checkout that is not where main is.
   *
   * @param merges how many main is ahead of it; 0 when it holds work that did not come to main
   * @param why nobody has brought it up, or put it back, in words
   */
  public record Left(Path path, int merges, String why) {}

  /** What became of the checkouts when a person asked for it. */
  public record Updated(List<String> updated, List<Stashed> stashed, List<Left> left) {}

  /**
   * One of those brought up where edits conflicted, in these files: all edits are stashed.
   *
   * @param staged whether that was so of what was staged alone: the edits are merged
   */
  public record Stashed(String path, List<String> files, String commit, boolean staged) {}

  /**
   * @param worktrees tells worktrees that are not the user's
   * @param wanted whether checkouts are to be brought along unasked
   * @param works whether that is done here; else it is for the next engine
   * @param finish how long one that has begun may take when the engine ends
   */
  public MainCheckouts(
      NoteStore notes,
      Repository repository,
      Predicate<Path> worktrees,
      BooleanSupplier wanted,
      boolean works,
      Duration finish) {
    this.notes = new CheckoutRecords(notes, repository.root());
    this.repository = repository;
    this.worktrees = worktrees;
    this.wanted = wanted;
    this.works = works;
    this.finish = finish;
    this.takenBack = new RevertedWork(notes, repository);
    this.stashed = new StoredList<>(notes, STASHED, new TypeReference<>() {});
  }

  /**
   * Main was moved.
   *
   * @param before where it was when it was last looked at
   * @param tip where it is now
   * @param trusted whether that is where it may be followed to
   */
  record Move(String before, String tip, boolean trusted) {
    Move then(Move next) {
      return new Move(before, next.tip(), next.trusted());
    }
  }

  /**
   * Follows a move of main, one at a time. A checkout whose filters are slow keeps nobody waiting
   * for long: it is followed on beside.
   */
  void follow(Move move) {
    await(
        () -> {
          next = next == null ? move : next.then(move);
        });
  }

  /**
   * Brings checkouts to where main is about to be moved, so that they are never behind it: what a
   * git of the user's finds there meanwhile is its index locked, or the work that is coming. One
   * that is slow is locked, and main need not wait for it. {@link #led} must follow.
   */
  void lead(String from, String to) {
    coming = to;
    Thread following = await(() -> lead = new Ahead(from, to, false));
    long begun = System.nanoTime();
    try {
      while (unlocked() && System.nanoTime() - begun < BEGINNING.toNanos()) {
        if (following.join(MOMENT)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Main was moved, or stays. */
  void led() {
    coming = null;
  }

  private boolean unlocked() {
    var checkout = current;
    return checkout != null && !checkout.locked();
  }

  private Thread await(Runnable ask) {
    Thread following;
    synchronized (moves) {
      ask.run();
      if (follower == null) {
        follower = Thread.ofVirtual().name("checkouts").start(this::followAll);
      }
      following = follower;
    }
    try {
      if (!slow && !following.join(PATIENCE)) {
        synchronized (moves) {
          slow = follower == following; // it may have ended just now
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return following;
  }

  private void followAll() {
    for (Runnable work = next(); work != null; work = next()) {
      try {
        work.run();
      } catch (RuntimeException | Error e) { // whatever happens, the next move is followed
        LOG.warn("checkouts are brought up later: {}", e.toString());
      } finally {
        current = null;
        slow = false;
      }
    }
  }

  private Runnable next() {
    synchronized (moves) {
      Move move = next;
      Ahead ahead = lead;
      if (closed || move == null && ahead == null) {
        follower = null;
        slow = false;
        return null;
      }
      if (move != null) {
        next = null;
        return () -> bring(move);
      }
      lead = null;
      return () -> bring(ahead);
    }
  }

  private synchronized void bring(Move move) {
    var seen = repository.checkedOut().map(trees -> new Seen(move.tip(), trees)).orElse(null);
    if (seen != null && seen.equals(up)) {
      return;
    }
    boolean wanted = works && this.wanted.getAsBoolean();
    var now = new ArrayList<Left>();
    var all = CheckoutFinder.of(repository, worktrees);
    for (var checkout : all) {
      try {
        look(checkout, move, move.trusted() && wanted, false).ifPresent(now::add);
      } catch (HiveException e) { // the others are not to wait for it
        now.add(new Left(checkout.path(), 1, e.getMessage()));
      }
    }
    now.addAll(elsewhere(all, move, move.trusted() && wanted, false));
    left = List.copyOf(now);
    modules = behind(all, false);
    takenBack.look(move.before(), move.tip());
    up =
        now.isEmpty() && modules.isEmpty() && coming == null && notes.ahead().isEmpty()
            ? seen
            : null;
  }

  private synchronized void bring(Ahead ahead) {
    up = null;
    if (!wanted.getAsBoolean()) {
      return;
    }
    var all = new ArrayList<>(CheckoutFinder.of(repository, worktrees));
    all.sort(Comparator.comparing(MainCheckout::locked)); // nobody waits for another's lock
    for (var checkout : all) {
      Path path = checkout.path();
      // One that was never seen is where main is; one that is ahead must go back first.
      if (!ahead.to().equals(coming)
          || !notes.since(path).orElse(ahead.from()).equals(ahead.from())
          || notes.ahead(checkout.path()).filter(a -> !a.stayed()).isPresent()) {
        continue;
      }
      notes.since(path, ahead.from());
      punctual.remove(path);
      var lock = checkout.lockedSince();
      if (!lock.equals(Optional.ofNullable(stale.get(path)))) {
        checkout.awaitUnlocked(LOCK);
        checkout.lockedSince().ifPresent(since -> stale.put(path, since));
      }
      boolean brought = bring(checkout, ahead.from(), ahead.to()).isEmpty();
      if (brought && ahead.to().equals(coming)) {
        punctual.add(path);
      }
    }
  }

  /**
   * Brings one up that may be switched to another branch meanwhile.
   *
   * @return why it could not be, in words
   */
  private Optional<String> bring(MainCheckout checkout, String since, String tip) {
    var half = pending(checkout).flatMap(a -> checkout.undo(a.from(), a.to()));
    if (half.isPresent()) {
      refused(checkout, since, tip, half.get().why());
      return half.map(Refused::why);
    }
    notes.ahead(checkout.path(), new Ahead(since, tip, false));
    current = checkout;
    var refused =
        checkout.onMain()
            ? checkout.update(since, tip)
            : Optional.of(new Refused(checkout.busy().orElse(SWITCHED), true));
    current = null;
    if (refused.isEmpty() && !tip.equals(coming) && !checkout.onMain() && !checkout.has(tip)) {
      checkout.retreat(tip, since);
      return Optional.of(SWITCHED);
    }
    refused.ifPresent(
        r -> {
          refused(checkout, since, tip, r.why());
          boolean stayed = r.untouched() || checkout.undo(since, tip).isEmpty();
          notes.ahead(checkout.path(), new Ahead(since, tip, stayed));
        });
    return refused.map(Refused::why);
  }

  /** Where it may be on the way to, or cut off on it. */
  private Optional<Ahead> pending(MainCheckout checkout) {
    return notes
        .ahead(checkout.path())
        .filter(a -> !a.stayed() && repository.has(a.from()) && repository.has(a.to()));
  }

  private void refused(MainCheckout checkout, String since, String tip, String why) {
    notes.refused(checkout.path(), tip, why);
    if (!PASSING.contains(why)) { // they took no lock
      refusals.put(checkout.path(), new Refusal(since, tip, checkout.indexed(), System.nanoTime()));
    }
  }

  /**
   * What was brought ahead of main in those that are switched to another branch by now: it is put
   * back.
   *
   * @return where it is still
   */
  private List<Left> elsewhere(List<MainCheckout> onMain, Move move, boolean bring, boolean asked) {
    var main = onMain.stream().map(c -> c.path().toString()).toList();
    var still = new ArrayList<Left>();
    notes
        .ahead()
        .forEach(
            (path, ahead) -> {
              if (!main.contains(path) && !ahead.to().equals(coming)) {
                MainCheckout.at(repository, Path.of(path))
                    .flatMap(c -> putBack(c, ahead, move, bring, asked))
                    .ifPresent(still::add);
              }
            });
    return still;
  }

  /** Puts back what was brought ahead of main, which did not get there. */
  private Optional<Left> putBack(
      MainCheckout checkout, Ahead ahead, Move move, boolean bring, boolean asked) {
    boolean onMain = checkout.onMain();
    String to = onMain ? move.tip() : ahead.from();
    if (ahead.stayed() || !repository.has(ahead.to()) || !repository.has(to)) {
      notes.forget(checkout.path());
      return Optional.empty();
    }
    String why = notes.refused(checkout.path(), to).orElse(later(move));
    if (bring && again(checkout, ahead.to(), to, asked)) {
      var refused = checkout.undo(ahead.from(), ahead.to());
      if (refused.isEmpty() && !checkout.has(ahead.to(), to)) {
        refused =
            onMain ? checkout.update(ahead.to(), to) : checkout.retreat(ahead.to(), ahead.from());
      }
      if (refused.isEmpty()) {
        notes.forget(checkout.path());
        return Optional.empty();
      }
      why = refused.get().why();
      refused(checkout, ahead.to(), to, why);
    }
    return Optional.of(new Left(checkout.path(), 0, why));
  }

  /** Commits that checkouts may be on the way between: without them nothing can be put back. */
  public Set<String> onTheWay() {
    return notes.onTheWay();
  }

  /** Why nothing is done about one here and now. */
  private String later(Move move) {
    if (!move.trusted()) {
      return "what moved main is not known to be right";
    }
    return wanted.getAsBoolean()
        ? "the engine ended before it could bring it up; the next start does"
        : "workspace: { checkout: leave } leaves it to you";
  }

  /** What the end waits for, in words; empty when it does not. */
  public Optional<String> waitsFor() {
    return Optional.ofNullable(current)
        .map(checkout -> "the checkout in " + checkout.path() + " is brought up");
  }

  /**
   * What has begun is finished, where that does not take too long; what has not, or is ended then,
   * is made good the next time.
   */
  @Override
  public void close() {
    Thread following;
    synchronized (moves) {
      closed = true;
      following = follower;
    }
    if (following == null) {
      return;
    }
    try {
      waitsFor().ifPresent(what -> LOG.info("the end waits until {}", what));
      if (!following.join(finish)) {
        following.interrupt(); // ends its git
        following.join(PATIENCE);
      }
    } catch (InterruptedException e) {
      following.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Brings up what can be, unless it is up already.
   *
   * @param carry whether with edits that are in the way
   */
  synchronized Updated update(String tip, boolean carry) {
    var before = new ArrayList<>(left.stream().map(Left::path).toList());
    modules.forEach(m -> before.add(m.path()));
    var now = new ArrayList<Left>();
    var made = new ArrayList<Stashed>();
    var move = new Move(tip, tip, true);
    var onMain = CheckoutFinder.of(repository, worktrees);
    for (var checkout : onMain) {
      try {
        look(checkout, move, true, true)
            .flatMap(l -> carry ? carry(checkout, l, tip, made) : Optional.of(l))
            .ifPresent(now::add);
      } catch (HiveException e) { // the others are not to wait for it
        now.add(new Left(checkout.path(), 1, e.getMessage()));
      }
    }
    now.addAll(elsewhere(onMain, move, true, true));
    left = List.copyOf(now);
    modules = behind(onMain, true);
    modules.forEach(m -> now.add(new Left(m.path(), 1, m.why())));
    var stay = now.stream().map(Left::path).toList();
    return new Updated(
        before.stream().filter(p -> !stay.contains(p)).map(Path::toString).toList(),
        List.copyOf(made),
        List.copyOf(now));
  }

  /** The submodules of checkouts that are up themselves; of others nothing is known yet. */
  private List<Behind> behind(List<MainCheckout> checkouts, boolean bring) {
    var behind = new ArrayList<Behind>();
    for (var checkout : checkouts) {
      try {
        if (knownLeft(checkout.path()).isEmpty() && checkout.busy().isEmpty()) {
          behind.addAll(checkout.submodules().behind(bring));
        }
      } catch (HiveException e) { // what else there is to be found does not wait for it
        LOG.warn("submodules of {} cannot be read: {}", checkout.path(), e.getMessage());
      }
    }
    return List.copyOf(behind);
  }

  private Optional<Left> carry(MainCheckout checkout, Left left, String tip, List<Stashed> made) {
    String since =
        left.merges() == 0
            ? notes.ahead(checkout.path()).map(Ahead::to).orElse(tip)
            : notes.since(checkout.path()).orElse(tip);
    boolean half = left.merges() > 0 && pending(checkout).isPresent();
    if (half || since.equals(tip) || checkout.busy().isPresent()) {
      return Optional.of(left);
    }
    var carried =
        checkout.carry(
            since,
            tip,
            c -> {
              String path = checkout.path().toString();
              made.add(new Stashed(path, c.conflicts(), c.stash(), c.staged()));
              stashed.add(made.getLast());
            });
    if (carried.why() != null) {
      notes.refused(checkout.path(), tip, carried.why());
      return Optional.of(new Left(left.path(), left.merges(), carried.why()));
    }
    arrived(checkout, tip);
    return Optional.empty();
  }

  /** Those that are not up. */
  public List<Left> left() {
    return left;
  }

  /** How many merges main is ahead of a checkout. */
  public int behind(Path path) {
    return left.stream().filter(l -> l.path().equals(path)).mapToInt(Left::merges).sum();
  }

  /**
   * @param bring whether to bring it along
   * @param asked whether a person asked for it
   */
  private Optional<Left> look(MainCheckout checkout, Move move, boolean bring, boolean asked) {
    String tip = move.tip();
    Path path = checkout.path();
    String main = move.before();
    var ahead = notes.ahead(checkout.path()).filter(a -> repository.has(a.to()));
    boolean late = false;
    String held = null; // what its index is surely of
    if (ahead.isPresent()) {
      String to = ahead.get().to();
      if (repository.contains(to, tip)) {
        late = !punctual.contains(path);
        held = ahead.get().stayed() ? null : to;
        main = repository.contains(main, to) ? to : main; // it was there, if nobody saw it
      } else if (to.equals(coming) || repository.contains(to, repository.tip())) {
        return knownLeft(path); // it is moved just now, and followed then
      } else {
        var still = putBack(checkout, ahead.get(), move, bring, asked); // it never got there
        if (still.isPresent()) {
          String from = ahead.get().from();
          if (!from.equals(tip) && repository.contains(from, tip)) {
            takenBack.behind(path, from, tip);
          }
          return still;
        }
      }
    }
    String since = since(checkout, move);
    if (since.equals(tip)) {
      return Optional.empty();
    }
    // It may have got there, and nobody could write that down.
    boolean there = held != null && checkout.has(ahead.get().from(), held);
    String at = there ? held : since;
    if (!tip.equals(main)) {
      takenBack.by(path, at, main, tip);
    }
    if (!repository.contains(since, tip)) {
      arrived(checkout, tip); // the user has moved it
      return Optional.empty();
    }
    boolean lags =
        checkout.lags(at, tip) || checkout.overlaps(held == null ? since : held, main, tip);
    if (lags || late) {
      takenBack.behind(path, since, late ? ahead.get().to() : tip);
    }
    if (!lags) {
      if (bring && held != null) {
        checkout.bringSubmodules(ahead.get().from(), held); // an engine may have been killed there
      }
      arrived(checkout, tip); // it has all of it
      return Optional.empty();
    }
    String why =
        move.trusted() ? notes.refused(checkout.path(), tip).orElse(later(move)) : later(move);
    if (bring && again(checkout, at, tip, asked)) {
      var refused = bring(checkout, at, tip);
      if (refused.isEmpty()) {
        arrived(checkout, tip);
        return Optional.empty();
      }
      why = refused.get();
    }
    return Optional.of(new Left(path, Math.max(1, checkout.behind(at)), why));
  }

  /** The commit that its files belong to. */
  private String since(MainCheckout checkout, Move move) {
    Path path = checkout.path();
    String tip = move.tip();
    String since = notes.since(path).orElse(null);
    if (since == null) { // made or switched to main while main was moved, it may be of before
      since = repository.has(move.before()) ? move.before() : tip;
      notes.since(path, since);
    }
    if (!since.equals(tip) && !repository.has(since)) {
      since = tip;
      notes.since(path, tip);
    }
    return since;
  }

  private Optional<Left> knownLeft(Path path) {
    return left.stream().filter(l -> l.path().equals(path)).findFirst();
  }

  private void arrived(MainCheckout checkout, String tip) {
    punctual.remove(checkout.path());
    notes.arrived(checkout.path(), tip);
  }

  /** Trying takes the lock of the user's index, so it is not done at each look. */
  private boolean again(MainCheckout checkout, String since, String tip, boolean asked) {
    var last = refusals.get(checkout.path());
    return asked
        || last == null
        || !last.since().equals(since)
        || !last.tip().equals(tip)
        || !last.indexed().equals(checkout.indexed())
        || System.nanoTime() - last.at() > AGAIN.toNanos();
  }

  private synchronized void settle(Stashed one) {
    stashed.remove(one);
  }

  // ── what is told ────────────────────────────────────────────────────────────────────────────

  /** Makes a commit that brings merged work back. */
  @FunctionalInterface
  public interface BringBack {
    void bringBack(String commit, String since, String main);
  }

  /**
   * What there is to tell.
   *
   * @param update brings all checkouts up
   */
  public List<Found> find(Runnable update, BringBack back) {
    var found = new ArrayList<Found>();
    for (var l : left) {
      if (l.merges() == 0) {
        found.add(
            Found.of(
                    "checkout-ahead:" + l.path(),
                    "checkout-ahead",
                    "The checkout in %s holds work that did not come to %s."
                        .formatted(l.path(), repository.main()),
                    "It could not be put back: %s. A git commit -a there would commit it as yours."
                        .formatted(l.why()))
                .at(l.path().toString())
                .repair("Put it back; your edits stay (hivedeck update)", update));
        continue;
      }
      found.add(
          Found.of(
                  "checkout:" + l.path(),
                  "checkout-behind",
                  "The checkout of %s in %s is %s behind it."
                      .formatted(
                          repository.main(),
                          l.path(),
                          l.merges() == 1 ? "1 merge" : l.merges() + " merges"),
                  "It was left: %s. A git commit -a or git stash there would take merged work back."
                      .formatted(l.why()))
              .at(l.path().toString())
              .repair("Bring it up with your edits (hivedeck update)", update));
    }
    for (var m : modules) {
      found.add(
          Found.of(
                  "submodule:" + m.path(),
                  "submodule-behind",
                  "The submodule %s in %s has an earlier commit than %s names."
                      .formatted(m.name(), m.checkout(), repository.main()),
                  "It was left: %s. A git commit -a there would take merged work back."
                      .formatted(m.why()))
              .at(m.path().toString())
              .repair("Bring it up where it has no edits (hivedeck update)", update));
    }
    found.addAll(takenBack.find(back));
    var stashes = stashed.all().isEmpty() ? Set.of() : repository.stashes();
    for (var s : stashed.all()) {
      if (stashes.contains(s.commit())) {
        found.add(
            Found.of(
                    "edits-stashed:" + s.commit(),
                    "edits-stashed",
                    (s.staged()
                            ? "What you had staged in %s is stashed."
                            : "Your edits in %s are stashed.")
                        .formatted(s.path()),
                    (s.staged()
                            ? "It conflicts with merged work in %s. Your edits are merged, but not"
                                + " staged; see what was staged with git show %s^2."
                            : "They conflict with merged work in %s. Bring them in with git stash"
                                + " pop there.")
                        .formatted(
                            Plural.some(s.files(), FILES), ObjectNames.abbreviated(s.commit())))
                .at(s.path())
                .or(new Remedy("keep", "Leave them in the stash"), () -> settle(s)));
      }
    }
    return found;
  }
}
