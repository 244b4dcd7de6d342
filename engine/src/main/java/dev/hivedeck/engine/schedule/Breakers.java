package dev.hivedeck.engine.schedule;

import dev.hivedeck.engine.agent.Activity;
import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.End;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.config.AgentSpec;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.internal.CircuitBreakerStateMachine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A circuit breaker for each way of running agents: where the program itself, or who is behind it,
 * fails again and again, nothing more is given to it for a while, and then one task to see.
 */
final class Breakers {
  static final Duration WAIT = Duration.ofMinutes(1);

  /** Ends that say something about the program or its provider, not about the task. */
  private static final Set<String> OUTAGES =
      Set.of("not-found", "sign-in", "quota", "overload", "unreachable");

  private final CircuitBreakerConfig config;
  private final Clock clock;
  private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();

  private static final class Breaker {
    private final CircuitBreaker circuit;
    private volatile Instant until = Instant.MIN;
    private volatile String reason;

    Breaker(CircuitBreaker circuit) {
      this.circuit = circuit;
    }
  }

  /**
   * @param speed divides the wait; 1 is real
   */
  Breakers(Clock clock, double speed) {
    this.clock = clock;
    this.config =
        CircuitBreakerConfig.custom()
            .clock(clock)
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(3)
            .minimumNumberOfCalls(3)
            .failureRateThreshold(100)
            .waitDurationInOpenState(Duration.ofNanos((long) (WAIT.toNanos() / speed)))
            .permittedNumberOfCallsInHalfOpenState(1)
            .build();
  }

  /** Agents of one CLI share its fate; a command is its own. */
  private static String name(AgentSpec agent) {
    return agent.driver().equals("command") || agent.driver().equals("scripted")
        ? agent.name()
        : agent.driver();
  }

  private Breaker of(AgentSpec agent) {
    return breakers.computeIfAbsent(
        name(agent), name -> new Breaker(new CircuitBreakerStateMachine(name, config)));
  }

  /** Whether it may be given a task now. */
  boolean closed(AgentSpec agent) {
    var breaker = of(agent);
    return switch (breaker.circuit.getState()) {
      case OPEN, FORCED_OPEN -> !clock.instant().isBefore(breaker.until);
      case HALF_OPEN -> trialFree(breaker); // else one is on its way already
      default -> true;
    };
  }

  /** Asks by taking the one permission and giving it back. */
  private static boolean trialFree(Breaker breaker) {
    boolean free = breaker.circuit.tryAcquirePermission();
    if (free) {
      breaker.circuit.releasePermission();
    }
    return free;
  }

  /**
   * Runs a job and heeds how it ends; after a wait this is the one that shows how things are. One
   * that is stopped shows nothing, and another may.
   */
  End run(AgentSpec agent, Driver driver, Job job, Activity activity) throws InterruptedException {
    var breaker = of(agent);
    boolean permitted = breaker.circuit.tryAcquirePermission();
    End end = null;
    try {
      end = driver.run(job, activity);
      return end;
    } finally {
      if (end != null) {
        heed(breaker, end);
      } else if (permitted) {
        breaker.circuit.releasePermission();
      }
    }
  }

  private void heed(Breaker breaker, End end) {
    if (end.ok() || !OUTAGES.contains(end.reason())) {
      breaker.circuit.onSuccess(0, TimeUnit.NANOSECONDS);
      return;
    }
    breaker.reason = end.detail();
    breaker.circuit.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException(end.reason()));
    if (breaker.circuit.getState() == CircuitBreaker.State.OPEN) {
      breaker.until =
          clock.instant().plusMillis(1 + config.getWaitIntervalFunctionInOpenState().apply(1));
    }
  }

  /** Which are open, each with why, in words. */
  List<String> open() {
    var open = new ArrayList<String>();
    breakers.forEach(
        (name, breaker) -> {
          if (breaker.circuit.getState() == CircuitBreaker.State.OPEN) {
            open.add(name + " rests until " + breaker.until + ": " + breaker.reason);
          }
        });
    return open;
  }

  /** When the next one may be tried again; null when none waits. */
  Instant next() {
    return breakers.values().stream()
        .filter(b -> b.circuit.getState() == CircuitBreaker.State.OPEN)
        .map(b -> b.until)
        .min(Instant::compareTo)
        .orElse(null);
  }
}
