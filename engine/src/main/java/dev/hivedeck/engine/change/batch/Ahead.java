package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges what comes next while gates still run on what goes before it: on what main would be then.
 * What it found counts where that comes to be, file by file; else it is thrown away. Nothing of it
 * is written down, and main does not move by it. It is thrown away where what goes before fails,
 * and after a while. Begun and asked by one thread.
 */
public final class Ahead implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ahead.class);

  /** So long what was found counts: what gates see beside the commit is the same no longer. */
  static final Duration KEPT = Duration.ofMinutes(15);

  /** So long what was stopped may take to end. */
  private static final Duration ENDS = Duration.ofSeconds(30);

  private static final String AHEAD = "judged while gates ran on what went before it";

  private final Timers timers;
  private final Object lock = new Object();
  private volatile @Nullable Run run;
  private @Nullable Run last;
  private boolean closed;
  private @Nullable Next next;

  /** What comes next. */
  public interface Next {
    /**
     * Makes what main would be with it.
     *
     * @param onto what main would be without it
     */
    Made make(String onto);

    /** By which gates judge it now. */
    Object rules();

    /** Asks the gates. */
    List<GateResult> judge(String onto, Made made) throws InterruptedException;
  }

  /**
   * What main would be.
   *
   * @param rules by which gates judge; of the same tree they say the same by equal ones
   */
  public record Made(String commit, String tree, Object rules) {
    private boolean isJudgedAs(Made other) {
      return tree.equals(other.tree) && rules.equals(other.rules);
    }
  }

  /** Asks the gates. */
  @FunctionalInterface
  public interface Asked {
    List<GateResult> judge() throws InterruptedException;
  }

  /**
   * What gates said.
   *
   * @param ahead whether they said so before it was asked for
   */
  public record Said(List<GateResult> results, boolean ahead) {
    /** The same, where those that passed say when they were asked. */
    public List<GateResult> told() {
      return ahead ? results.stream().map(Said::told).toList() : results;
    }

    private static GateResult told(GateResult result) {
      String summary = result.summary() == null ? "" : result.summary();
      return result.outcome() == Outcome.FAILED
          ? result
          : new GateResult(
              result.gate(),
              result.checkpoint(),
              result.outcome(),
              summary.isBlank() ? AHEAD : summary + "; " + AHEAD,
              result.findings(),
              result.seconds());
    }
  }

  public Ahead(Timers timers) {
    this.timers = timers;
  }

  /**
   * What follows what is judged next.
   *
   * @param then null for nothing
   */
  public void following(@Nullable Next then) {
    next = then;
  }

  /**
   * What gates say; where that was judged ahead they are not asked again. What follows is judged
   * meanwhile.
   *
   * @param base main as it is
   * @param made what main would be
   */
  public Said judge(String base, Made made, Asked gates) throws InterruptedException {
    var known = of(base, made);
    var then = next;
    next = null;
    if (then != null && known.map(Ahead::passes).orElse(true)) {
      begin(made.commit(), then);
    }
    if (known.isPresent()) {
      return new Said(known.get(), true);
    }
    boolean passes = false;
    try {
      var results = gates.judge();
      passes = passes(results);
      return new Said(results, false);
    } finally {
      if (!passes) {
        forget(); // main will not be what is judged
      }
    }
  }

  private static boolean passes(List<GateResult> results) {
    return Blame.failed(results).isEmpty();
  }

  private void begin(String base, Next then) throws InterruptedException {
    if (!ended()) {
      LOG.info("nothing is judged ahead: what was before still ends");
      return;
    }
    synchronized (lock) {
      if (!closed) {
        var one = new Run(base);
        one.thread = timers.start("merge-ahead", () -> one.run(then));
        run = one;
        last = one;
      }
    }
  }

  /**
   * What gates said of this; waits for it where they still run. Empty where something else was
   * judged, or nothing, or too long ago: that is thrown away.
   */
  private Optional<List<GateResult>> of(String base, Made made) throws InterruptedException {
    var one = run;
    if (one == null) {
      return Optional.empty();
    }
    try {
      if (!one.base.equals(base) || !one.made.get().isJudgedAs(made)) {
        return Optional.empty();
      }
      var said = one.said.get();
      return run == one && isFresh(said.at()) ? Optional.of(said.results()) : Optional.empty();
    } catch (ExecutionException e) {
      return Optional.empty(); // it is judged when it is its turn
    } finally {
      forget();
    }
  }

  /** Not if the clock was set back meanwhile. */
  private boolean isFresh(Instant at) {
    var now = timers.clock().instant();
    return !now.isBefore(at) && now.isBefore(at.plus(KEPT));
  }

  /** Throws away what was judged, and ends what still is. Any thread may say so. */
  public void forget() {
    synchronized (lock) {
      var one = run;
      run = null;
      if (one != null) {
        one.stop();
      }
    }
  }

  /** Ends what runs, and begins nothing more. Any thread may say so. */
  public void stop() {
    synchronized (lock) {
      closed = true;
      forget();
    }
  }

  /** Stops, and waits until its gates have ended. */
  @Override
  public void close() {
    stop();
    try {
      if (!ended()) {
        LOG.warn("what was judged ahead did not end in {}", ENDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether what was begun last has ended, or does soon. */
  boolean ended() throws InterruptedException {
    Thread thread;
    synchronized (lock) {
      thread = last == null ? null : last.thread;
    }
    return thread == null || thread.join(ENDS);
  }

  /**
   * What gates said.
   *
   * @param at when they had
   */
  private record Known(List<GateResult> results, Instant at) {}

  private final class Run {
    private final String base;
    private final CompletableFuture<Made> made = new CompletableFuture<>();
    private final CompletableFuture<Known> said = new CompletableFuture<>();
    private @Nullable Thread thread;

    Run(String base) {
      this.base = base;
    }

    void run(Next next) {
      try {
        var main = next.make(base);
        if (main.commit().equals(base)) {
          throw new IllegalStateException("nothing of what follows goes onto it");
        }
        made.complete(main);
        var results = next.judge(base, main);
        if (!next.rules().equals(main.rules())) {
          throw new IllegalStateException("other gates came into force meanwhile");
        }
        said.complete(new Known(results, timers.clock().instant()));
      } catch (InterruptedException e) {
        failed(e);
      } catch (RuntimeException | Error e) {
        LOG.info("nothing is judged ahead: {}", e.toString());
        failed(e);
      }
    }

    private void failed(Throwable e) {
      made.completeExceptionally(e);
      said.completeExceptionally(e);
    }

    /** Its gates end with it. */
    void stop() {
      if (thread != null && !said.isDone()) {
        thread.interrupt();
      }
    }
  }
}
