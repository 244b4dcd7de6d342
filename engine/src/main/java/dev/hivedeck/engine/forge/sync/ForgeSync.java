package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.RateLimit;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.TimeScale;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the linked forge from time to time, and brings both sides together. One look at a time;
 * one that fails is tried again later, and work here does not wait for it.
 */
public final class ForgeSync {
  /** Within which GitHub sees that main has a commit. */
  static final Duration SEES = Duration.ofMinutes(2);

  /** Requests of a look beside those for changes, about. */
  private static final int ISSUES = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ForgeSync.class);

  private final Store store;
  private final Supplier<GitHubConfig> config;
  private final ForgeLinker linker;
  private final PullSync pulls;
  private final IssueTasks issues;
  private final Supplier<String> ids;
  private final Clock clock;
  private final double speed;
  private final ReentrantLock looking = new ReentrantLock();

  /** What has happened that is not to wait for the next look. */
  private final LookRequests requests = new LookRequests();

  /** Who has something to do while nobody looks. */
  private final AtomicInteger waiting = new AtomicInteger();

  private volatile @Nullable Instant looked;
  private volatile @Nullable RateLimit limit;
  private volatile int asked;

  /**
   * @param config in force
   * @param speed how much shorter than said the configured times are
   */
  ForgeSync(
      Store store,
      Supplier<GitHubConfig> config,
      ForgeLinker linker,
      PullSync pulls,
      IssueTasks issues,
      Supplier<String> ids,
      Clock clock,
      double speed) {
    this.store = store;
    this.config = config;
    this.linker = linker;
    this.pulls = pulls;
    this.issues = issues;
    this.ids = ids;
    this.clock = clock;
    this.speed = speed;
  }

  /** The next look does not wait for its time, unless GitHub has asked to wait. */
  public void hurry() {
    requests.whole();
  }

  /** A change is looked at before the next look. */
  void hurryChange(long change) {
    requests.change(change);
  }

  /** A pull request or an issue is looked at before the next look. */
  void hurryNumber(int number) {
    requests.number(number);
  }

  /** Does something while nobody looks; a look that goes on ends with the change it is at. */
  <T> T alone(Supplier<T> work) {
    waiting.incrementAndGet();
    looking.lock();
    try {
      return work.get();
    } finally {
      looking.unlock();
      waiting.decrementAndGet();
    }
  }

  /** Looks where it is time to; called every few seconds. */
  public void look() {
    if (!looking.tryLock()) {
      return;
    }
    try {
      var link = store.read(LinkLedger::link);
      if (link.isEmpty() || link.get().retryAt() != null && !past(link.get().retryAt())) {
        return;
      }
      if (due(link.get())) {
        run(link.get(), null);
      } else {
        var named = requests.named();
        if (!named.isEmpty()) {
          run(link.get(), named);
        }
      }
    } catch (ForgeException e) {
      LOG.info("GitHub: {}", e.getMessage()); // it is written down
    } catch (HiveException e) {
      if (!e.is(ErrorCode.NOT_TRUSTED)) {
        LOG.warn("GitHub: {}", e.getMessage());
      }
    } finally {
      looking.unlock();
    }
  }

  /** A whole look is due by its time, or early; never so often that the limit would not do. */
  private boolean due(LinkLedger.Link link) {
    if (link.retryAt() != null || link.syncedAt() == null) {
      return true;
    }
    var gap = LookPace.gap(limit, asked, clock.instant());
    boolean rested = looked == null || past(looked.plus(gap));
    var every = TimeScale.shorten(config.get().every(), speed);
    return rested && (requests.isWhole() || past(link.syncedAt().plus(every)));
  }

  private boolean past(Instant time) {
    return !clock.instant().isBefore(time);
  }

  /**
   * Looks now, whatever the time is.
   *
   * @throws HiveException {@code no-link}, and what keeps GitHub from being reached
   */
  ForgeStatus now() {
    looking.lock();
    try {
      run(store.read(LinkLedger::link).orElseThrow(ForgeLinker::unlinked), null);
      return store.read(LinkLedger::status);
    } catch (ForgeException e) {
      throw e.fault();
    } finally {
      looking.unlock();
    }
  }

  /**
   * @param named what is looked at; null for all
   */
  private void run(LinkLedger.Link link, LookRequests.@Nullable Named named) {
    var github = config.get();
    if (named == null) {
      requests.clear();
      looked = clock.instant();
    }
    Forge forge = null;
    try {
      forge = linker.forge(link);
      if (link.mergedBy() != github.merge()) {
        store.update(ids.get(), tx -> LinkLedger.mergedBy(tx, github.merge()));
      }
      looked(forge, github, link.origin(), named);
    } catch (ForgeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e; // the engine ends, which says nothing of GitHub
      }
      if (e.kind() == ForgeException.Kind.UNAUTHORIZED) {
        linker.forget(); // another token may be there by the next look
      }
      var left = forge == null ? null : forge.limit().orElse(null);
      store.update(ids.get(), tx -> LinkLedger.failed(tx, left, e));
      throw e;
    } catch (HiveException e) {
      var failure =
          new ForgeException(
              ForgeException.Kind.UNAUTHORIZED,
              ErrorCode.FORGE_DENIED,
              e.fault().message(),
              e.hint(),
              null);
      store.update(ids.get(), tx -> LinkLedger.failed(tx, null, failure));
      throw e;
    }
  }

  private void looked(
      Forge forge, GitHubConfig github, String origin, LookRequests.@Nullable Named named) {
    var told = store.read(LinkLedger::status).login();
    String login = told == null ? "" : told;
    var wanted = named == null ? null : store.read(sql -> ForgeLedger.changes(sql, named));
    var problems = new ArrayList<HiveException>();
    int looks = 0;
    for (long change : store.read(ForgeLedger::reopened)) {
      store.update(ids.get(), tx -> ForgeLedger.over(tx, change));
    }
    for (long change : store.read(ForgeSync::candidates)) {
      if (waiting.get() > 0) {
        requests.whole();
        return;
      }
      if (wanted == null || wanted.contains(change)) {
        looks++;
        pulls
            .sync(forge, github, login, change)
            .ifPresent(
                e -> problems.add(problem("C-" + change + " is no pull request yet: ", e.fault())));
      }
    }
    boolean known = named != null && wanted != null && wanted.size() >= named.size();
    if (!known) {
      issues(forge, github, login, origin, problems);
    }
    limit = forge.limit().orElse(null);
    if (named == null) {
      asked = looks + ISSUES;
      var first = problems.isEmpty() ? null : problems.getFirst();
      store.update(
          ids.get(),
          tx ->
              LinkLedger.reached(
                  tx,
                  limit,
                  first == null ? null : first.getMessage(),
                  first == null ? null : first.hint()));
    }
  }

  /** What is refused of an issue keeps neither the others nor pull requests. */
  private void issues(
      Forge forge, GitHubConfig github, String login, String origin, List<HiveException> problems) {
    try {
      issues
          .take(forge, origin, github.issues())
          .ifPresent(e -> problems.add(problem("An issue is no task yet: ", e)));
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      problems.add(problem("Issues are no tasks: ", e.fault()));
    }
    issues
        .tell(forge, login, origin, github.issues())
        .ifPresent(
            e -> problems.add(problem("An issue does not know what became of it: ", e.fault())));
  }

  private static HiveException problem(String what, HiveException why) {
    return new HiveException(ErrorCode.FORGE_REJECTED, what + why.getMessage(), why.hint());
  }

  /** Changes that are open here, and those whose pull request is not at its end. */
  private static List<Long> candidates(Sql sql) throws SQLException {
    var candidates = new TreeSet<>(ForgeLedger.going(sql));
    for (var change : ChangeLedger.unfinished(sql)) {
      var row = ForgeLedger.row(sql, change.number());
      // Of alternatives only the one that is chosen is shown to others.
      if (row.isEmpty() ? !AlternativeLedger.waits(sql, change.task()) : !row.get().done()) {
        candidates.add(change.number());
      }
    }
    return List.copyOf(candidates);
  }
}
