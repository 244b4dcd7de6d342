package dev.hivedeck.engine.simulation;

import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.dispatch.Dispatch;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.VerifiedWorkHandler;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.EngineApi.Subscription;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** A queue that is not always heard of, and that may have one defect, to test the tester. */
final class FaultyDispatch implements Dispatch {
  private final Dispatch real;
  private final Simulation.Plant plant;
  private final SimulatedWorld simulatedWorld;
  private final Random random;

  FaultyDispatch(
      Dispatch real, Simulation.Plant plant, SimulatedWorld simulatedWorld, Random random) {
    this.real = real;
    this.plant = plant;
    this.simulatedWorld = simulatedWorld;
    this.random = random;
  }

  @Override
  public PlanLedger.Imported submit(PlanDocument graph, String key) {
    return real.submit(graph, key);
  }

  @Override
  public Claimed claim(Pool pool, int max, Duration lease) {
    var term = plant == Simulation.Plant.LEASE_NOT_EXPIRING ? Duration.ofDays(999) : lease;
    var claimed = real.claim(pool, max, term);
    return switch (plant) {
      case LOST_WAKE_UP -> new Claimed(claimed.claims(), Optional.empty());
      case DOUBLED_CLAIM -> {
        var claims = new ArrayList<>(claimed.claims());
        for (var c : claimed.claims()) {
          if (random.nextInt(4) == 0) {
            claims.add(again(c));
          }
        }
        yield new Claimed(claims, claimed.next());
      }
      default -> claimed;
    };
  }

  /** The same claim, for a second holder. */
  private static Claim again(Claim c) {
    return new Claim(
        c.task(),
        c.token(),
        c.attempt() + "'",
        c.agent(),
        c.turn(),
        c.key() + "'",
        c.correlation(),
        c.until(),
        c.title(),
        c.prompt(),
        c.kind(),
        c.context(),
        c.acceptance(),
        c.start(),
        c.continues(),
        c.timeout(),
        c.session());
  }

  @Override
  public Hold heartbeat(String task, long token, Duration lease) {
    if (simulatedWorld.chance(10)) {
      simulatedWorld.unheard.add(task + "." + token);
      throw new HiveException(ErrorCode.NO_ANSWER, "The queue is not heard of.", "Chance.");
    }
    return plant == Simulation.Plant.LEASE_NOT_EXPIRING
        ? Hold.OK
        : real.heartbeat(task, token, lease);
  }

  @Override
  public Hold report(String task, long token, Report report) {
    return real.report(task, token, report);
  }

  @Override
  public boolean complete(String task, long token, VerifiedWorkHandler.Work work) {
    return real.complete(task, token, work);
  }

  @Override
  public boolean fail(String task, long token, Failure failure) {
    return real.fail(task, token, failure);
  }

  @Override
  public boolean release(
      String task, long token, EndReason reason, String detail, String checkpoint) {
    // Without its fence, the queue takes a late word for one of the present holder.
    long shown = plant == Simulation.Plant.FENCE_DOWN ? latest(task, token) : token;
    return real.release(task, shown, reason, detail, checkpoint);
  }

  private long latest(String task, long token) {
    return Math.max(token, real.query(task).attempts());
  }

  @Override
  public long append(String task, long token, String kind, String text) {
    return real.append(task, token, kind, text);
  }

  @Override
  public long append(String task, long token, Act act) {
    return real.append(task, token, act);
  }

  @Override
  public void transcribe(String task, long token, String kind, String text) {
    real.transcribe(task, token, kind, text);
  }

  @Override
  public void cancel(String task) {
    real.cancel(task);
  }

  @Override
  public TaskViews.Task query(String task) {
    return real.query(task);
  }

  @Override
  public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    return real.subscribe(
        after,
        plant != Simulation.Plant.OUTBOX_GAP
            ? consumer
            : events ->
                consumer.accept(events.size() > 1 ? events.subList(1, events.size()) : events));
  }
}
