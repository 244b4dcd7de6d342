package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.app.cli.CliRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, from beginning to end. */
class DemoTest {
  @TempDir Path folder;

  @Test
  void everythingThatThePlanMustLeadToCameAbout() throws Exception {
    var demo =
        CliRunner.type(
            "demo", "--headless", "--json", "--speed", "40", "--keep", folder.toString());
    assertThat(demo.status()).as(demo.out() + demo.err()).isZero();
    var counts = demo.json().get("counts");
    assertThat(counts.get("tasks").asInt()).isEqualTo(30);
    assertThat(counts.get("done").asInt()).isEqualTo(29);
    assertThat(counts.get("fallenBack").asInt()).isEqualTo(1);
    assertThat(counts.get("merges").asInt()).isEqualTo(31);
    assertThat(counts.get("culprits").asInt()).as("found in a batch").isEqualTo(1);
    assertThat(counts.get("stacks").asInt()).as("merged as one").isEqualTo(1);
    assertThat(counts.get("forecasts").asInt()).as("told before they met").isPositive();
    assertThat(counts.get("reverts").asInt()).isEqualTo(1);
    assertThat(counts.get("permissions").asInt()).isEqualTo(1);
    assertThat(counts.get("chosen").asInt()).isEqualTo(1);
    assertThat(counts.get("tokens").asInt()).isGreaterThan(200_000);
    assertThat(counts.get("lessons").asInt()).isPositive();
    assertThat(counts.get("alertsFired").asInt()).as("deliveries are lost").isEqualTo(1);
    assertThat(counts.get("alertsResolved").asInt()).as("until the fix merges").isEqualTo(1);
    assertThat(counts.get("promoted").asInt()).as("the fine version").isEqualTo(1);
    assertThat(counts.get("rolledBack").asInt()).as("the one that fails").isEqualTo(1);
    assertThat(demo.json().get("wrong")).isEmpty();
    recomputed(folder.resolve("storefront"), counts.get("merges").asInt());
  }

  /** A script that shares nothing with the program comes to the same figures, from events alone. */
  private void recomputed(Path workspace, int merges) throws Exception {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    try {
      var figures = CliRunner.in(workspace, "figures", "--json");
      assertThat(figures.json().at("/figures/0/unknown").asInt())
          .as("of what is younger than 14 days it is not known yet")
          .isEqualTo(merges);
      var events = CliRunner.in(workspace, "events", "--json", "--last", "1000000");
      var told = Files.writeString(folder.resolve("figures.json"), figures.out());
      var log = Files.writeString(folder.resolve("events.jsonl"), events.out());
      assumeTrue(python(), "python3 is not there: figures are not recomputed");
      var script =
          new ProcessBuilder(
                  "python3",
                  Path.of("..", "docs", "tools", "recompute.py").toString(),
                  log.toString(),
                  told.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(script.waitFor()).as(said).isZero();
      assertThat(said).contains(", 0 differ");
      Files.writeString(told, figures.out().replace("\"value\":", "\"value\":1"));
      var caught =
          new ProcessBuilder(
                  "python3", "../docs/tools/recompute.py", log.toString(), told.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(caught.waitFor()).as("other figures are told apart").isOne();
    } finally {
      System.clearProperty("hivedeck.home");
    }
  }

  private static boolean python() {
    try {
      return new ProcessBuilder("python3", "-c", "").redirectErrorStream(true).start().waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
