package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.store.WriteRetry;
import dev.hivedeck.engine.time.Timers;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how an attempt ended, which is its last word: from then on nobody needs to stop it. What has
 * happened is told also when the disk is full for a while.
 */
final class AttemptOutcome {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptOutcome.class);

  private final Dispatch dispatch;
  private final Claim claim;
  private final AgentSpec agent;
  private final AttemptExecutor attemptExecutor;
  private final Timers timers;
  private final AttemptThread thread;
  private final AttemptProgress progress;

  AttemptOutcome(
      Dispatch dispatch,
      Claim claim,
      AgentSpec agent,
      AttemptExecutor attemptExecutor,
      Timers timers,
      AttemptThread thread,
      AttemptProgress progress) {
    this.dispatch = dispatch;
    this.claim = claim;
    this.agent = agent;
    this.attemptExecutor = attemptExecutor;
    this.timers = timers;
    this.thread = thread;
    this.progress = progress;
  }

  /** Its work passed the gates. */
  void complete(VerifiedWorkHandler.Work work) {
    leave(() -> dispatch.complete(claim.task(), claim.token(), work));
  }

  void release(EndReason reason, String detail, String work) {
    leave(() -> dispatch.release(claim.task(), claim.token(), reason, detail, work));
  }

  /**
   * @param work what to go on from, or null to begin anew
   * @param continues whether that is a checkpoint rather than work that was refused
   * @param until when it would go better, or null
   */
  void fail(
      EndReason reason,
      String words,
      List<GateResult> results,
      String work,
      boolean continues,
      Instant until) {
    String detail = words == null ? null : attemptExecutor.redact(words);
    progress.tell("failed (" + reason.word() + "): " + detail);
    var failure =
        new Dispatch.Failure(
            reason, detail, results, context(reason, detail, results), work, continues, until);
    leave(() -> dispatch.fail(claim.task(), claim.token(), failure));
  }

  /** The last word: from now on nobody needs to stop it. */
  private void leave(BooleanSupplier last) {
    thread.leaving();
    try {
      if (!kept(last)) {
        LOG.info("{} is over already; what it still had to say changes nothing", claim.attempt());
      }
    } catch (InterruptedException e) {
      LOG.warn("{} could not say how it ended; its lease will run out", claim.attempt());
    }
  }

  /** Tells the queue, also when its disk is full for a while: the work is done, it must count. */
  boolean kept(BooleanSupplier telling) throws InterruptedException {
    return WriteRetry.insist(timers, telling::getAsBoolean);
  }

  /** What the next attempt is told. */
  private TaskLedger.Context context(EndReason reason, String detail, List<GateResult> results) {
    if (results.isEmpty()) {
      return new TaskLedger.Context(
          "failure",
          "Attempt %d by %s failed (%s): %s"
              .formatted(claim.token(), agent.name(), reason.word(), detail));
    }
    var text = new StringBuilder();
    for (var gate : results) {
      if (gate.outcome() == Outcome.FAILED) {
        text.append("Gate ").append(gate.gate()).append(" failed: ").append(gate.summary());
        gate.findings().stream()
            .limit(20)
            .forEach(f -> text.append("\n- ").append(place(f)).append(f.message()));
        text.append('\n');
      }
    }
    return new TaskLedger.Context("gate", text.toString());
  }

  private static String place(Finding f) {
    return f.file() == null ? "" : f.file() + (f.line() > 0 ? ":" + f.line() : "") + " ";
  }
}
