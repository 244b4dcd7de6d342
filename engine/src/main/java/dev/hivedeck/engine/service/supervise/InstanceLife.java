package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.service.ServiceStateMachine;
import dev.hivedeck.engine.service.ServiceStateMachine.Occasion;
import dev.hivedeck.engine.service.health.HealthStreak;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with an instance. Pure: what happens to it leads to the next.
 *
 * @param since when it came into this state
 * @param wellSince since when it is healthy; null while it is not
 * @param crashes how often in a row it ended by itself
 * @param starts how often it was begun
 * @param retryAt when it is begun again; null unless it backs off
 * @param ended how it ended last of these; empty where it did not
 * @param why it is in this state; empty where that needs none
 */
record InstanceLife(
    ServiceState state,
    Instant since,
    @Nullable Instant wellSince,
    HealthStreak streak,
    int crashes,
    int starts,
    @Nullable Instant retryAt,
    String ended,
    String why) {

  /** One that was never begun. */
  static InstanceLife at(Instant now) {
    return new InstanceLife(ServiceState.STOPPED, now, null, HealthStreak.NONE, 0, 0, null, "", "");
  }

  private InstanceLife to(
      Occasion on,
      Instant now,
      @Nullable Instant well,
      int crashed,
      @Nullable Instant retry,
      String reason) {
    var next = ServiceStateMachine.TABLE.next(state, on);
    return new InstanceLife(
        next,
        next == state ? since : now,
        well,
        on == Occasion.START ? HealthStreak.NONE : streak,
        crashed,
        on == Occasion.START ? starts + 1 : starts,
        retry,
        crashed == 0 ? "" : on == Occasion.EXIT ? reason : ended,
        reason);
  }

  /** It was begun. How it ended last is told until it is healthy. */
  InstanceLife begun(Instant now) {
    return to(Occasion.START, now, null, crashes, null, ended);
  }

  /** It waits for something. */
  InstanceLife waits(String reason) {
    return reason.equals(why)
        ? this
        : new InstanceLife(
            state, since, wellSince, streak, crashes, starts, retryAt, ended, reason);
  }

  /** A check said something. */
  InstanceLife checked(boolean good, String said, HealthRule rule, Instant now) {
    var count = streak.with(good);
    var next =
        new InstanceLife(state, since, wellSince, count, crashes, starts, retryAt, ended, why);
    if (good && state != ServiceState.HEALTHY && count.good() >= rule.rise()) {
      return next.to(Occasion.ANSWER, now, now, crashes, null, "");
    }
    if (!good && state == ServiceState.HEALTHY && count.bad() >= rule.fall()) {
      return next.to(Occasion.FALL, now, null, crashes, null, said);
    }
    return state == ServiceState.UNHEALTHY && !good ? next.waits(said) : next;
  }

  /** Another rule holds: what was counted by the one before counts no more. */
  InstanceLife under(HealthRule rule, Instant now) {
    var anew =
        new InstanceLife(
            state, since, wellSince, HealthStreak.NONE, crashes, starts, retryAt, ended, why);
    boolean unasked = rule.kind() == CheckKind.NONE;
    return unasked && (state == ServiceState.STARTING || state == ServiceState.UNHEALTHY)
        ? anew.to(Occasion.ANSWER, now, now, crashes, null, "")
        : anew;
  }

  /** Whether it is there to be asked. */
  boolean runs() {
    return state == ServiceState.STARTING
        || state == ServiceState.HEALTHY
        || state == ServiceState.UNHEALTHY;
  }

  /** When time alone makes another of it; null for never. */
  @Nullable Instant due() {
    if (state == ServiceState.UNHEALTHY) {
      return since.plus(RestartRule.HANGS);
    }
    return crashes > 0 && wellSince != null ? wellSince.plus(RestartRule.SETTLED) : null;
  }

  /** Time has passed. */
  InstanceLife passed(HealthRule rule, Instant now) {
    if (state == ServiceState.STARTING && !now.isBefore(since.plus(rule.within()))) {
      return to(Occasion.FALL, now, null, crashes, null, "no good answer since it was begun");
    }
    if (crashes > 0 && wellSince != null && !now.isBefore(wellSince.plus(RestartRule.SETTLED))) {
      return new InstanceLife(state, since, wellSince, streak, 0, starts, retryAt, "", why);
    }
    return this;
  }

  /** Whether it does not come to itself any more. */
  boolean hangs(Instant now) {
    return state == ServiceState.UNHEALTHY && !now.isBefore(since.plus(RestartRule.HANGS));
  }

  /** It ended by itself, could not be begun, or hangs. */
  InstanceLife crashed(String reason, double speed, Instant now) {
    int count = crashes + 1;
    if (RestartRule.over(count)) {
      return to(
          Occasion.GIVE_UP, now, null, count, null, reason + ", " + count + " times in a row");
    }
    long pause = (long) (RestartRule.pause(count).toNanos() / speed);
    return to(Occasion.EXIT, now, null, count, now.plus(Duration.ofNanos(pause)), reason);
  }

  /** It is not begun again whatever the count says. */
  InstanceLife givenUp(String reason, Instant now) {
    return to(Occasion.GIVE_UP, now, null, crashes, null, reason);
  }

  /** It may be begun again. */
  InstanceLife retried(boolean forgiven, Instant now) {
    return to(Occasion.RETRY, now, null, forgiven ? 0 : crashes, null, "");
  }

  /** It is to end. */
  InstanceLife stopping(String reason, Instant now) {
    return to(Occasion.STOP, now, null, 0, null, reason);
  }

  /** Nothing of it is left. */
  InstanceLife ended(Instant now) {
    return to(Occasion.END, now, null, 0, null, "");
  }
}
