package dev.hivedeck.app.cli.worktree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The app of a change is begun, looked at and ended at the command line. */
@DisabledOnOs(OS.WINDOWS) // its app is a shell command
class PreviewCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  @Test
  void theAppOfAChangeIsBegunReadAndEnded() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                agents: { maker: { run: echo made > made.txt } }
                decisions: { default: { human: required } }
                worktree: { run: cat made.txt; exec sleep 600 }
                """)
            .commit()
            .path();
    assertThat(hd("preview").out()).contains("No preview runs");
    var without = hd("preview", "start", "C-1");
    assertThat(without.err()).contains("No engine runs", "hivedeck serve");
    assertThat(without.status()).isNotZero();
    hd("trust", "--yes");
    hd("task", "add", "Make");
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
      engine.execute(new Command.StartHive(1), null);
      until(() -> hd("changes").out().contains("Make"));
      assertThat(hd("preview", "stop", "C-1").err()).contains("No preview of C-1 runs");
      assertThat(hd("preview", "start", "C-7").err()).contains("no change C-7");
      assertThat(hd("preview", "start", "#1").out()).contains("The app of C-1 is begun");
      until(() -> hd("preview", "logs", "C-1").out().contains("made"));
      assertThat(hd("preview", "list", "--json").json().at("/0/id").asText())
          .isEqualTo("preview:C-1");
      assertThat(hd("services").out()).contains("preview:C-1");
      assertThat(hd("preview", "stop", "C-1").out()).contains("The app of C-1 ends");
      until(() -> hd("preview").out().contains("No preview runs"));
    }
  }
}
