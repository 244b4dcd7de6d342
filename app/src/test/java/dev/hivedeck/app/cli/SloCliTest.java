package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objectives at the command line, with no engine running. */
class SloCliTest {
  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void workspace() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                objectives:
                  orders:
                    indicator: { service: orders, good: 'requests_total{code!~"5.."}', total: requests_total }
                    target: 99.9%
                  low:
                    indicator: { bad: 'requests_total{code="500"}', total: requests_total }
                    target: 80%
                """)
            .commit()
            .path();
  }

  @Test
  void objectivesAreListedExportedImportedAndChecked() throws IOException {
    assertThat(CliRunner.in(repository, "slos").out()).contains("orders", "99.9%", "unknown");
    assertThat(CliRunner.in(repository, "alerts", "--json").json()).isEmpty();
    var exported = CliRunner.in(repository, "slo", "export", "--format", "openslo");
    assertThat(exported.out()).contains("apiVersion: openslo/v1", "target: 0.999");
    Path file = Files.writeString(folder.resolve("slo.yaml"), exported.out());
    var imported = CliRunner.in(repository, "slo", "import", file.toString(), "--json").json();
    assertThat(imported.path("objectives").path("orders").path("indicator").path("good").asText())
        .isEqualTo("requests_total{code!~\"5..\"}");
    assertThat(CliRunner.in(repository, "slo", "export", "--format", "prometheus").out())
        .contains("14.4 * 0.001", "sloth_slo: orders");
    var checked = CliRunner.in(repository, "slo", "test", "--json");
    assertThat(checked.status()).as("one cannot page").isEqualTo(1);
    assertThat(checked.json().path(0).path("canFire").asBoolean()).isTrue();
    assertThat(checked.json().path(1).hasNonNull("page")).isFalse();
  }

  @Test
  void thePastOfAnObjectiveIsToldAndAWrongQuestionSaysWhatToDo() {
    assertThat(CliRunner.in(repository, "slo", "spent", "orders").out())
        .contains("No event of orders was bad");
    assertThat(CliRunner.in(repository, "slo", "explain", "orders").out())
        .contains("Nothing was counted in this time.");
    var replay =
        CliRunner.in(
            repository, "slo", "replay", "orders", "--target", "99.5", "--since", "7d", "--json");
    assertThat(replay.json().path("then").path("target").asText()).isEqualTo("99.5%");
    assertThat(replay.json().path("now").path("target").asText()).isEqualTo("99.9%");
    assertThat(
            CliRunner.in(repository, "slo", "history", "orders", "--since", "1h", "--json")
                .json()
                .path("points"))
        .isNotEmpty();
    assertThat(CliRunner.in(repository, "slo", "spent", "none").err()).contains("orders, low");
    assertThat(CliRunner.in(repository, "slo", "spent", "orders", "--since", "soon").err())
        .contains("\"soon\"", "7d");
    assertThat(CliRunner.in(repository, "slo", "replay", "orders", "--target", "100").err())
        .contains("no error budget");
  }
}
