package dev.hivedeck.engine.remote;

import dev.hivedeck.engine.config.remote.RemoteConfig;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.remote.RemoteGit;
import dev.hivedeck.engine.git.repository.FetchTimes;
import dev.hivedeck.engine.git.repository.RemoteBranch;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.Upstream;
import dev.hivedeck.engine.git.repository.UpstreamReader;
import dev.hivedeck.engine.mainline.MainLedger;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.HiveException.Fault;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.remote.RemoteViews.Fetched;
import dev.hivedeck.engine.protocol.remote.RemoteViews.Pushed;
import dev.hivedeck.engine.remote.RemoteFaults.Step;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.time.TimeScale;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps main and the branch of the remote that it follows together, as far as that is configured or
 * asked for: fetches it, brings main up to it where main has nothing of its own, and pushes what
 * was merged. Where each has something that the other lacks, a person decides.
 */
public final class RemoteSync {
  private final Ledger ledger;
  private final Repository repository;
  private final MainLedger main;
  private final Supplier<RemoteConfig> config;
  private final RemoteGit git;
  private final Clock clock;
  private final double speed;
  private final UpstreamReader upstreams;
  private final FetchTimes fetchTimes;
  private final Backoff backoff;
  private final ReentrantLock lock = new ReentrantLock();
  private final RemoteFaults faults = new RemoteFaults();

  /** What was pushed or refused last: it is not tried again by rule. */
  private @Nullable String tried;

  /** Where main and the remote were when all was pushed: git is not asked again until one moves. */
  private @Nullable String settledAt;

  /** The same where main was not brought up for what only a person can change. */
  private @Nullable String refusedAt;

  /** Where the remote's branch is said to be here, and was not when the remote was asked. */
  private @Nullable String denied;

  /** Whether the last push failed for something that passes. */
  private boolean offline;

  private Told told = (type, words) -> {};

  /** Tells of the workspace, in words. */
  @FunctionalInterface
  public interface Told {
    void tell(EventType type, @Nullable String words);
  }

  /**
   * @param config the part of the configuration in force
   * @param speed how much shorter than said the configured times are
   */
  public RemoteSync(
      Ledger ledger,
      Repository repository,
      MainLedger main,
      Supplier<RemoteConfig> config,
      RemoteGit git,
      Clock clock,
      double speed) {
    this.ledger = ledger;
    this.repository = repository;
    this.main = main;
    this.config = config;
    this.git = git;
    this.clock = clock;
    this.speed = speed;
    this.upstreams = new UpstreamReader(repository);
    this.fetchTimes = new FetchTimes(repository);
    this.backoff = new Backoff(speed);
  }

  /** Whoever is to hear of what is done. */
  public void tell(Told told) {
    this.told = told;
  }

  /** Why something that was asked for or configured is not done; empty when all is. */
  public Optional<Fault> fault() {
    return faults.first();
  }

  // ── by rule ─────────────────────────────────────────────────────────────────────────────────

  /** Does what is configured and due. What is in the way is told, and does no harm. */
  public void look() {
    var wanted = config.get();
    faults.keep(wanted);
    if (wanted.equals(RemoteConfig.NONE)) {
      return;
    }
    var branch = upstreams.branch();
    if (branch.isEmpty() || !lock.tryLock()) {
      return; // a person is at it
    }
    try {
      if (wanted.fetch() != null && due(wanted.fetch())) {
        attempt(Step.FETCH, () -> fetch(branch.get()));
      }
      if (wanted.forward() && !backoff.holds(clock.instant())) {
        bringUp(branch.get());
      }
      if (wanted.push()) {
        pushMerged(branch.get());
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean due(Duration every) {
    Instant now = clock.instant();
    return !backoff.holds(now)
        && fetchTimes.last().stream()
            .noneMatch(last -> now.isBefore(last.plus(TimeScale.shorten(every, speed))));
  }

  private boolean attempt(Step step, Runnable action) {
    try {
      action.run();
      faults.set(step, null);
      if (step != Step.FORWARD) {
        backoff.reset();
      }
      return true;
    } catch (HiveException e) {
      faults.set(step, e.fault());
      if (step != Step.FORWARD || unanswered(e)) {
        backoff.failed(clock.instant());
      }
      return false;
    }
  }

  private void bringUp(RemoteBranch branch) {
    String at = here() + upstreams.tip(branch).orElse("") + main.takenOff();
    if (!at.equals(refusedAt) || !faults.isApart()) {
      attempt(Step.FORWARD, () -> forward(branch, false));
      refusedAt = faults.isApart() ? at : null;
    }
  }

  private static boolean unanswered(HiveException e) {
    return e.is(ErrorCode.REMOTE_OFFLINE)
        || e.is(ErrorCode.REMOTE_DENIED)
        || e.is(ErrorCode.NO_REMOTE);
  }

  /** Up to the latest merge: what a person has committed on top of it is theirs to push. */
  private void pushMerged(RemoteBranch branch) {
    String commit = merged().orElse("");
    String there = upstreams.tip(branch).orElse("");
    String here = here();
    String at = commit + there + here;
    if (commit.isEmpty()
        || here.isEmpty()
        || at.equals(settledAt)
        || repository.gone(List.of(commit)).contains(commit)) {
      return;
    }
    boolean off = !repository.contains(commit, here);
    if (off || !there.isEmpty() && repository.contains(commit, there)) {
      faults.set(Step.PUSH, null);
      tried = null;
      settledAt = at;
      return;
    }
    settledAt = null;
    String what = commit + there;
    if (what.equals(tried) || backoff.holds(clock.instant()) || main.awaits().isPresent()) {
      return;
    }
    if (attempt(Step.PUSH, () -> push(branch, commit, there))) {
      tried = what;
      told.tell(WorkspaceEvent.PUSHED, pushed(branch, commit));
      return;
    }
    var fault = fault().orElseThrow();
    if (!offline) {
      tried = what;
      told.tell(WorkspaceEvent.PUSH_REFUSED, fault.message());
    }
  }

  /** Empty where somebody removed main. */
  private String here() {
    return repository.tipIfThere().orElse("");
  }

  private Optional<String> merged() {
    return ledger.read(
        sql ->
            sql
                .list(
                    "SELECT merge FROM change WHERE state = 'merged' AND merge IS NOT NULL"
                        + " ORDER BY merged_at DESC, number DESC LIMIT 1",
                    row -> row.text("merge"))
                .stream()
                .findFirst());
  }

  private static String pushed(RemoteBranch branch, String commit) {
    return "pushed " + ObjectNames.abbreviated(commit) + " to " + branch.name();
  }

  // ── by hand ─────────────────────────────────────────────────────────────────────────────────

  /**
   * Fetches now.
   *
   * @param follow whether main is brought up to it
   * @throws HiveException as {@link RemoteGit#fetch}; {@code main-apart}
   */
  public Fetched fetch(boolean follow) {
    lock.lock();
    try {
      var branch = followed();
      now(Step.FETCH, () -> fetch(branch));
      int before = upstreams.read().map(Upstream::behind).orElse(0);
      if (follow) {
        now(Step.FORWARD, () -> forward(branch, true));
      }
      var after = upstreams.read();
      int behind = after.map(Upstream::behind).orElse(0);
      told.tell(WorkspaceEvent.CHANGED, null);
      return new Fetched(
          branch.name(), before - behind, after.map(Upstream::ahead).orElse(0), behind);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Pushes main now.
   *
   * @throws HiveException as {@link RemoteGit#push}; {@code main-apart}; {@code main-moved} while a
   *     person has not said what is to become of a move that an agent may have made
   */
  public Pushed push() {
    lock.lock();
    try {
      var branch = followed();
      String tip = main.tip();
      String there = upstreams.tip(branch).orElse("");
      if (tip.equals(there)) {
        faults.set(Step.PUSH, null);
        return new Pushed(branch.name(), tip, 0);
      }
      now(Step.PUSH, () -> push(branch, tip, there));
      tried = null;
      told.tell(WorkspaceEvent.PUSHED, pushed(branch, tip));
      return new Pushed(branch.name(), tip, commits(there, tip));
    } finally {
      lock.unlock();
    }
  }

  private int commits(String from, String to) {
    String range = from.isEmpty() ? to : from + ".." + to;
    return Integer.parseInt(repository.git().must("rev-list", "--count", range));
  }

  private void now(Step step, Runnable action) {
    action.run();
    faults.set(step, null);
    backoff.reset();
  }

  private RemoteBranch followed() {
    return upstreams.branch().orElseThrow(() -> RemoteRefusal.followsNone(repository.main()));
  }

  // ── both ────────────────────────────────────────────────────────────────────────────────────

  private void fetch(RemoteBranch branch) {
    git.fetch(branch);
    denied = null;
    refusedAt = null;
  }

  private void push(RemoteBranch branch, String commit, String there) {
    offline = false;
    String own = "refs/heads/" + repository.main();
    String other = repository.git().value("for-each-ref", "--format=%(push:remotename)", own);
    if (!other.isBlank() && !other.equals(branch.remote())) {
      throw RemoteRefusal.pushedElsewhere(repository.main(), branch.name(), other);
    }
    if (!there.isEmpty() && !repository.contains(there, commit)) {
      throw RemoteRefusal.apart(repository.main(), branch.name());
    }
    try {
      git.push(branch, commit);
    } catch (HiveException e) {
      offline = e.is(ErrorCode.REMOTE_OFFLINE) || e.outage();
      throw e;
    }
    if (!upstreams.tip(branch).equals(Optional.of(commit))) { // a clone of another branch only
      repository.git().run("update-ref", "-m", "hivedeck: push", branch.ref(), commit);
    }
  }

  private void confirm(RemoteBranch branch, String there) {
    if (!there.equals(denied) && there.equals(git.tip(branch))) {
      return;
    }
    denied = there;
    throw RemoteRefusal.saysOtherwise(branch.name(), there);
  }

  /**
   * Where main has nothing of its own. Whoever works in a linked worktree can write any commit down
   * as the remote's, so the remote is asked before main goes there.
   *
   * @param asked whether a person wants it: then also what was taken off main comes back
   */
  private void forward(RemoteBranch branch, boolean asked) {
    String there = upstreams.tip(branch).orElse("");
    if (there.isEmpty() || there.equals(repository.tip())) {
      return;
    }
    String here = main.tip();
    if (repository.contains(there, here)) {
      return;
    }
    if (!repository.contains(here, there)) {
      throw RemoteRefusal.apart(repository.main(), branch.name());
    }
    if (!asked && !repository.bringsBack(here, there, main.takenOff()).isEmpty()) {
      throw RemoteRefusal.takenOff(branch.name(), repository.main());
    }
    confirm(branch, there);
    int commits = commits(here, there);
    String words = "hivedeck: fast-forward to " + branch.name();
    boolean moved =
        main.move(
            here,
            there,
            () -> {
              repository.moveMain(here, there, words);
              return true;
            });
    if (moved) {
      told.tell(
          WorkspaceEvent.FORWARDED,
          "%s was brought up to %s by %s"
              .formatted(repository.main(), branch.name(), Plural.of(commits, "commit")));
    }
  }
}
