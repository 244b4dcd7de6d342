package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.slo.alert.Muting;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objectives of values count one look each ten seconds, however busy the machine is. */
class ObjectiveRateTest {
  @Test
  void looksAreAtAFixedRateAndWhatIsMissedIsNotCaughtUpWith(@TempDir Path folder) {
    var time = new VirtualTime(Instant.parse("2026-03-01T00:00:00Z"));
    var slo =
        new SloConfig(
            Map.of(
                "value",
                Json.read(
                    "{\"indicator\": {\"query\": \"vector(1)\", \"above\": 0}, \"target\":"
                        + " \"99%\"}",
                    JsonNode.class)),
            Map.of(),
            Map.of(),
            List.of(),
            Map.of());
    try (var store = Store.open(folder.resolve("hive.db"), time.clock())) {
      var objectives =
          Objectives.of(
              store,
              new MetricRegistry(),
              (tx, rule, transitions) -> {},
              Muting::silences,
              time.clock());
      var source = new RuleFiles.Source(slo, slo);
      objectives.refresh(source);
      for (int i = 0; i < 150; i++) { // asked every four seconds, for ten minutes
        time.advance(Duration.ofSeconds(4));
        objectives.refresh(source);
      }
      assertThat(objectives.views().getFirst().total()).isEqualTo(61);
      time.advance(Duration.ofSeconds(55)); // busy with something else
      objectives.refresh(source);
      assertThat(objectives.views().getFirst().total()).as("no burst").isEqualTo(62);
      time.advance(Duration.ofSeconds(1));
      objectives.refresh(source);
      assertThat(objectives.views().getFirst().total()).as("not yet").isEqualTo(62);
      time.advance(Duration.ofSeconds(4));
      objectives.refresh(source);
      assertThat(objectives.views().getFirst().total()).as("on the beat").isEqualTo(63);
    }
  }
}
