package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StopLimitTest {
  private final List<Integer> halted = new CopyOnWriteArrayList<>();

  @Test
  void whatClosesInTimeEndsByItself() {
    var closed = new CountDownLatch(1);
    new StopLimit(Duration.ofMinutes(5), halted::add).within(closed::countDown);
    assertThat(closed.getCount()).isZero();
    assertThat(halted).isEmpty();
  }

  @Test
  void whatHangsIsEnded() {
    var never = new CountDownLatch(1);
    new StopLimit(Duration.ofMillis(20), halted::add)
        .within(
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(halted).containsExactly(137);
    never.countDown();
  }
}
