package dev.hivedeck.engine.agent.watch;

import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One shell command, from start to the end of all its processes, read by the thread that runs it.
 * An agent that prints faster than it is read has to wait, so its output never piles up.
 */
public final class ShellProcess {
  private static final int AHEAD = 256;

  /** The same in text, which matters where lines are long. */
  private static final int AHEAD_KB = 32 << 10;

  /** Ends the input; told from any text by being this very object. */
  @SuppressWarnings("StringOperationCanBeSimplified")
  private static final String END = new String();

  /**
   * How long readers may find nothing new, once every process was ended, until they are given up.
   */
  private static final Duration ESCAPED = Duration.ofSeconds(2);

  /** Hears the command; called by the thread that runs it. */
  public interface Listener {
    void started(long pid);

    /** The process has ended, though what it left running may not. At once, from another thread. */
    default void exited() {}

    /**
     * @param kind {@code out} or {@code err}
     */
    void line(String kind, String text);

    /** What its processes take, now and then; nothing, once they have ended. */
    void used(ResourceUsage usage);

    /**
     * Asked after each line and now and then in between.
     *
     * @param heard how many bytes it has printed by now
     * @return why it must end now, or null
     */
    RunResult verdict(long heard);
  }

  /**
   * @param stopped why it was ended, or null when it ended by itself
   * @param left how many processes it left behind, which were ended
   * @param refused what the kernel refused it, for want of which it may have ended badly, or null
   */
  public record Exit(int code, RunResult stopped, int left, ResourceQuota.Excess refused) {}

  private sealed interface Event {
    record Line(String kind, String text) implements Event {}

    record Tick() implements Event {}

    record Over(int left) implements Event {}
  }

  private final Timers timers;
  private final Duration tick;
  private final Meter meter;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(AHEAD);
  private final BlockingQueue<String> input = new LinkedBlockingQueue<>();
  private final AtomicLong heard = new AtomicLong();
  private final Semaphore room = new Semaphore(AHEAD_KB);
  private final int longest;
  private ProcessTree tree;
  private final Object ending = new Object();
  private volatile boolean over;
  private volatile Timers.Timer alarm = () -> {};

  /**
   * @param tick how often to ask for a verdict when nothing is printed
   * @param longest what of a line is kept, in bytes
   */
  public ShellProcess(Timers timers, Duration tick, Meter meter, int longest) {
    this.timers = timers;
    this.tick = tick;
    this.meter = meter;
    this.longest = longest;
  }

  /** Writes to its standard input, also before it runs; what comes after the end is lost. */
  public void write(String text) {
    input.add(text);
  }

  /** Writes a line to its standard input. */
  public void send(String line) {
    write(line + "\n");
  }

  /** Ends its standard input, after all that was written. */
  public void finish() {
    input.add(END);
  }

  /** Asks for a verdict soon. */
  public void nudge() {
    events.offer(new Event.Tick());
  }

  /**
   * Runs a command; once for each shell.
   *
   * @throws dev.hivedeck.engine.protocol.HiveException {@code not-started}
   */
  public Exit run(
      String command, Map<String, String> environment, RunRequest request, Listener listener)
      throws InterruptedException {
    var quota = request.quota();
    tree =
        ProcessTree.start(command, request.worktree(), environment, quota, request.confinement());
    try (var gauge = meter.watch(tree, quota, () -> events.offer(new Event.Tick()))) {
      listener.started(tree.pid());
      Thread.ofVirtual().name("prompt").start(this::feed);
      Thread out = read(tree.process().getInputStream(), "out");
      Thread err = read(tree.process().getErrorStream(), "err");
      Thread.ofVirtual().name("await").start(() -> await(out, err, listener));
      tick();
      return listen(gauge, listener);
    } finally {
      synchronized (ending) {
        over = true;
        tree.end();
      }
      alarm.cancel();
      listener.used(ResourceUsage.NOTHING);
    }
  }

  private Exit listen(Meter.Gauge gauge, Listener listener) throws InterruptedException {
    RunResult stopped = null;
    while (true) {
      switch (events.take()) {
        case Event.Over(int left) -> {
          return new Exit(tree.process().waitFor(), stopped, left, tree.refused().orElse(null));
        }
        case Event.Line(String kind, String text) -> {
          room.release(kilobytes(text));
          listener.line(kind, text);
        }
        case Event.Tick() -> {}
      }
      var usage = gauge.news();
      if (usage != null) {
        listener.used(usage);
      }
      if (stopped == null) {
        stopped = listener.verdict(heard.get());
        if (stopped != null) {
          // Elsewhere, so that its last words are still read.
          Thread.ofVirtual().name("end").start(this::end);
        }
      }
    }
  }

  /** Later the same attempt may have another tree, which would be taken for this one. */
  private int end() {
    synchronized (ending) {
      return over ? 0 : tree.end();
    }
  }

  private void feed() {
    try (var in = tree.process().getOutputStream()) {
      for (String text = next(); text != END; text = next()) {
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
      }
    } catch (IOException e) {
      // It does not read its input, or ended before it had read all.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String next() throws InterruptedException {
    String text = null;
    while (text == null && !over) {
      text = input.poll(1, TimeUnit.SECONDS);
    }
    return text == null ? END : text;
  }

  /** Reading blocks in the operating system, so it gets threads of the platform. */
  private Thread read(InputStream in, String kind) {
    return Thread.ofPlatform()
        .daemon()
        .name("read-" + kind + "-" + tree.pid())
        .start(
            () -> {
              try (in) {
                var lines = new LineReader(in, heard, longest);
                for (String line = lines.next(); line != null; line = lines.next()) {
                  while (!over && !room.tryAcquire(kilobytes(line), 100, TimeUnit.MILLISECONDS)) {
                    // waits until it is read
                  }
                  put(new Event.Line(kind, line));
                }
              } catch (IOException | InterruptedException e) {
                // The process is gone; what it said until then was told.
                return;
              }
            });
  }

  private static int kilobytes(String line) {
    return Math.min(AHEAD_KB, line.length() >> 10);
  }

  private void put(Event event) throws InterruptedException {
    boolean taken = false;
    while (!over && !taken) {
      taken = events.offer(event, 100, TimeUnit.MILLISECONDS);
    }
  }

  /** Waits for the process, ends what it left running, lets the readers finish. */
  private void await(Thread out, Thread err, Listener listener) {
    try {
      tree.process().waitFor();
      listener.exited();
      int left = end();
      long before;
      do {
        before = heard.get();
      } while (!(out.join(ESCAPED) && err.join(ESCAPED))
          && (before != heard.get() || !events.isEmpty()));
      put(new Event.Over(left));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick() {
    alarm =
        timers.after(
            tick,
            () -> {
              if (!over) {
                events.offer(new Event.Tick()); // a full queue is asked for verdicts anyway
                tick();
              }
            });
  }
}
