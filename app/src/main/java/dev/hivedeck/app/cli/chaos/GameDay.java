package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.chaos.ChaosPlan.Fault;
import dev.hivedeck.app.cli.chaos.ChaosReport.Outcome;
import dev.hivedeck.app.cli.chaos.ChaosReport.Result;
import dev.hivedeck.app.cli.chaos.Subjects.Target;
import dev.hivedeck.engine.protocol.HiveException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what a plan says, one fault after the other, and measures how long it takes until each is
 * noticed and until all is well again. It always ends, and undoes what it did.
 */
final class GameDay {
  private static final Duration LOOK = Duration.ofMillis(100);

  /** What is not noticed so long after it was over is not noticed at all. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ChaosPlan plan;
  private final Subjects subjects;
  private final InstantSource clock;
  private final Consumer<Duration> pause;
  private final Consumer<String> news;
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Instant began;
  private volatile boolean stopped;
  private Subjects.@Nullable Undo undo;

  /**
   * @param pause waits
   * @param news hears what is done, for people
   */
  GameDay(
      ChaosPlan plan,
      Subjects subjects,
      InstantSource clock,
      Consumer<Duration> pause,
      Consumer<String> news) {
    this.plan = plan;
    this.subjects = subjects;
    this.clock = clock;
    this.pause = pause;
    this.news = news;
    this.began = clock.instant();
  }

  /**
   * Does all of it.
   *
   * @param kept takes what it came to, after each fault
   */
  void run(Consumer<ChaosReport> kept) {
    for (var fault : plan.faults()) {
      while (!stopped && since(began).compareTo(fault.at()) < 0) {
        pause.accept(LOOK);
      }
      if (stopped) {
        return;
      }
      var outcome = outcome(fault);
      if (outcome != null) {
        add(outcome);
        kept.accept(report());
        news.accept(ChaosText.line(outcome));
      }
    }
  }

  /** Ends it soon, and undoes what is being done now. */
  void stop() {
    stopped = true;
    undone(null);
  }

  private synchronized void undone(Subjects.@Nullable Undo next) {
    if (undo != null) {
      undo.close();
    }
    undo = next;
    if (stopped && next != null) {
      next.close();
    }
  }

  private synchronized void add(Outcome outcome) {
    outcomes.add(outcome);
  }

  /** What it came to until now. */
  synchronized ChaosReport report() {
    return new ChaosReport(
        began, seconds(since(began)), outcomes.size() == plan.faults().size(), outcomes);
  }

  private Duration since(Instant at) {
    return Duration.between(at, clock.instant());
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }

  /** What becomes of it; null where it was stopped meanwhile. */
  private @Nullable Outcome outcome(Fault fault) {
    var target = wait(fault);
    if (stopped) {
      return null;
    }
    if (target.isEmpty()) {
      String why =
          fault.agent() ? "it is not at work" : "no instance of it that Hivedeck runs is healthy";
      return new Outcome(fault.words(), null, null, null, null, null, Result.SKIPPED, why);
    }
    news.accept(fault.words() + ": " + target.get().name());
    var at = clock.instant();
    try {
      undone(subjects.harm(fault, target.get()));
      return watch(fault, target.get(), at);
    } catch (HiveException e) {
      return new Outcome(
          fault.words(),
          target.get().name(),
          seconds(Duration.between(began, at)),
          null,
          null,
          null,
          Result.SKIPPED,
          e.getMessage());
    } finally {
      undone(null);
    }
  }

  private Optional<Target> wait(Fault fault) {
    var begin = clock.instant();
    var target = subjects.find(fault);
    while (target.isEmpty() && !stopped && since(begin).compareTo(plan.recover()) < 0) {
      pause.accept(LOOK);
      target = subjects.find(fault);
    }
    return target;
  }

  private @Nullable Outcome watch(Fault fault, Target target, Instant at) {
    Duration noticed = null;
    String by = null;
    Duration recovered = null;
    while (!stopped) {
      var sight = subjects.look(fault, target);
      var passed = since(at);
      if (noticed == null && sight.noticed() != null) {
        noticed = passed;
        by = sight.noticed();
        news.accept("  noticed after " + ChaosText.seconds(seconds(passed)) + ": " + by);
      }
      if (noticed != null && sight.well()) {
        recovered = recovered == null ? passed : recovered;
      } else {
        recovered = null; // it was well for a moment only
      }
      var over = passed.minus(fault.time());
      boolean isOver = !over.isNegative();
      boolean isLate = over.compareTo(plan.recover()) >= 0;
      boolean isUnnoticed = noticed == null && sight.well() && (over.compareTo(GRACE) >= 0);
      if (isOver && (recovered != null || isUnnoticed || isLate)) {
        var result =
            recovered != null
                ? Result.RECOVERED
                : noticed == null && sight.well() ? Result.UNNOTICED : Result.NOT_RECOVERED;
        return new Outcome(
            fault.words(),
            target.name(),
            seconds(Duration.between(began, at)),
            noticed == null ? null : seconds(noticed),
            by,
            recovered == null ? null : seconds(recovered),
            result,
            result == Result.NOT_RECOVERED ? sight.why() : "");
      }
      pause.accept(LOOK);
    }
    return null;
  }
}
