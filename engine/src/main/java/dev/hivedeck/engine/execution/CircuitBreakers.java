package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.LocalTimes;
import dev.hivedeck.engine.time.TimeScale;
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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A circuit breaker for each way of running agents, and one for what they all need: where the
 * program itself or who is behind it, or git or the disk, fails again and again, nothing more is
 * given to it for a while, and then one task to see.
 */
final class CircuitBreakers {
  static final Duration WAIT = Duration.ofMinutes(1);

  private final CircuitBreakerConfig config;
  private final Clock clock;
  private final Duration rest;
  private final Breaker surroundings;
  private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();

  /** Of one thing that may fail again and again. */
  private final class Breaker {
    private final CircuitBreaker circuit;
    private Instant until = Instant.MIN;
    private String reason;

    Breaker(String name) {
      this.circuit = new CircuitBreakerStateMachine(name, config);
    }

    /** Whether one may begin now. */
    synchronized boolean admits() {
      return switch (circuit.getState()) {
        case OPEN, FORCED_OPEN -> rested();
        case HALF_OPEN -> trialFree(); // else one is on its way already
        default -> true;
      };
    }

    private boolean rested() {
      Instant now = clock.instant();
      if (now.isBefore(until.minus(rest))) { // the clock was set back
        circuit.transitionToHalfOpenState();
        return trialFree();
      }
      return !now.isBefore(until);
    }

    /** Asks by taking the one permission and giving it back. */
    private boolean trialFree() {
      boolean free = circuit.tryAcquirePermission();
      if (free) {
        circuit.releasePermission();
      }
      return free;
    }

    void worked() {
      circuit.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** Opens and says until when in one step, so that nobody sees it open without its end. */
    synchronized void failed(String code, String why) {
      reason = why;
      circuit.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException(code));
      if (isOpen()) {
        until = clock.instant().plus(rest);
      }
    }

    synchronized boolean isOpen() {
      return circuit.getState() == CircuitBreaker.State.OPEN;
    }

    /** When it may be tried again; empty while it is not open. */
    synchronized Optional<Instant> until() {
      return isOpen() ? Optional.of(until) : Optional.empty();
    }

    /** Until when it rests and why; empty while it is not open. */
    synchronized Optional<String> words(String name) {
      return until()
          .map(
              end ->
                  name + " rests until " + LocalTimes.words(end, clock.instant()) + ": " + reason);
    }
  }

  /**
   * @param speed divides the wait; 1 is real
   */
  CircuitBreakers(Clock clock, double speed) {
    this.clock = clock;
    this.rest = TimeScale.shorten(WAIT, speed).plusMillis(1);
    this.config =
        CircuitBreakerConfig.custom()
            .clock(clock)
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(3)
            .minimumNumberOfCalls(3)
            .failureRateThreshold(100)
            .waitDurationInOpenState(rest.minusMillis(1))
            .permittedNumberOfCallsInHalfOpenState(1)
            .build();
    this.surroundings = new Breaker("surroundings");
  }

  /** Agents of one CLI share its fate; a command is its own. */
  private static String name(AgentSpec agent) {
    return switch (agent.driver()) {
      case COMMAND, SCRIPTED -> agent.name();
      default -> agent.driver().word();
    };
  }

  private Breaker of(AgentSpec agent) {
    return breakers.computeIfAbsent(name(agent), Breaker::new);
  }

  /** Whether it may be given a task now. */
  boolean closed(AgentSpec agent) {
    return of(agent).admits();
  }

  /** How many of so many may begin: while git or the disk fail none, and then one to see. */
  int admit(int wanted) {
    return !surroundings.admits() ? 0 : surroundings.isOpen() ? Math.min(1, wanted) : wanted;
  }

  /**
   * Does what needs git and the disk, and heeds that they served. Where it fails, whose matter that
   * is is for the caller to find out, who then tells it to {@link #failed} or {@link #served}.
   *
   * @throws HiveException as the effect threw it
   */
  <T> T outside(Supplier<T> effect) {
    boolean permitted = surroundings.circuit.tryAcquirePermission();
    boolean done = false;
    try {
      T result = effect.get();
      served();
      done = true;
      return result;
    } finally {
      if (permitted && !done) {
        surroundings.circuit.releasePermission();
      }
    }
  }

  /** Heeds that the surroundings serve, whatever one task ran into. */
  void served() {
    surroundings.worked();
  }

  /** Heeds that the surroundings failed. */
  void failed(HiveException outage) {
    surroundings.failed(outage.code(), outage.getMessage() + " " + outage.hint());
  }

  /**
   * Runs a job and heeds how it ends; after a wait this is the one that shows how things are. One
   * that is stopped shows nothing, and another may.
   */
  RunResult run(AgentSpec agent, Driver driver, RunRequest request, RunListener listener)
      throws InterruptedException {
    var breaker = of(agent);
    boolean permitted = breaker.circuit.tryAcquirePermission();
    RunResult end = null;
    try {
      end = driver.run(request, listener);
      return end;
    } finally {
      if (end != null) {
        heed(breaker, end);
      } else if (permitted) {
        breaker.circuit.releasePermission();
      }
    }
  }

  private static void heed(Breaker breaker, RunResult end) {
    if (end.ok() || !end.reason().outage()) {
      breaker.worked();
    } else {
      breaker.failed(end.reason().word(), end.detail());
    }
  }

  /** Which are open, each with why, in words. */
  List<String> open() {
    var open = new ArrayList<String>();
    surroundings.words("Work").ifPresent(open::add);
    breakers.forEach((name, breaker) -> breaker.words(name).ifPresent(open::add));
    return open;
  }

  /** When the next one may be tried again; null when none waits. */
  Instant next() {
    return Stream.concat(Stream.of(surroundings), breakers.values().stream())
        .flatMap(breaker -> breaker.until().stream())
        .min(Instant::compareTo)
        .orElse(null);
  }
}
