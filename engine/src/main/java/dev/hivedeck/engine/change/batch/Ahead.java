package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.time.Timers;
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
 * is written down, and main does not move by it. Begun and asked by one thread.
 */
public final class Ahead implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ahead.class);

  private final Timers timers;
  private volatile @Nullable Run run;
  private @Nullable Next next;

  /** What comes next. */
  public interface Next {
    /**
     * Makes what main would be with it.
     *
     * @param onto what main would be without it
     */
    Made make(String onto);

    /** Asks the gates. */
    List<GateResult> judge(String onto, Made made) throws InterruptedException;
  }

  /**
   * What main would be.
   *
   * @param key the same for what gates say the same of
   */
  public record Made(String commit, String key) {}

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
  public record Said(List<GateResult> results, boolean ahead) {}

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
    var known = of(base, made.key());
    var then = next;
    next = null;
    if (then != null) {
      begin(made.commit(), then);
    }
    return known.isPresent() ? new Said(known.get(), true) : new Said(gates.judge(), false);
  }

  private void begin(String base, Next then) {
    var one = new Run(base);
    run = one;
    one.thread = timers.start("merge-ahead", () -> one.run(then));
  }

  /**
   * What gates said of this; waits for it where they still run. Empty where something else was
   * judged, or nothing: that is thrown away.
   */
  private Optional<List<GateResult>> of(String base, String key) throws InterruptedException {
    var one = run;
    if (one == null) {
      return Optional.empty();
    }
    try {
      return one.base.equals(base) && one.key.get().equals(key)
          ? Optional.of(one.results.get())
          : Optional.empty();
    } catch (ExecutionException e) {
      return Optional.empty(); // it is judged when it is its turn
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    var one = run;
    run = null;
    if (one != null) {
      one.stop();
    }
  }

  private static final class Run {
    private final String base;
    private final CompletableFuture<String> key = new CompletableFuture<>();
    private final CompletableFuture<List<GateResult>> results = new CompletableFuture<>();
    private volatile @Nullable Thread thread;

    Run(String base) {
      this.base = base;
    }

    void run(Next next) {
      try {
        var made = next.make(base);
        if (made.commit().equals(base)) {
          throw new IllegalStateException("nothing of what follows goes onto it");
        }
        key.complete(made.key());
        results.complete(next.judge(base, made));
      } catch (InterruptedException e) {
        failed(e);
      } catch (RuntimeException | Error e) {
        LOG.info("nothing is judged ahead: {}", e.toString());
        failed(e);
      }
    }

    private void failed(Throwable e) {
      key.completeExceptionally(e);
      results.completeExceptionally(e);
    }

    /** Its gates end with it. */
    void stop() {
      var running = thread;
      if (running != null && !results.isDone()) {
        running.interrupt();
      }
    }
  }
}
