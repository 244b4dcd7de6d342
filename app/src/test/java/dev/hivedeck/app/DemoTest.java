package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.cli.CliRunner;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, from beginning to end. */
class DemoTest {
  @TempDir Path folder;

  @Test
  void everythingThatThePlanMustLeadToCameAbout() {
    var demo =
        CliRunner.type(
            "demo", "--headless", "--json", "--speed", "40", "--keep", folder.toString());
    assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
    var counts = demo.json().get("counts");
    assertThat(counts.get("tasks").asInt()).isEqualTo(30);
    assertThat(counts.get("done").asInt()).isEqualTo(29);
    assertThat(counts.get("fallenBack").asInt()).isEqualTo(1);
    assertThat(counts.get("merges").asInt()).isEqualTo(29);
    assertThat(counts.get("culprits").asInt()).as("found in a batch").isEqualTo(1);
    assertThat(counts.get("permissions").asInt()).isEqualTo(1);
    assertThat(counts.get("chosen").asInt()).isEqualTo(1);
    assertThat(counts.get("tokens").asInt()).isGreaterThan(200_000);
    assertThat(counts.get("lessons").asInt()).isPositive();
    assertThat(counts.get("alertsFired").asInt()).as("deliveries are lost").isEqualTo(1);
    assertThat(counts.get("alertsResolved").asInt()).as("until the fix merges").isEqualTo(1);
    assertThat(demo.json().get("wrong")).isEmpty();
  }
}
