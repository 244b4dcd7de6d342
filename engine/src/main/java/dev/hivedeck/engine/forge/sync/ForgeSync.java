package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.TimeScale;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the linked forge from time to time, and brings both sides together. One look at a time;
 * one that fails is tried again later, and work here does not wait for it.
 */
public final class ForgeSync {
  /** Within which GitHub sees that main has a commit. */
  static final Duration SEES = Duration.ofMinutes(2);

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

  /** Whether something has happened that is not to wait for the next look. */
  private volatile boolean hurried;

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
    hurried = true;
  }

  /** Looks where it is time to; called every few seconds. */
  public void look() {
    var link = store.read(LinkLedger::link);
    if (link.isEmpty() || !due(link.get()) || !looking.tryLock()) {
      return;
    }
    try {
      run(link.get());
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

  private boolean due(LinkLedger.Link link) {
    Instant now = clock.instant();
    if (link.retryAt() != null) {
      return !now.isBefore(link.retryAt());
    }
    if (hurried || link.syncedAt() == null) {
      return true;
    }
    var every = TimeScale.shorten(config.get().every(), speed);
    return !now.isBefore(link.syncedAt().plus(every));
  }

  /**
   * Looks now, whatever the time is.
   *
   * @throws HiveException {@code no-link}, and what keeps GitHub from being reached
   */
  ForgeStatus now() {
    var link = store.read(LinkLedger::link).orElseThrow(ForgeLinker::unlinked);
    looking.lock();
    try {
      run(link);
      return store.read(LinkLedger::status);
    } catch (ForgeException e) {
      throw e.fault();
    } finally {
      looking.unlock();
    }
  }

  private void run(LinkLedger.Link link) {
    var github = config.get();
    hurried = false;
    Forge forge = null;
    try {
      forge = linker.forge(link);
      if (link.mergedBy() != github.merge()) {
        written(tx -> LinkLedger.mergedBy(tx, github.merge()));
      }
      String login = store.read(LinkLedger::status).login();
      for (long change : store.read(ForgeSync::candidates)) {
        pulls.sync(forge, github, login == null ? "" : login, change);
      }
      var untaken = issues.take(forge, github.issues());
      issues.tell(forge, github.issues());
      var limit = forge.limit().orElse(null);
      written(
          tx ->
              LinkLedger.reached(
                  tx,
                  limit,
                  untaken.map(e -> "An issue is no task yet: " + e.getMessage()).orElse(null),
                  untaken.map(HiveException::hint).orElse(null)));
    } catch (ForgeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e; // the engine ends, which says nothing of GitHub
      }
      if (e.kind() == ForgeException.Kind.DENIED) {
        linker.forget(); // another token may be there by the next look
      }
      var limit = forge == null ? null : forge.limit().orElse(null);
      written(tx -> LinkLedger.failed(tx, limit, e));
      throw e;
    } catch (HiveException e) {
      var failure =
          new ForgeException(
              ForgeException.Kind.DENIED,
              ErrorCode.FORGE_DENIED,
              e.fault().message(),
              e.hint(),
              null);
      written(tx -> LinkLedger.failed(tx, null, failure));
      throw e;
    }
  }

  /** Changes that are open here, and those whose pull request is not at its end. */
  private static List<Long> candidates(Sql sql) throws SQLException {
    var candidates = new TreeSet<>(ForgeLedger.going(sql));
    for (var change : ChangeLedger.unfinished(sql)) {
      var row = ForgeLedger.row(sql, change.number());
      if (row.isEmpty() || !row.get().done()) {
        candidates.add(change.number());
      }
    }
    return List.copyOf(candidates);
  }

  private interface Writing {
    void run(Tx tx) throws SQLException;
  }

  private void written(Writing what) {
    store.write(
        ids.get(),
        tx -> {
          what.run(tx);
          return null;
        });
  }
}
