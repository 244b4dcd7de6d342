package dev.hivedeck.engine.metric.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import java.util.ArrayList;
import java.util.List;
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
    assertThat(sifted.refused().reasons())
        .extracting(Refused.Reason::count)
        .containsExactly(2, 2, 1, 1, 1, 1);
    assertThat(sifted.refused().count()).isEqualTo(8);
    assertThat(new Refused(List.of(new Refused.Reason("it is too long", 2, "x{v=\"A\"}"))).text())
        .isEqualTo("2 samples left out: it is too long, as x{v=\"A\"}");
    assertThat(sifted.refused().text())
        .startsWith(
            "2 samples left out: names that begin with hivedeck_ or ALERTS are the engine's own,"
                + " as hivedeck_checks_total{outcome=\"success\"}; 2 samples left out: a label's"
                + " value is longer than 2048 bytes, as x{v=\"AAAA")
        .hasSizeLessThan(1_200);
  }

  @Test
  void reasonsWithoutEndAreToldTogether() {
    var refused = new Refused.Builder();
    for (int i = 0; i < 1_000; i++) {
      refused.add("\"" + i + "\" is no number", "lag");
    }
    assertThat(refused.build().count()).isEqualTo(1_000);
    assertThat(refused.build().reasons()).hasSize(21);
    assertThat(refused.build().reasons().getLast())
        .isEqualTo(new Refused.Reason("for other reasons", 980, "lag"));
  }
}
