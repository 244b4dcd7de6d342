package dev.hivedeck.engine.agent.watch;

import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Plural;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Passes on what an agent prints, as long as a person could make use of it. Of a torrent it passes
 * the beginning, then says how much was left out and passes the last few lines, which tell how it
 * ended.
 */
public final class OutputThrottle {
  private static final int BURST = 10_000;
  private static final int PER_SECOND = 1_000;
  private static final int LAST = 20;

  /** Either an act or a line. */
  private record Line(String kind, String text, Act act) {}

  private final RunListener listener;
  private final Clock clock;
  private final Deque<Line> kept = new ArrayDeque<>();
  private long leftOut;
  private double credit = BURST;
  private Instant credited;

  public OutputThrottle(RunListener listener, Clock clock) {
    this.listener = listener;
    this.clock = clock;
    this.credited = clock.instant();
  }

  public void line(String kind, String text) {
    tell(new Line(kind, text, null));
  }

  /** What it spends is never left out. */
  public void did(Act act) {
    if (act instanceof Act.Spend) {
      listener.did(act);
    } else {
      tell(new Line(null, null, act));
    }
  }

  private void tell(Line line) {
    if (leftOut == 0 && kept.isEmpty() && credit >= 1) {
      pass(line);
      return;
    }
    kept.add(line);
    if (kept.size() > LAST) {
      kept.poll();
      leftOut++;
    }
  }

  /** To be called now and then: time gives new credit. */
  public void tick() {
    Instant now = clock.instant();
    long millis = Duration.between(credited, now).toMillis();
    if (millis > 0) {
      credited = now;
      credit = Math.min(BURST, credit + millis * PER_SECOND / 1_000.0);
    }
    if (credit > PER_SECOND / 2.0) {
      flush();
    }
  }

  /** Passes on what is held back. */
  public void flush() {
    if (leftOut > 0) {
      listener.line("hive", Plural.of(leftOut, "line") + " left out: too many at once");
      leftOut = 0;
    }
    for (Line line = kept.poll(); line != null; line = kept.poll()) {
      pass(line);
    }
  }

  private void pass(Line line) {
    credit--;
    if (line.act() != null) {
      listener.did(line.act());
    } else {
      listener.line(line.kind(), line.text());
    }
  }
}
