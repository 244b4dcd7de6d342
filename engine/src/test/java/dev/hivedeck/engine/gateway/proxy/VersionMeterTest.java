package dev.hivedeck.engine.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.rollout.traffic.Traffic.Counts;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class VersionMeterTest {
  private static final int THREADS = 4;
  private static final int REQUESTS = 50_000;

  /** All fail and all are slow: whoever looks in between finds as many of each. */
  @Test
  void whatIsCountedIsOfOneMoment() throws InterruptedException {
    var meter = new VersionMeter(new MetricRegistry(), "shop", "v2");
    assertThat(meter.counts(Duration.ZERO)).isEqualTo(new Counts(0, 0, 0, 0));
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < REQUESTS; n++) {
                      meter.answered(503, n % 2 == 0, 1);
                    }
                  }));
    }
    long last;
    do {
      var counts = meter.counts(Duration.ZERO);
      assertThat(counts.errors()).isEqualTo(counts.requests());
      assertThat(counts.slow()).isEqualTo(counts.requests());
      var all = meter.all();
      assertThat(all.errors()).isEqualTo(all.requests());
      last = all.requests();
    } while (last < THREADS * REQUESTS && threads.stream().anyMatch(Thread::isAlive));
    for (var thread : threads) {
      thread.join();
    }
    assertThat(meter.all().requests()).isEqualTo(THREADS * REQUESTS);
    assertThat(meter.counts(Duration.ZERO).requests()).isEqualTo(THREADS * REQUESTS / 2);
  }
}
