package dev.hivedeck.engine.exposure;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.change.MergeLine;
import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.preparation.WorktreePreparation;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceVersions;
import dev.hivedeck.engine.service.control.ServiceArea;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.Worktrees;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs changes as versions of services, and has them merged. */
public final class ExposedChanges implements ChangeVersions {
  /** Who ended so often in a row does so again. */
  private static final int CRASHES = 3;

  /** So often a change goes back to its agent with what its canaries showed. */
  private static final int RETURNS = 3;

  private static final int LOG_LINES = 20;
  private static final int LOG_READ = 500;
  private static final String AUTHOR = "rollout";

  private final Ledger ledger;
  private final Supplier<Map<String, ServiceConfig>> configs;
  private final ServiceArea services;
  private final ServiceVersions versions;
  private final ChangeReview review;
  private final Worktrees worktrees;
  private final WorktreePreparation preparation;
  private final MainBase main;
  private final String workspace;
  private final Timers timers;
  private final Map<String, CanaryFolder> folders = new ConcurrentHashMap<>();

  /**
   * @param configs services in force; none before a person consented
   * @param main what is on main, and in the user's checkout
   * @param workspace names the workspace; no other has the same
   */
  public ExposedChanges(
      Ledger ledger,
      Supplier<Map<String, ServiceConfig>> configs,
      ServiceArea services,
      ChangeReview review,
      Worktrees worktrees,
      WorktreePreparation preparation,
      MainBase main,
      String workspace,
      Timers timers) {
    this.ledger = ledger;
    this.configs = configs;
    this.services = services;
    this.versions = services.versions();
    this.review = review;
    this.worktrees = worktrees;
    this.preparation = preparation;
    this.main = main;
    this.workspace = workspace;
    this.timers = timers;
  }

  @Override
  public Exposed choose(Sql sql, String service, String change) throws SQLException {
    var config = configs.get().get(service);
    if (config == null || config.run() == null) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "Hivedeck does not run " + service + ", so it cannot run a change of it.",
          "A change is exposed of a service below services: in hive.yaml that has run: and"
              + " route:.");
    }
    var row = ChangeLedger.get(sql, change);
    String state =
        switch (row.state()) {
          case DRAFT -> "with " + row.agent() + " for another attempt";
          case MERGING -> "being merged";
          case MERGED -> "merged";
          case CLOSED -> "closed";
          case OPEN, QUEUED, CONFLICTED, BLOCKED -> null;
        };
    if (state != null) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          row.id() + " is " + state + ".",
          "A change is exposed while it is open; hivedeck changes shows how each stands.");
    }
    for (var other : RolloutLedger.open(sql)) {
      var view = other.view();
      if (row.id().equals(view.change())) {
        throw new HiveException(
            ErrorCode.EXISTS,
            view.id()
                + " exposes "
                + row.id()
                + " already, as a version of "
                + view.service()
                + ".",
            "Wait for it, or take it back: hivedeck rollout abort " + view.id() + ".");
      }
    }
    return new Exposed(row.id(), row.head());
  }

  // ── what runs ───────────────────────────────────────────────────────────────────────────────

  @Override
  public void run(Rollout rollout) {
    if (!configs.get().containsKey(rollout.service())) {
      return;
    }
    var folder = folders.computeIfAbsent(rollout.id(), id -> made(rollout));
    var ready = folder.ready();
    if (ready != null && versions.state(rollout.service(), rollout.canary()).isEmpty()) {
      versions.begin(
          rollout.service(),
          rollout.canary(),
          ready,
          ObjectNames.abbreviated(String.valueOf(rollout.commit())));
    }
  }

  private CanaryFolder made(Rollout rollout) {
    String instance = rollout.service() + "@" + rollout.canary();
    var folder =
        new CanaryFolder(
            "canary-" + rollout.id(),
            "canary " + rollout.id() + " of " + workspace,
            String.valueOf(rollout.commit()));
    timers.start(
        "canary-" + rollout.id(),
        () ->
            folder.make(
                worktrees,
                preparation,
                Map.of(
                    "HIVEDECK_WORKSPACE", main.root().toString(),
                    "HIVEDECK_CHANGE", rollout.canary()),
                line -> services.logs().done(rollout.service(), instance, line)));
    return folder;
  }

  @Override
  public Health health(Rollout rollout) {
    var folder = folders.get(rollout.id());
    if (folder == null) {
      return new Health(Condition.AWAY, rollout.canary() + " is not begun yet");
    }
    if (folder.failed() != null) {
      return new Health(Condition.BROKEN, "it cannot be run: " + folder.failed());
    }
    var all = configs.get();
    if (!all.isEmpty() && !all.containsKey(rollout.service())) {
      return new Health(Condition.BROKEN, "hive.yaml has no service " + rollout.service());
    }
    if (folder.ready() == null) {
      return new Health(Condition.AWAY, rollout.canary() + " is checked out and set up");
    }
    return versions
        .state(rollout.service(), rollout.canary())
        .map(state -> health(rollout, folder, state))
        .orElse(new Health(Condition.AWAY, rollout.canary() + " is begun"));
  }

  private static Health health(
      Rollout rollout, CanaryFolder folder, ServiceVersions.VersionState state) {
    if (state.isHealthy()) {
      folder.well();
      return new Health(Condition.HEALTHY, "");
    }
    String name = rollout.service() + "@" + rollout.canary();
    String why = state.why().isEmpty() ? "" : ": " + state.why();
    if (state.state() == ServiceState.FAILED) {
      return new Health(Condition.BROKEN, name + " is given up" + why);
    }
    if (state.crashes() >= CRASHES) {
      return new Health(
          Condition.BROKEN,
          name + " ended " + state.crashes() + " times in a row: " + state.ended());
    }
    if (state.state() == ServiceState.UNHEALTHY) {
      return new Health(Condition.BROKEN, "the health check of " + name + " fails" + why);
    }
    boolean stopped =
        state.state() == ServiceState.STOPPED || state.state() == ServiceState.STOPPING;
    return new Health(
        folder.wasWell() && !stopped ? Condition.UNWELL : Condition.AWAY,
        name + (stopped && why.isEmpty() ? " is stopped" : " starts" + why));
  }

  @Override
  public void end(Rollout rollout) {
    var folder = folders.get(rollout.id());
    if (folder == null) {
      versions.end(rollout.service(), rollout.canary(), () -> {});
      return;
    }
    folder.end();
    versions.end(
        rollout.service(),
        rollout.canary(),
        () -> {
          folder.remove();
          folders.remove(rollout.id(), folder);
        });
  }

  // ── its change ──────────────────────────────────────────────────────────────────────────────

  @Override
  public Standing standing(Rollout rollout) {
    String change = String.valueOf(rollout.change());
    return ledger.read(
        sql -> {
          var row = ChangeLedger.get(sql, change);
          var reason = row.reason();
          String why =
              reason == null || reason.equals(MergeLine.canary(rollout.id())) ? "" : reason;
          return new Standing(row.state(), row.head(), row.merge(), why);
        });
  }

  @Override
  public Optional<String> merge(Tx tx, Rollout rollout) throws SQLException {
    String id = String.valueOf(rollout.change());
    var change = ChangeLedger.get(tx.sql(), id);
    if (change.state() == ChangeState.QUEUED || change.state() == ChangeState.MERGING) {
      review.proceed(tx);
      return Optional.empty();
    }
    if (change.review() == ReviewState.WANTED) {
      return Optional.of(
          id + " wants your approval: hivedeck change approve " + id + " has it merged");
    }
    try {
      review.merge(tx, id, rollout.commit());
      return Optional.empty();
    } catch (HiveException e) { // nothing was written yet
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Base base(Rollout rollout, String merge) {
    String service = rollout.service();
    var all = configs.get();
    if (all.isEmpty()) {
      return new Base(false, null, service + " waits until hive.yaml is trusted");
    }
    if (!all.containsKey(service)) {
      return new Base(true, null, ""); // nothing of it runs any more
    }
    var left = main.missing(merge);
    if (left.isPresent()) {
      return new Base(false, null, service + " waits: " + left.get());
    }
    var stable = versions.state(service, ServiceDirectory.STABLE);
    boolean isStopped = stable.isEmpty() || stable.get().state() == ServiceState.STOPPED;
    if (isStopped) {
      return new Base(false, null, service + " is stopped; hivedeck service start " + service);
    }
    var instances = stable.get().instances();
    boolean runs = instances.stream().allMatch(i -> main.has(i.version(), merge));
    return new Base(
        runs && stable.get().isHealthy(),
        runs ? null : merge,
        service
            + " begins anew from main"
            + (stable.get().why().isEmpty() ? "" : ": ")
            + stable.get().why());
  }

  @Override
  public void beginAnew(Tx tx, Rollout rollout) throws SQLException {
    services.beginAnew(tx, rollout.service());
  }

  @Override
  public void takenBack(Tx tx, Rollout rollout, @Nullable String evidence) throws SQLException {
    var change = ChangeLedger.get(tx.sql(), String.valueOf(rollout.change()));
    boolean isSame = change.head().equals(rollout.commit());
    boolean isDone = TaskLedger.get(tx.sql(), change.task()).state() == TaskState.DONE;
    boolean mayReturn =
        change.state() == ChangeState.OPEN
            || change.state() == ChangeState.QUEUED
            || change.state() == ChangeState.CONFLICTED
            || change.state() == ChangeState.BLOCKED;
    boolean failed = rollout.state() == RolloutState.ROLLED_BACK && isSame;
    if (evidence != null
        && isSame
        && isDone
        && mayReturn
        && RolloutLedger.rolledBack(tx.sql(), change.id()) <= RETURNS) {
      review.sendBack(tx, change.id(), AUTHOR, evidence + lastLines(rollout), List.of());
    } else if (change.state() == ChangeState.QUEUED) {
      ChangeLedger.step(
          tx,
          change.id(),
          ChangeStateMachine.Step.HOLD,
          "its canary " + rollout.id() + " was taken back",
          ChangeEvent.HELD,
          null);
      if (failed) {
        ChangeReview.wanted(tx, change.id());
      }
    } else if (failed && change.state() == ChangeState.OPEN) {
      ChangeReview.wanted(tx, change.id());
    }
  }

  /** What its version printed last; without secrets, as all in that log. */
  private String lastLines(Rollout rollout) {
    String prefix = rollout.service() + "@" + rollout.canary() + "-";
    var lines = new ArrayList<String>();
    for (ServiceLine line :
        services.logs().page(rollout.service(), null, -LOG_READ, LOG_READ).lines()) {
      if (line.instance().startsWith(prefix)) {
        lines.add(line.text());
      }
    }
    var last = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    return last.isEmpty() ? "" : "\nThe last lines of its log:\n" + String.join("\n", last) + "\n";
  }

  /**
   * Removes what was made; whoever opens the workspace next makes it again where that is needed.
   */
  @Override
  public void close() {
    folders.values().forEach(CanaryFolder::end);
    folders.values().forEach(CanaryFolder::remove);
    folders.clear();
  }
}
