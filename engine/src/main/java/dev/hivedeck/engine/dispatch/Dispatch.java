package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.attempt.AgentSession;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.EngineApi.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.selection.Offer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the scheduler asks of whatever holds the queue. A holder works on a task under a lease, and
 * shows a token, the task's epoch, with everything it reports: who lost its lease may go on
 * talking, and changes nothing. Nothing here assumes one machine: no shared disk, no process id,
 * and no credential travels in a payload. {@code DispatchContract} is the suite that every
 * implementation passes.
 */
public interface Dispatch {

  /**
   * Adds tasks with what they need; idempotent by id.
   *
   * @param key the same key again changes nothing and answers the same; null for none
   * @throws HiveException {@code plan-invalid}, {@code queue-full}, {@code key-reused}; then
   *     nothing was added
   */
  PlanLedger.Imported submit(PlanDocument graph, String key);

  /**
   * Gives out what is to be done next, after taking back what was held for longer than its lease.
   *
   * @param max how many at most; 0 only takes back
   * @param lease how long each is held without a heartbeat
   */
  Claimed claim(Pool pool, int max, Duration lease);

  /** Still at work: holds on for another lease. */
  Hold heartbeat(String task, long token, Duration lease);

  /** Tells how far it is. */
  Hold report(String task, long token, Report report);

  /**
   * Its work passed all gates.
   *
   * @return false when the hold was lost; then nothing has changed
   */
  boolean complete(String task, long token, VerifiedWorkHandler.Work work);

  /**
   * The attempt failed; the queue decides what follows.
   *
   * @return false when the hold was lost; then nothing has changed
   */
  boolean fail(String task, long token, Failure failure);

  /**
   * Gives a task back unfinished, which is no failure.
   *
   * @param reason why: a {@link dev.hivedeck.engine.protocol.failure.ReleaseReason}, or the error
   *     that this task alone ran into
   * @param checkpoint commit that the next attempt may go on from, or null
   * @return false when the hold was lost; a checkpoint is taken even then, while nobody else has
   *     begun
   */
  boolean release(String task, long token, EndReason reason, String detail, String checkpoint);

  /**
   * Adds a line to the attempt's log.
   *
   * @return how many lines there are by now; 0 when the hold was lost
   */
  long append(String task, long token, String kind, String text);

  /** As {@link #append(String, long, String, String)}, an act. */
  long append(String task, long token, Act act);

  /**
   * Keeps what went between the agent and its driver, word for word, beside the log.
   *
   * @param kind {@code in} to the agent, {@code out} or {@code err} from it
   */
  void transcribe(String task, long token, String kind, String text);

  /**
   * Ends a task for good; its holder hears of it with its next heartbeat, or sooner.
   *
   * @throws HiveException {@code no-task}, {@code not-now}
   */
  void cancel(String task);

  /**
   * @throws HiveException {@code no-task}
   */
  TaskViews.Task query(String task);

  /** Delivers every event after {@code after}, in order, without gap or repeat. */
  Subscription subscribe(long after, Consumer<List<Event>> consumer);

  /** How a holder stands. */
  enum Hold {
    OK,
    /** A person ended it. */
    CANCELLED,
    /** The lease ran out, or the task went on without it. */
    LOST
  }

  /**
   * Who could work now.
   *
   * @param offers in the order of preference among equals
   * @param parallel how many tasks that ask for a capability may be held at once; those not named
   *     have no limit
   */
  record Pool(List<Offer> offers, Map<String, Integer> parallel) {
    public static final Pool NONE = new Pool(List.of(), Map.of());
  }

  /**
   * @param next when something falls due without anybody's doing; empty when nothing does
   */
  record Claimed(List<Claim> claims, Optional<Instant> next) {}

  /** How far an attempt is. */
  sealed interface Report {

    /** It has a branch and begins. */
    record Started(String branch, String start) implements Report {}

    /**
     * Figures; told at most a few times a second.
     *
     * @param used what its processes take at the moment
     * @param quota what they may take
     * @param spent since the attempt began; its cost counts what has a price
     * @param unpriced tokens without a known price
     * @param session the conversation it leads, or null
     * @param checkpoint commit of the work so far, or null
     */
    record Progress(
        int stage,
        String activity,
        long lines,
        Act.Spend spent,
        long unpriced,
        AgentSession session,
        ResourceUsage used,
        ResourceQuota quota,
        String checkpoint)
        implements Report {}

    /** Its agent is finished and left this commit; the gates begin. */
    record Checking(String head) implements Report {}
  }

  /**
   * How an attempt failed.
   *
   * @param reason why, and what that implies
   * @param context what the next attempt is told about it, or null
   * @param start commit that the next attempt goes on from, or null to begin at main again
   * @param continues whether {@code start} is a checkpoint rather than work that a gate refused
   * @param until when it would go better, or null when nobody knows
   */
  record Failure(
      EndReason reason,
      String detail,
      List<GateResult> gates,
      TaskLedger.Context context,
      String start,
      boolean continues,
      Instant until) {}
}
