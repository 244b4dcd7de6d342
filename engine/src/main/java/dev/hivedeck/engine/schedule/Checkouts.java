package dev.hivedeck.engine.schedule;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Views.Remedy;
import dev.hivedeck.engine.schedule.Reconciler.Found;
import dev.hivedeck.engine.worktree.Checkout;
import dev.hivedeck.engine.worktree.ObjectNames;
import dev.hivedeck.engine.worktree.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's checkouts of main: each is brought along when main moves, where that is wanted and
 * nothing of the user's is in the way. What is left is told, and so is a commit that takes merged
 * work back because it was made on a checkout that was left. Of each it is written down which
 * commit its files belong to, so that a crash between main and a checkout is made good.
 */
public final class Checkouts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkouts.class);

  /** So long a checkout of a usual size takes at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** What is in the way may go without a trace in the index. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private static final String SINCE = "checkout:";
  private static final String TAKEN = "taken-back";
  private static final String REFUSED = "checkout-refused:";

  private final Notes notes;
  private final Repository repository;
  private final Path worktrees;
  private final BooleanSupplier wanted;
  private final boolean works;
  private volatile List<Left> left = List.of();
  private volatile List<TakenBack> taken;

  private final Map<Path, Refusal> refusals = new HashMap<>();

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
  private Thread follower;
  private boolean closed;

  /**
   * A checkout that main is ahead of.
   *
   * @param why nobody has brought it up, in words
   */
  public record Left(Path path, int merges, String why) {}

  /** What became of the checkouts when a person asked for it. */
  public record Updated(List<String> updated, List<Left> left) {}

  /**
   * A commit that takes merged work back.
   *
   * @param since what the files were that it was made of
   * @param main what main was before it
   */
  record TakenBack(String commit, String since, String main, String path, List<String> files) {}

  /**
   * @param worktrees a folder below which worktrees are not the user's
   * @param wanted whether checkouts are to be brought along unasked
   * @param works whether that is done here; else it is for the next engine
   */
  public Checkouts(
      Notes notes, Repository repository, Path worktrees, BooleanSupplier wanted, boolean works) {
    this.notes = notes;
    this.repository = repository;
    this.worktrees = worktrees;
    this.wanted = wanted;
    this.works = works;
    this.taken = notes.get(TAKEN).map(Checkouts::parse).orElse(List.of());
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
    Thread following;
    synchronized (moves) {
      next = next == null ? move : next.then(move);
      if (follower == null) {
        follower = Thread.ofVirtual().name("checkouts").start(this::followAll);
      }
      following = follower;
    }
    try {
      following.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void followAll() {
    for (Move move = next(); move != null; move = next()) {
      try {
        bring(move);
      } catch (RuntimeException | Error e) { // whatever happens, the next move is followed
        LOG.warn("checkouts are brought up later: {}", e.toString());
      }
    }
  }

  private Move next() {
    synchronized (moves) {
      Move move = closed ? null : next;
      next = null;
      if (move == null) {
        follower = null;
      }
      return move;
    }
  }

  private synchronized void bring(Move move) {
    boolean bring = works && move.trusted() && wanted.getAsBoolean();
    var now = new ArrayList<Left>();
    for (var checkout : Checkout.of(repository, worktrees)) {
      look(checkout, move, bring, false).ifPresent(now::add);
    }
    left = List.copyOf(now);
  }

  /** What is not done in a moment is done the next time. */
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
      if (!following.join(PATIENCE)) {
        following.interrupt(); // ends its git
        following.join(PATIENCE);
      }
    } catch (InterruptedException e) {
      following.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Brings up what can be, unless it is up already. */
  synchronized Updated update(String tip) {
    var before = left.stream().map(Left::path).toList();
    var now = new ArrayList<Left>();
    for (var checkout : Checkout.of(repository, worktrees)) {
      look(checkout, new Move(tip, tip, true), true, true).ifPresent(now::add);
    }
    left = List.copyOf(now);
    var stay = now.stream().map(Left::path).toList();
    return new Updated(
        before.stream().filter(p -> !stay.contains(p)).map(Path::toString).toList(), left);
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
  private Optional<Left> look(Checkout checkout, Move move, boolean bring, boolean asked) {
    String tip = move.tip();
    String key = SINCE + checkout.path();
    String since = notes.get(key).or(() -> former(checkout)).orElse(null);
    if (since == null || !since.equals(tip) && !repository.has(since)) {
      since = tip; // seen for the first time: nobody has moved main under it yet
      note(key, tip);
    }
    if (since.equals(tip)) {
      return Optional.empty();
    }
    if (!tip.equals(move.before())) {
      tookBack(checkout, since, move.before(), tip);
    }
    if (!repository.contains(since, tip) || !checkout.lags(since, tip)) {
      note(key, tip); // the user has moved it, or it has all of it
      return Optional.empty();
    }
    String why =
        !move.trusted()
            ? "what moved main is not known to be right"
            : refused(checkout, tip)
                .orElse(
                    wanted.getAsBoolean()
                        ? "the engine ended before it could bring it up; the next start does"
                        : "workspace: { checkout: leave } leaves it to you");
    if (bring && again(checkout, since, tip, asked)) {
      var refused = checkout.update(since, tip);
      if (refused.isEmpty()) {
        note(key, tip);
        return Optional.empty();
      }
      if (!why.equals(refused.get())) {
        why = refused.get();
        note(REFUSED + checkout.path(), tip + " " + why);
      }
      if (!why.equals(Checkout.LOCKED)) { // which passes, and took no lock
        refusals.put(
            checkout.path(), new Refusal(since, tip, checkout.indexed(), System.nanoTime()));
      }
    }
    return Optional.of(new Left(checkout.path(), Math.max(1, checkout.behind(since)), why));
  }

  /** Trying takes the lock of the user's index, so it is not done at each look. */
  private boolean again(Checkout checkout, String since, String tip, boolean asked) {
    var last = refusals.get(checkout.path());
    return asked
        || last == null
        || !last.since().equals(since)
        || !last.tip().equals(tip)
        || !last.indexed().equals(checkout.indexed())
        || System.nanoTime() - last.at() > AGAIN.toNanos();
  }

  /** Why it could not be brought to this tip: who only looks does not try again. */
  private Optional<String> refused(Checkout checkout, String tip) {
    return notes
        .get(REFUSED + checkout.path())
        .filter(noted -> noted.startsWith(tip + " "))
        .map(noted -> noted.substring(tip.length() + 1));
  }

  /** What earlier releases wrote down of the repository's own. */
  private Optional<String> former(Checkout checkout) {
    return checkout.path().equals(repository.root()) ? notes.get("checkout") : Optional.empty();
  }

  private void note(String key, String value) {
    notes.write(Map.of(key, value), Set.of());
  }

  // ── commits that take merged work back ──────────────────────────────────────────────────────

  /** A commit made on files of {@code since} while main was at {@code main} already. */
  private void tookBack(Checkout checkout, String since, String main, String commit) {
    boolean behind = !since.equals(main) && repository.contains(since, main);
    if (!behind || repository.contains(commit, main) || !repository.contains(since, commit)) {
      return;
    }
    var files = checkout.takenBack(since, main, commit);
    if (!files.isEmpty()) {
      var all = new ArrayList<>(taken);
      all.add(new TakenBack(commit, since, main, checkout.path().toString(), List.copyOf(files)));
      write(all);
    }
  }

  private static List<TakenBack> parse(String json) {
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<TakenBack>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(List<TakenBack> all) {
    taken = List.copyOf(all);
    note(TAKEN, Json.write(taken));
  }

  private synchronized void settle(TakenBack one) {
    write(taken.stream().filter(t -> !t.equals(one)).toList());
  }

  // ── what is told ────────────────────────────────────────────────────────────────────────────

  /** Makes a commit that brings merged work back. */
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
      found.add(
          Found.of(
                  "checkout:" + l.path(),
                  "checkout-behind",
                  "The checkout of %s in %s is %s behind it."
                      .formatted(
                          repository.main(),
                          l.path(),
                          l.merges() == 1 ? "1 merge" : l.merges() + " merges"),
                  "It was left: %s. A plain git commit -a there would take merged work back."
                      .formatted(l.why()))
              .at(l.path().toString())
              .repair("Bring it up (hivedeck update)", update));
    }
    for (var t : taken) {
      if (!repository.has(t.commit()) || !repository.contains(t.commit(), repository.tip())) {
        continue; // it is not on main any more
      }
      found.add(
          Found.of(
                  "taken-back:" + t.commit(),
                  "work-taken-back",
                  "Commit %s on %s takes merged work back: %s."
                      .formatted(
                          ObjectNames.abbreviated(t.commit()),
                          repository.main(),
                          Plural.some(t.files(), 1)),
                  "It was made in %s while that was behind %s."
                      .formatted(t.path(), repository.main()))
              .at(t.path())
              .repair(
                  "Bring the merged work back with a new commit; what else it changed stays",
                  () -> {
                    back.bringBack(t.commit(), t.since(), t.main());
                    settle(t);
                  })
              .or(new Remedy("keep", "Leave main as it is"), () -> settle(t)));
    }
    return found;
  }

  /** Checkouts whose files belong to this commit are put to another. */
  synchronized void reset(String from, String to) {
    for (var checkout : Checkout.of(repository, worktrees)) {
      String key = SINCE + checkout.path();
      if (from.equals(notes.get(key).orElse(null)) && checkout.update(from, to).isEmpty()) {
        note(key, to);
      }
    }
  }
}
