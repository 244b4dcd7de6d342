package dev.hivedeck.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Recording from two threads at once, beside Micrometer and Prometheus' client, in turns. */
@Tag("bench")
class CountersBench {
  private static final int THREADS = 2;
  private static final int EACH = 20_000_000;
  private static final int ROUNDS = 5;

  private record Subject(
      String name, int each, DoubleConsumer record, LongSupplier count, double[] best) {}

  @Test
  void countersAndHistogramsBesideOthers() throws InterruptedException {
    var registry = new MetricRegistry();
    var ours = registry.counter("ours_total", "code", "200");
    var oursHistogram = registry.histogram("ours_seconds");
    var micrometer = new SimpleMeterRegistry();
    var theirs = micrometer.counter("theirs", "code", "200");
    var prometheus =
        io.prometheus.metrics.core.metrics.Counter.builder()
            .name("theirs_total")
            .labelNames("code")
            .build()
            .labelValues("200");
    var prometheusHistogram =
        io.prometheus.metrics.core.metrics.Histogram.builder()
            .name("theirs_seconds")
            .nativeOnly()
            .nativeInitialSchema(3)
            .build()
            .labelValues();
    var subjects = new ArrayList<Subject>();
    subjects.add(
        new Subject("our counter", EACH, x -> ours.increment(), ours::count, new double[1]));
    subjects.add(
        new Subject(
            "Micrometer counter",
            EACH,
            x -> theirs.increment(),
            () -> (long) theirs.count(),
            new double[1]));
    subjects.add(
        new Subject(
            "Prometheus counter",
            EACH,
            x -> prometheus.inc(),
            () -> (long) prometheus.get(),
            new double[1]));
    subjects.add(
        new Subject(
            "our histogram",
            EACH / 10,
            oursHistogram::observe,
            () -> (long) oursHistogram.histogram().count(),
            new double[1]));
    subjects.add(
        new Subject(
            "Prometheus native histogram",
            EACH / 10,
            prometheusHistogram::observe,
            () -> -1,
            new double[1]));
    for (int round = 0; round < ROUNDS; round++) {
      for (var subject : subjects) {
        subject.best()[0] = Math.max(subject.best()[0], perSecond(subject));
      }
    }
    for (var subject : subjects) {
      if (subject.count().getAsLong() >= 0) {
        assertThat(subject.count().getAsLong())
            .as("%s loses nothing", subject.name())
            .isEqualTo((long) THREADS * subject.each() * ROUNDS);
      }
      System.out.printf("%-28s %6.1f million a second%n", subject.name(), subject.best()[0] / 1e6);
    }
    double counter = subjects.get(0).best()[0];
    System.out.printf(
        "our counter is %.2f of Micrometer's, %.2f of Prometheus'; our histogram %.2f of theirs%n",
        counter / subjects.get(1).best()[0],
        counter / subjects.get(2).best()[0],
        subjects.get(3).best()[0] / subjects.get(4).best()[0]);
    assertThat(counter).isGreaterThan(1e6);
    assertThat(subjects.get(3).best()[0]).isGreaterThan(1e6);
  }

  private static double perSecond(Subject subject) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    long start = System.nanoTime();
    for (int t = 0; t < THREADS; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 1; i <= subject.each(); i++) {
                      subject.record().accept((i & 1023) / 256.0 + 0.001);
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }
    return THREADS * (double) subject.each() / ((System.nanoTime() - start) / 1e9);
  }
}
