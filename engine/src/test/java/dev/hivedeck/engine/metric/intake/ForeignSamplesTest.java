package dev.hivedeck.engine.metric.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForeignSamplesTest {
  private static final long NOW = 1_800_000_000_000L;

  private static Reading at(long time, String name, String... labels) {
    return new Reading(Labels.metric(name, labels), MetricKind.GAUGE, new Point(time, 1));
  }

  @Test
  void namesOfTheEngineLabelsWithoutEndAndOtherTimesAreLeftOutWithTheReason() {
    var good =
        List.of(
            at(NOW, "up", "job", "api"),
            at(NOW + ForeignSamples.FUTURE.toMillis(), "hive", "v", "é".repeat(1_024)),
            at(NOW - ForeignSamples.PAST.toMillis(), "x", "n".repeat(128), "v"));
    var all = new ArrayList<>(good);
    all.add(at(NOW, "hivedeck_checks_total", "outcome", "success"));
    all.add(at(NOW, "ALERTS_FOR_STATE"));
    all.add(at(NOW, "x", "v", "A".repeat(60_000)));
    all.add(at(NOW, "x", "v", "é".repeat(1_025)));
    all.add(at(NOW, "x", "n".repeat(129), "v"));
    all.add(at(NOW, "x".repeat(256)));
    all.add(at(NOW + ForeignSamples.FUTURE.toMillis() + 1, "x"));
    all.add(at(NOW - ForeignSamples.PAST.toMillis() - 1, "x"));
    var sifted = ForeignSamples.sift(all, NOW);
    assertThat(sifted.taken()).isEqualTo(good);
    assertThat(sifted.refused().values()).containsExactly(2, 2, 1, 1, 1, 1);
    assertThat(new Refused(sifted.refused()).count()).isEqualTo(8);
    assertThat(new Refused(Map.of("it is too long", 2)).text())
        .isEqualTo("2 samples left out: it is too long");
  }
}
