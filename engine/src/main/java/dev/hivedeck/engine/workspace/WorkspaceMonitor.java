package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.UpstreamReader;
import dev.hivedeck.engine.maintenance.GitMonitor;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.remote.RemoteSync;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows what changes outside of the engine: the configuration file, main, the user's checkout.
 * What is different is told.
 */
public final class WorkspaceMonitor {
  private final Store store;
  private final ActiveConfiguration configuration;
  private final Repository repository;
  private final MainCheckouts checkouts;
  private final GitMonitor git;
  private final RemoteSync remote;
  private final AgentLedger agents;
  private final Supplier<String> ids;
  private final String version;
  private final Clock clock;
  private final Instant startedAt;
  private final UpstreamReader upstreams;
  private volatile WorkspaceStanding standing;
  private Announced announced;

  /** Ready tasks are given to agents, where there are some now. */
  private Runnable wake = () -> {};

  /** Others follow, once the configuration has been read. */
  private Runnable followers = () -> {};

  private volatile boolean open = true;

  /** What was told of the configuration last. */
  private record Announced(
      HiveConfig config, WorkspaceViews.Consent consent, List<String> problems) {
    static Announced of(ActiveConfiguration c) {
      return new Announced(c.known(), c.consent(), c.problems());
    }
  }

  /**
   * @param version of the program
   */
  public WorkspaceMonitor(
      Store store,
      ActiveConfiguration configuration,
      Repository repository,
      MainCheckouts checkouts,
      GitMonitor git,
      RemoteSync remote,
      AgentLedger agents,
      Supplier<String> ids,
      String version,
      Clock clock) {
    this.store = store;
    this.configuration = configuration;
    this.repository = repository;
    this.upstreams = new UpstreamReader(repository);
    this.checkouts = checkouts;
    this.git = git;
    this.remote = remote;
    this.agents = agents;
    this.ids = ids;
    this.version = version;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  /**
   * Begins from how it is now: what changes from here on is told.
   *
   * @param wake has ready tasks given to agents
   * @param followers called whenever the configuration has been read
   */
  public synchronized void start(Runnable wake, Runnable followers) {
    this.wake = wake;
    this.followers = followers;
    this.standing = look();
    this.announced = Announced.of(configuration);
    remote.tell(this::announce);
  }

  /** Tells of the workspace as it is now, whatever it was. */
  public synchronized void announce(EventType type, @Nullable String words) {
    if (open) {
      standing = look();
      tell(type, words);
    }
  }

  private WorkspaceStanding look() {
    git.glance();
    return WorkspaceStanding.look(repository, checkouts, upstreams, remote.fault());
  }

  /** Looks, and tells what is different. */
  public synchronized void refresh() {
    if (!open) {
      return;
    }
    boolean changed = reload();
    var now = look();
    if (changed || !now.equals(standing)) {
      standing = now;
      tell(WorkspaceEvent.CHANGED, null);
    }
    followers.run();
  }

  /** Edits the configuration while nobody looks at it, and tells what became of it. */
  synchronized <T> T edited(Supplier<T> edit) {
    var edited = edit.get();
    refresh();
    return edited;
  }

  /** As {@link #edited}, by somebody who goes by what the configuration says now. */
  synchronized <T> T adapted(Supplier<T> edit) {
    refresh();
    return edited(edit);
  }

  /**
   * Takes a person's consent to what was shown.
   *
   * @throws dev.hivedeck.engine.protocol.HiveException as {@link ActiveConfiguration#consent}
   */
  synchronized void trust(String digest) {
    configuration.consent(digest, clock.instant());
    tell(WorkspaceEvent.TRUSTED, "you trusted what this workspace runs and decides");
    reload();
    wake.run();
    followers.run();
  }

  /** Looks no more. */
  public void close() {
    open = false;
  }

  /**
   * Reads hive.yaml again; a broken one leaves all as it is and is told, a changed one waits for
   * consent.
   */
  private boolean reload() {
    configuration.refresh();
    boolean other = !configuration.known().equals(announced.config());
    boolean consent = !configuration.consent().equals(announced.consent());
    boolean changed = other || consent || !configuration.problems().equals(announced.problems());
    if (other) {
      configured(announced.config());
    }
    if (consent && configuration.consent().why() != null) {
      tell(WorkspaceEvent.UNTRUSTED, configuration.consent().why());
    }
    announced = Announced.of(configuration);
    if (consent) {
      wake.run();
    }
    return changed;
  }

  /** Tells of the agents as they are in force now. */
  private void configured(HiveConfig before) {
    var gone = new TreeSet<>(before.agents().keySet());
    gone.removeAll(configuration.known().agents().keySet());
    store.update(
        ids.get(),
        tx -> {
          for (String name : gone) {
            tx.emit(AgentEvent.REMOVED, name, name + " is no longer configured", null);
          }
          for (var view : agents.views(tx.sql())) {
            tx.emit(AgentEvent.CONFIGURED, null, view);
          }
        });
    wake.run();
  }

  /** Tells that an engine of that version works on it. */
  public void opened(String version) {
    tell(WorkspaceEvent.OPENED, "engine " + version + " started");
  }

  /**
   * Tells of the workspace as it is now.
   *
   * @param text for a person; null for none
   */
  private void tell(EventType type, @Nullable String text) {
    store.update(ids.get(), tx -> tx.emit(type, text, view(tx.sql())));
  }

  /** The workspace as it was seen last. */
  public WorkspaceViews.Workspace view(Sql sql) throws SQLException {
    var wrong = new ArrayList<>(configuration.problems());
    store.trouble().ifPresent(wrong::add);
    return standing.view(
        sql, configuration.known(), repository, configuration.consent(), version, startedAt, wrong);
  }
}
