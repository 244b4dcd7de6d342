package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.ChangeReconciler;
import dev.hivedeck.engine.change.ChangeReview;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change and its pull request: reads both sides, does the {@link NextStep}, writes down what
 * came of it. Each step may be done again after a crash without doing anything twice.
 */
final class PullSync {
  private static final Logger LOG = LoggerFactory.getLogger(PullSync.class);

  private static final ForgeStep.Close UNCHOSEN =
      new ForgeStep.Close("It is one of several alternatives in Hivedeck, and not the chosen one.");

  private final Store store;
  private final Repository repository;
  private final ChangeReview review;
  private final ChangeReconciler changes;
  private final BranchPush pushes;
  private final StackPublisher stacks;
  private final PullPublisher publisher;
  private final CommentMark marks;
  private final CommentExchange comments;
  private final Supplier<MergeMethod> method;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;
  private final Clock clock;

  /**
   * @param method by which the workspace's changes come to main
   * @param masked takes secrets out of what goes out
   */
  PullSync(
      Store store,
      Repository repository,
      ChangeReview review,
      ChangeReconciler changes,
      CommentMark marks,
      Supplier<MergeMethod> method,
      Supplier<String> ids,
      UnaryOperator<String> masked,
      Clock clock) {
    this.store = store;
    this.repository = repository;
    this.review = review;
    this.changes = changes;
    this.pushes = new BranchPush(repository, masked);
    this.stacks = new StackPublisher(store, clock);
    this.publisher = new PullPublisher(store, repository, pushes, stacks, ids, masked);
    this.marks = marks;
    this.comments = new CommentExchange(store, marks, ids, masked);
    this.method = method;
    this.ids = ids;
    this.masked = masked;
    this.clock = clock;
  }

  /**
   * What came of a step.
   *
   * @param done whether both sides are at their end
   * @param problem what a person has to look at; null for nothing
   */
  private record Outcome(
      RemotePull remote, boolean done, @Nullable String problem, @Nullable String remedy) {

    static Outcome of(RemotePull remote) {
      return new Outcome(remote, false, null, null);
    }

    static Outcome of(RemotePull remote, ForgeException e) {
      return new Outcome(remote, false, e.getMessage(), e.fault().hint());
    }
  }

  /**
   * @param login whose token it is; empty where nobody says
   * @return what was refused of a change that has no pull request yet; of one that has, it is
   *     written down with it
   * @throws ForgeException where nothing else is to be asked of GitHub now either
   */
  Optional<ForgeException> sync(Forge forge, GitHubConfig config, String login, long number) {
    try {
      var here = here(config, number);
      if (here.row() == null
          && NextStep.of(here.local(), null, config, clock.instant())
              instanceof ForgeStep.Publish) {
        publisher.publish(forge, config, login, here);
        here = here(config, number);
      }
      if (here.row() != null) {
        both(forge, config, login, here, here.row());
      }
      return Optional.empty();
    } catch (ForgeException e) {
      return refused(number, e);
    } catch (HiveException e) {
      if (e.is(ErrorCode.NOT_TRUSTED)) {
        throw e;
      }
      // Of this change alone: it is no reason to leave the others.
      return refused(
          number,
          new ForgeException(
              Kind.REJECTED, ErrorCode.FORGE_REJECTED, e.fault().message(), e.hint(), null));
    }
  }

  private Optional<ForgeException> refused(long number, ForgeException e) {
    if (e.stopsAll() || Thread.currentThread().isInterrupted()) {
      throw e;
    }
    LOG.info("C-{}: {}", number, e.getMessage());
    boolean known =
        store.write(
            ids.get(),
            tx -> {
              var state = ChangeLedger.view(tx.sql(), "C-" + number).state();
              boolean over = state.over();
              // What GitHub does not have any more is waited for no longer than the change is.
              return ForgeLedger.refused(tx, number, e, over && e.kind() == Kind.MISSING);
            });
    return known ? Optional.empty() : Optional.of(e);
  }

  private void both(
      Forge forge, GitHubConfig config, String login, PulledChange here, ForgeLedger.Row row) {
    var remote = forge.read(row.number());
    Outcome outcome;
    try {
      if (remote.head().equals(here.change().head())) {
        remote = publisher.retarget(forge, here, remote);
      }
      outcome = act(forge, config, login, here, row, remote);
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      outcome = Outcome.of(remote, e);
    }
    var refused =
        outcome.remote().state() == PullState.OPEN ? tend(forge, config, here, outcome) : null;
    var end =
        refused == null || outcome.problem() != null
            ? outcome
            : Outcome.of(outcome.remote(), refused);
    store.update(
        ids.get(),
        tx ->
            ForgeLedger.seen(
                tx, here.number(), end.remote(), end.done(), end.problem(), end.remedy()));
  }

  /** What an open one gets beside its commit; null where nothing was refused. */
  private @Nullable ForgeException tend(
      Forge forge, GitHubConfig config, PulledChange here, Outcome outcome) {
    var undressed = publisher.dress(forge, config, here.number(), outcome.remote().number());
    try {
      publisher.follow(forge, config, here, outcome.remote());
      stacks.follow(forge, here.stack());
      comments.exchange(forge, here.number(), outcome.remote());
      return undressed.orElse(null);
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      return undressed.orElse(e);
    }
  }

  private PulledChange here(GitHubConfig config, long number) {
    var here = store.read(sql -> PulledChange.read(sql, number, repository.main()));
    return here.row() != null && isPublished(config, here.change()) ? here.asPublished() : here;
  }

  /** Whether somebody has pushed main with it; the queue does so itself. */
  private boolean isPublished(GitHubConfig config, Change change) {
    String merge = change.merge();
    return change.state() == ChangeState.MERGED
        && merge != null
        && config.merge() != MergedBy.QUEUE
        && pushes.hasMain(config.remote(), merge);
  }

  private Outcome act(
      Forge forge,
      GitHubConfig config,
      String login,
      PulledChange here,
      ForgeLedger.Row row,
      RemotePull remote) {
    return switch (NextStep.of(here.local(), remote, config, clock.instant())) {
      case ForgeStep.Publish _ -> Outcome.of(remote); // only where there is none
      case ForgeStep.Done _ -> new Outcome(remote, true, null, null);
      case ForgeStep.Rest _ -> Outcome.of(remote);
      case ForgeStep.Ask ask -> new Outcome(remote, false, ask.problem(), ask.remedy());
      case ForgeStep.Push _ -> {
        publisher.push(config, here.change());
        var now = forge.read(row.number());
        yield Outcome.of(publisher.retarget(forge, here, now));
      }
      case ForgeStep.SendBack back -> {
        sendBack(here, row, back, remote, config);
        yield Outcome.of(remote);
      }
      case ForgeStep.Merge _ -> {
        forge.merge(remote.number(), here.change().head(), method.get());
        var now = forge.read(remote.number());
        yield now.state() == PullState.MERGED
            ? settle(here, now, now.merge() == null ? now.head() : now.merge())
            : Outcome.of(now);
      }
      case ForgeStep.Settle settle -> settle(here, remote, settle.merge());
      case ForgeStep.Close close ->
          close(forge, config, login, here, remote, here.unchosen() ? UNCHOSEN : close);
    };
  }

  /** Unless it is otherwise by now: what was read of GitHub was about what the change was then. */
  private void sendBack(
      PulledChange here,
      ForgeLedger.Row row,
      ForgeStep.SendBack back,
      RemotePull remote,
      GitHubConfig config) {
    String text = PullText.returned(back, remote, row.rounds() + 1, config.rounds());
    store.update(
        ids.get(),
        tx -> {
          var now = ChangeLedger.view(tx.sql(), here.change().id());
          boolean same =
              now.state() == here.change().state()
                  && now.head().equals(here.change().head())
                  && TaskLedger.get(tx.sql(), now.task()).state() == TaskState.DONE;
          if (same) {
            review.sendBack(tx, now.id(), ChangeReview.GITHUB, masked.apply(text), List.of());
            ForgeLedger.returned(tx, here.number(), now.head());
          }
        });
  }

  /**
   * Merged there: it counts once main has it here.
   *
   * @param merge the commit that brought it to main there, or its own where there is none
   */
  private Outcome settle(PulledChange here, RemotePull remote, String merge) {
    boolean closed = here.change().state() == ChangeState.CLOSED;
    var found = mergeOnMain(merge, here.change().head());
    if (found.isPresent() && here.change().state() != ChangeState.MERGING) {
      if (!closed) {
        changes.onMain(here.change().id(), found.get());
      }
      return new Outcome(remote, true, null, null);
    }
    return closed
        ? new Outcome(
            remote,
            false,
            "it was closed here and merged on GitHub",
            "Take it back there (revert), or pull " + repository.main() + " to keep it.")
        : onto(remote);
  }

  /** It is merged there, and not on main. */
  private Outcome onto(RemotePull remote) {
    String main = repository.main();
    return remote.base().isEmpty() || remote.base().equals(main)
        ? new Outcome(
            remote,
            false,
            "it was merged on GitHub, and main does not have it yet",
            "Pull " + main + " (git pull); then it counts as merged here too.")
        : new Outcome(
            remote,
            false,
            "it was merged into %s on GitHub, not into %s".formatted(remote.base(), main),
            "Merge that into main there and pull it, or open a new pull request for it.");
  }

  /** A commit that brought it to main there is that one here; else it is looked for. */
  private Optional<String> mergeOnMain(String merge, String head) {
    boolean said = !merge.equals(head) && repository.has(merge);
    return said && repository.contains(merge, repository.tip()) ? Optional.of(merge) : onMain(head);
  }

  private Optional<String> onMain(String head) {
    return repository.has(head) ? repository.mergeOf(head) : Optional.empty();
  }

  private Outcome close(
      Forge forge,
      GitHubConfig config,
      String login,
      PulledChange here,
      RemotePull remote,
      ForgeStep.Close close) {
    if (here.merged()) {
      boolean queue = config.merge() == MergedBy.QUEUE;
      if (queue) {
        pushes.pushMain(config.remote());
      }
      var now = queue ? forge.read(remote.number()) : remote;
      if (now.state() != PullState.OPEN) {
        return new Outcome(now, true, null, null);
      }
      // GitHub marks it merged by itself where main has its commit, a moment later.
      if (onMain(now.head()).isPresent() && !(queue && waited(here))) {
        return Outcome.of(now);
      }
    }
    try {
      comments.exchange(forge, here.number(), remote);
      String mark = marks.of("closed", here.change().id());
      if (!forge.hasComment(remote.number(), mark, login)) {
        forge.comment(remote.number(), close.why() + "\n\n" + mark);
      }
    } catch (ForgeException e) {
      if (e.stopsAll()) {
        throw e;
      }
      LOG.info("{} is closed without a word: {}", here.change().id(), e.getMessage());
    }
    forge.close(remote.number());
    var now = forge.read(remote.number());
    return new Outcome(now, now.state() != PullState.OPEN, null, null);
  }

  /** Whether GitHub has had time to see that main has it. */
  private boolean waited(PulledChange here) {
    var merged = here.change().mergedAt();
    return merged != null && clock.instant().isAfter(merged.plus(ForgeSync.SEES));
  }
}
