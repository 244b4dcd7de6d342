package dev.hivedeck.app.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A game day at the command line, with a real service that is killed and begun again. */
@DisabledOnOs(OS.WINDOWS) // its service is a shell command
class ChaosCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  private String plan(String faults) throws IOException {
    return Files.writeString(folder.resolve("chaos.yaml"), faults).toString();
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  @Test
  void aServiceIsKilledOnlyWithConsentAndItIsMeasuredUntilItIsWellAgain() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure("version: 1\nservices: { idle: { run: exec sleep 600 } }\n")
            .commit()
            .path();
    hd("trust", "--yes");
    String file =
        plan(
            """
            faults:
              - { do: kill, service: idle }
              - { do: freeze, service: idle, for: 1s }
            """);
    assertThat(hd("chaos", file, "--yes").err()).contains("No engine runs here");
    assertThat(hd("chaos", "list").out()).contains("There was no game day yet");
    assertThat(hd("chaos", "show").err()).contains("There was no game day yet");
    assertThat(hd("chaos").err()).contains("goes by a plan");
    try (var engine =
        Engine.open(
            new EngineOptions(
                repository,
                folder.resolve("home"),
                10,
                true,
                0,
                0,
                new SystemTimers(),
                () -> UUID.randomUUID().toString(),
                new Random(1)))) {
      until(() -> hd("services").out().contains("healthy"));
      var pid = pid();
      var asked = hd("chaos", file);
      assertThat(asked.status()).isEqualTo(3);
      assertThat(asked.out()).contains("kill service idle", "Nothing was done");
      assertThat(pid()).isEqualTo(pid);
      var report = hd("chaos", file, "--yes", "--json");
      var faults = report.json().path("faults");
      assertThat(report.status()).as(report.out()).isZero();
      assertThat(report.json().path("complete").asBoolean()).isTrue();
      assertThat(faults.at("/0/result").asText()).isEqualTo("recovered");
      assertThat(faults.at("/0/target").asText()).isEqualTo("idle-1");
      assertThat(faults.at("/0/recovered").asDouble())
          .isGreaterThanOrEqualTo(faults.at("/0/noticed").asDouble());
      assertThat(faults.at("/1/result").asText()).as("nothing checks it").isEqualTo("unnoticed");
      assertThat(pid()).isNotEqualTo(pid);
      var told = hd("chaos", plan("faults: [{ do: freeze, service: idle, for: 1s }]"), "--yes");
      assertThat(told.status()).as("it was well again").isZero();
      assertThat(told.out()).contains("unnoticed", "Nothing noticed 1 fault");
      assertThat(engine.closing()).isFalse();
      assertThat(hd("chaos", "list").out()).contains("chaos.yaml", "complete", "1 of 2", "0 of 1");
      var kept = hd("chaos", "show", "1", "--json").json();
      assertThat(kept.path("state").asText()).isEqualTo("complete");
      assertThat(kept.at("/report/faults")).isEqualTo(faults);
      assertThat(hd("chaos", "show").out()).contains("Game day 2 by chaos.yaml", "unnoticed");
      assertThat(hd("chaos", "show", "9").err()).contains("There is no game day 9");
    }
    assertThat(hd("chaos", "list", "--json").json()).as("without an engine too").hasSize(2);
    assertThat(cutOff().path("state").asText()).isEqualTo("cut_off");
    oneThatCannotBeReadIsInNobodysWay();
    assertThat(hd("chaos", plan("faults: [{ do: burn, service: idle }]")).err())
        .contains("chaos.yaml:1");
  }

  private void oneThatCannotBeReadIsInNobodysWay() throws IOException {
    for (String text :
        List.of("{", "null", "[]", "{}", "{\"number\":2,\"state\":\"odd\"}", "\u0000")) {
      Files.writeString(kept(), text);
      var list = hd("chaos", "list");
      assertThat(list.status()).as(text).isZero();
      assertThat(list.out()).contains("1 of 2", "2 is unreadable", kept().toString());
      var listed = hd("chaos", "list", "--json").json();
      assertThat(listed.at("/0/state").asText()).isEqualTo("unreadable");
      assertThat(listed.at("/0/file").asText()).isEqualTo(kept().toString());
      assertThat(listed.at("/1/state").asText()).isEqualTo("complete");
      assertThat(hd("chaos", "show", "1").out()).contains("Game day 1");
      assertThat(hd("chaos", "show").err()).contains(kept().toString(), "or remove it");
    }
  }

  private Path kept() throws IOException {
    try (var files = Files.walk(folder.resolve("home"))) {
      return files
          .filter(f -> f.endsWith(Path.of("game-days", "2.json")))
          .findFirst()
          .orElseThrow();
    }
  }

  /** One whose program was killed. */
  private JsonNode cutOff() throws IOException {
    Path file = kept();
    String text = Files.readString(file);
    Files.writeString(
        file,
        text.replace("\"complete\",\"pid\":", "\"running\",\"pid\":999999999")
            .replaceFirst("9{9}\\d+", "999999999"));
    return hd("chaos", "show", "2", "--json").json();
  }

  private String pid() {
    return hd("services", "--json").json().at("/0/instances/0/pid").asText();
  }
}
