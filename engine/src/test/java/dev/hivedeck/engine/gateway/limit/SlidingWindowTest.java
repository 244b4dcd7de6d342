package dev.hivedeck.engine.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** How many come within any time so long, whenever they come. */
class SlidingWindowTest {

  @RepeatedTest(200)
  void thereAreNeverMoreThanTheLimitWithinAnyWindow(RepetitionInfo run) {
    long seed = run.getCurrentRepetition();
    var random = new Random(seed);
    var time = new VirtualTime();
    int limit = 1 + random.nextInt(20);
    long per = 1 + random.nextInt(random.nextBoolean() ? 200 : 5_000);
    var window = new SlidingWindow(time.clock(), limit, Duration.ofMillis(per));
    var admitted = new ArrayDeque<Long>();
    int all = 0;
    for (int i = 0; i < 500; i++) {
      time.advance(Duration.ofMillis(random.nextInt((int) (2 + per / limit))));
      long now = time.clock().millis();
      if (window.admit("a").admitted()) {
        admitted.add(now);
        all++;
      }
      while (!admitted.isEmpty() && admitted.peek() <= now - per) {
        admitted.poll();
      }
      assertThat(admitted.size())
          .as("seed %d: within %d ms, at most %d", seed, per, limit)
          .isLessThanOrEqualTo(limit);
    }
    assertThat(all).as("seed %d", seed).isPositive();
  }
}
