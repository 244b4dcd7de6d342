package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.budget.AgentSpending;
import dev.hivedeck.engine.budget.BudgetTracker;
import dev.hivedeck.engine.budget.Spender;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.TaskDefaults;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.permission.PermissionPolicy;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Holds one claim from worktree to verdict, on a thread of its own. It holds no state that matters:
 * what it learns goes to the queue, and if it vanishes the ledger still says where things stand.
 */
final class AttemptRunner {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);

  /** So often it may ask, change nothing and begin again with the answer. */
  private static final int ASKED = 5;

  /** Given back so often for one reason, it is the task's own failure. */
  private static final int GIVEN_BACK = 3;

  /** What may be otherwise when the task is begun again, though it is no outage. */
  private static final Set<ErrorCode> PASSING = Set.of(ErrorCode.NO_FOLDER, ErrorCode.NOT_TRUSTED);

  private final Dispatch dispatch;
  private final AttemptExecutor attemptExecutor;
  private final Timers timers;
  private final TaskDefaults defaults;
  private final AgentSpec agent;
  private final Claim claim;
  private final LocalNotes local;
  private final CircuitBreakers circuitBreakers;
  private final BudgetTracker budgetTracker;

  private final AttemptThread thread = new AttemptThread();
  private final AttemptCheckpoint checkpoint;
  private final AttemptProgress progress;
  private final AttemptOutcome outcome;
  private final OutageWait outageWait;
  private AttemptFolder worktree;

  AttemptRunner(
      Dispatch dispatch,
      Questions questions,
      AttemptExecutor attemptExecutor,
      Timers timers,
      TaskDefaults defaults,
      AgentSpec agent,
      Claim claim,
      LocalNotes local,
      CircuitBreakers circuitBreakers,
      PermissionPolicy permissions,
      BudgetTracker budgetTracker) {
    this.dispatch = dispatch;
    this.attemptExecutor = attemptExecutor;
    this.timers = timers;
    this.defaults = defaults;
    this.agent = agent;
    this.claim = claim;
    this.local = local;
    this.circuitBreakers = circuitBreakers;
    this.budgetTracker = budgetTracker;
    this.checkpoint = new AttemptCheckpoint(attemptExecutor, claim);
    this.progress =
        new AttemptProgress(
            dispatch,
            questions,
            attemptExecutor,
            timers,
            claim,
            local,
            checkpoint,
            permissions,
            new AgentSpending(budgetTracker, agent, Spender.of(claim)));
    this.outcome =
        new AttemptOutcome(dispatch, claim, agent, attemptExecutor, timers, thread, progress);
    this.outageWait = new OutageWait(attemptExecutor, timers, thread::stopped, progress::tell);
  }

  Claim claim() {
    return claim;
  }

  /** What is heard of its agent, and said to it. */
  AttemptProgress progress() {
    return progress;
  }

  void start(Runnable whenOver) {
    thread.start(
        timers,
        "attempt-" + claim.attempt(),
        () -> {
          MDC.put("correlation", claim.correlation());
          try {
            run();
          } catch (RuntimeException e) {
            LOG.error("attempt {}", claim.attempt(), e);
          } finally {
            whenOver.run();
          }
        });
  }

  /**
   * Ends the agent's processes; the thread then keeps the work and goes. One that is about to go by
   * itself is left to it. Waits for nothing, whatever the attempt is at.
   */
  void stop() {
    thread.stop();
  }

  /**
   * @return whether it ended in time
   */
  boolean await() {
    return thread.await();
  }

  private void run() {
    try {
      attemptExecutor.endProcesses(local.unseen(claim.task()));
      worktree = circuitBreakers.outside(() -> attemptExecutor.prepare(claim, progress::line));
      checkpoint.worksIn(worktree);
      local.worktree(claim.attempt(), worktree.path().toString());
      var begun = new Dispatch.Report.Started(worktree.branch(), worktree.start());
      if (!outcome.kept(
          () -> dispatch.report(claim.task(), claim.token(), begun) == Dispatch.Hold.OK)) {
        clear("its lease was lost");
        return;
      }
      if (claim.start() != null && !claim.start().equals(worktree.start())) {
        progress.tell(
            "the commit to go on from, %s, is gone from the repository: it begins from main"
                .formatted(claim.start()));
      }
      judge(drive());
    } catch (InterruptedException e) {
      giveBack();
    } catch (HiveException e) {
      if (thread.stopped()) {
        giveBack();
      } else {
        trouble(e);
      }
    } catch (RuntimeException e) {
      LOG.error("attempt {}", claim.attempt(), e);
      fail(FailureReason.ENGINE, "Hivedeck itself failed: " + e, List.of(), null, false, null);
    }
  }

  private RunResult drive() throws InterruptedException {
    budgetTracker.begins(agent, Spender.of(claim));
    var request = attemptExecutor.job(claim, agent, worktree, defaults);
    progress.quota(request.quota());
    try {
      return circuitBreakers.run(agent, attemptExecutor.driver(agent), request, progress);
    } finally {
      progress.ended();
      budgetTracker.ends(Spender.of(claim));
      // Not as a line of its activity: what it did last is worth more. An interrupt would shut it.
      if (progress.peak().processes() > 0 && !Thread.currentThread().isInterrupted()) {
        dispatch.append(
            claim.task(), claim.token(), "hive", "used at most " + progress.peak().words());
      }
    }
  }

  private void judge(RunResult result) throws InterruptedException {
    if (local.waiting(claim.task()) || unheard()) {
      String how = result.ok() ? "" : " (" + result.reason().word() + ": " + result.detail() + ")";
      outcome.release(ReleaseReason.ASKED, "Ended to wait for a decision" + how, lastWork());
      clear("it asked and ended");
      return;
    }
    if (!result.ok()) {
      attemptExecutor.probe(worktree);
      boolean cutOff = result.reason().cutOff();
      String work = cutOff ? lastWork() : null;
      fail(result.reason(), result.detail(), List.of(), work, true, result.until());
      return;
    }
    // The agent is done: its work waits until it can be kept.
    var below = local.below(claim.task());
    Optional<String> head =
        outageWait
            .insist(() -> attemptExecutor.commit(worktree, claim, below, progress::line))
            .filter(commit -> !below.contains(commit)); // that is not its own
    if (head.isEmpty()
        && progress.asked()
        && local.ended(claim.task(), ReleaseReason.ASKED) < ASKED) {
      outcome.release(ReleaseReason.ASKED, "Ended to wait for a decision", lastWork());
      clear("it asked and ended");
      return;
    }
    if (head.isEmpty()) {
      attemptExecutor.probe(worktree);
      String detail = agent.name() + " ended as if finished, but changed nothing.";
      fail(FailureReason.NOTHING_CHANGED, detail, List.of(), null, false, null);
      return;
    }
    var checking = new Dispatch.Report.Checking(head.get());
    if (!outcome.kept(
        () -> dispatch.report(claim.task(), claim.token(), checking) == Dispatch.Hold.OK)) {
      clear("its lease was lost");
      return;
    }
    String base = outageWait.insist(() -> attemptExecutor.base(worktree, head.get(), below));
    var judged =
        outageWait.insist(
            () ->
                attemptExecutor.check(
                    "attempt", worktree, base, head.get(), agent, claim, progress::line));
    var results = judged.gates();
    var refused = results.stream().filter(g -> g.outcome() == Outcome.FAILED).toList();
    if (refused.isEmpty()) {
      var work = outageWait.insist(() -> work(base, head.get(), judged));
      outcome.complete(work);
      clear("verified");
    } else {
      attemptExecutor.probe(worktree); // a gate may need what fails for all
      String names = refused.stream().map(GateResult::gate).collect(Collectors.joining(", "));
      String detail = names + ": " + refused.getFirst().summary();
      fail(FailureReason.GATE, detail, results, head.get(), false, null);
    }
  }

  /**
   * Whether an answer came when the agent had ended, which is for the next attempt as one that
   * comes later. Who asks at its end again and again has finished all the same.
   */
  private boolean unheard() {
    Instant exited = progress.exitedAt();
    return progress.asked()
        && exited != null
        && local.answered(claim.attempt(), exited)
        && local.ended(claim.task(), ReleaseReason.ASKED) < ASKED;
  }

  private VerifiedWorkHandler.Work work(String base, String head, Checkpoint.Results judged) {
    var stat = attemptExecutor.stat(base, head);
    var risks = new ArrayList<>(attemptExecutor.risks(base, head));
    risks.addAll(judged.risks());
    return new VerifiedWorkHandler.Work(
        claim.task(),
        claim.title(),
        claim.kind(),
        claim.attempt(),
        agent.name(),
        worktree.branch(),
        base,
        head,
        stat.files(),
        stat.additions(),
        stat.deletions(),
        stat.commits(),
        judged.gates(),
        List.copyOf(risks),
        attemptExecutor.facts(base, head),
        attemptExecutor.survey(base, head),
        progress.lastWords(),
        progress.description());
  }

  /** Stopped from outside: what was done so far is for whoever goes on. */
  private void giveBack() {
    LOG.info("attempt {} stopped", claim.attempt());
    outcome.release(ReleaseReason.LOST, "The engine was stopped", lastWork());
    clear("stopped");
  }

  /**
   * What fails for all attempts is nobody's failure: it counts for no try, and others rest until it
   * has passed. Whether it does, a probe tells, and not what this one ran into. What only this task
   * runs into holds nobody else; where it may pass, it is given back a few times, then it is the
   * task's failure.
   */
  private void trouble(HiveException e) {
    var outage = outageWait.outage();
    if (thread.stopped()) {
      giveBack();
      return;
    }
    String why = attemptExecutor.redact(e.getMessage() + " " + e.hint());
    if (outage.isPresent()) {
      circuitBreakers.failed(outage.get());
      giveBack(ReleaseReason.LOST, why);
      return;
    }
    circuitBreakers.served();
    boolean passing = e.outage() || PASSING.stream().anyMatch(e::is);
    var reason = EndReason.of(e.code());
    if (passing && local.ended(claim.task(), reason) + 1 < GIVEN_BACK) {
      giveBack(reason, why);
    } else {
      fail(reason, why, List.of(), passing ? lastWork() : null, passing, null);
    }
  }

  private void giveBack(EndReason reason, String why) {
    LOG.warn("{} is given back: {}", claim.attempt(), why);
    outcome.release(reason, why, lastWork());
    clear("given back");
  }

  /** What it waits for before its work can be kept, in words. */
  Optional<String> waitsFor() {
    return outageWait.reason().map(why -> claim.attempt() + " waits: " + why);
  }

  /** The same when nothing more will be done: nobody interrupts that. */
  private String lastWork() {
    thread.leaving();
    return checkpoint.take(progress::tell);
  }

  /**
   * @param work what to go on from, or null to begin anew
   * @param continues whether that is a checkpoint rather than work that was refused
   * @param until when it would go better, or null
   */
  private void fail(
      EndReason reason,
      String detail,
      List<GateResult> results,
      String work,
      boolean continues,
      Instant until) {
    outcome.fail(reason, detail, results, work, continues, until);
    clear("failed: " + reason.word());
  }

  /**
   * Its work is kept, its folder goes. What cannot be removed is left for the reconciler to list.
   */
  private void clear(String why) {
    if (worktree != null) {
      try {
        attemptExecutor.clear(worktree, why);
      } catch (RuntimeException e) {
        LOG.warn("worktree {} stays: {}", worktree.path(), e.getMessage());
      }
    }
  }
}
