package dev.hivedeck.engine.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time that the other tests turn must itself be right. */
@Timeout(60)
class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime();
  private final Instant start = time.clock().instant();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  private void note(String what) {
    seen.add(Duration.between(start, time.clock().instant()).toSeconds() + " " + what);
  }

  @Test
  void timersRunInOrderAtTheirTime() {
    time.after(Duration.ofSeconds(20), () -> note("b"));
    time.after(Duration.ofSeconds(10), () -> note("a"));
    time.after(Duration.ofSeconds(20), () -> note("c"));
    time.advance(Duration.ofSeconds(19));
    assertThat(seen).containsExactly("10 a");
    time.advance(Duration.ofDays(30));
    assertThat(seen).containsExactly("10 a", "20 b", "20 c");
    assertThat(time.clock().instant()).isEqualTo(start.plusSeconds(19).plus(Duration.ofDays(30)));
  }

  @Test
  void aTimerMaySetTheNext() {
    class Tick implements Runnable {
      @Override
      public void run() {
        note("tick");
        time.after(Duration.ofSeconds(5), this);
      }
    }
    time.after(Duration.ofSeconds(5), new Tick());
    time.advance(Duration.ofSeconds(21));
    assertThat(seen).containsExactly("5 tick", "10 tick", "15 tick", "20 tick");
    assertThat(time.timers()).isEqualTo(1);
  }

  @Test
  void aCancelledTimerDoesNotRun() {
    var timer = time.after(Duration.ofSeconds(1), () -> note("never"));
    timer.cancel();
    time.advance(Duration.ofMinutes(1));
    assertThat(seen).isEmpty();
    assertThat(time.step()).isFalse();
  }

  @Test
  void sleepersWakeInTurnThroughALongTime() throws Exception {
    for (int i = 1; i <= 3; i++) {
      int every = i;
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  for (int n = 0; n < 6 / every; n++) {
                    time.sleep(Duration.ofSeconds(every));
                    note("every " + every);
                  }
                } catch (InterruptedException e) {
                  note("interrupted");
                }
              });
      time.awaitSleepers(i);
    }
    time.advance(Duration.ofHours(1));
    // At the same second, who went to sleep first wakes first.
    assertThat(seen)
        .containsExactly(
            "1 every 1",
            "2 every 2",
            "2 every 1",
            "3 every 3",
            "3 every 1",
            "4 every 2",
            "4 every 1",
            "5 every 1",
            "6 every 3",
            "6 every 2",
            "6 every 1");
    assertThat(time.sleepers()).isZero();
  }

  @Test
  void anInterruptedSleeperLeaves() throws Exception {
    var left = new AtomicBoolean();
    Thread sleeper =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    time.sleep(Duration.ofDays(1));
                  } catch (InterruptedException e) {
                    left.set(true);
                  }
                });
    time.awaitSleepers(1);
    sleeper.interrupt();
    sleeper.join();
    assertThat(left).isTrue();
    assertThat(time.sleepers()).isZero();
  }
}
