package dev.hivedeck.ui.view.change.reading;

import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * How long a person looks at a change, from what they do: who does nothing for longer than a minute
 * looks at something else.
 */
public final class ReadingTime {
  private static final Duration BREAK = Duration.ofMinutes(1);

  /** Less is passing by. */
  private static final Duration LEAST = Duration.ofSeconds(3);

  private static final Duration MOST = Duration.ofHours(1);

  private final Clock clock;
  private final Consumer<ReadingCommand.Read> told;
  private String change;
  private String head;
  private Instant last;
  private Duration spent = Duration.ZERO;

  /**
   * @param told hears how long it was
   */
  public ReadingTime(Clock clock, Consumer<ReadingCommand.Read> told) {
    this.clock = clock;
    this.told = told;
  }

  /** This state of a change is shown; null for none. */
  public void show(String id, String commit) {
    if (id != null && id.equals(change) && commit.equals(head)) {
      return;
    }
    tell();
    spent = Duration.ZERO; // it was another's
    change = id;
    head = commit;
    last = clock.instant();
  }

  /** They do something: a key, the mouse. */
  public void acted() {
    if (change != null) {
      var now = clock.instant();
      var since = Duration.between(last, now);
      spent = spent.plus(since.compareTo(BREAK) > 0 ? BREAK : since);
      last = now;
    }
  }

  /** Says how long it was by now, and counts from here on. */
  public void tell() {
    acted();
    if (change != null && spent.compareTo(LEAST) >= 0) {
      var most = spent.compareTo(MOST) > 0 ? MOST : spent;
      told.accept(new ReadingCommand.Read(change, head, (int) most.toSeconds()));
      spent = Duration.ZERO;
    }
  }

  /** Nothing is shown any more. */
  public void end() {
    show(null, null);
  }
}
