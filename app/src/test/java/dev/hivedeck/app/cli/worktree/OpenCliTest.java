package dev.hivedeck.app.cli.worktree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Folders of work are opened from the command line, and what is gone is said. */
@DisabledOnOs(OS.WINDOWS) // its editor is a shell script
class OpenCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  private void until(Path file) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!Files.exists(file) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(file).exists();
  }

  private String[] with(String what, Path opened) throws IOException {
    var script =
        Files.writeString(
            folder.resolve("my editor.sh"),
            "for a in \"$@\"; do printf '%s\\n' \"$a\"; done > '"
                + opened
                + ".new'; mv '"
                + opened
                + ".new' '"
                + opened
                + "'");
    return new String[] {"open", what, "--editor", "sh '" + script + "'", "--json"};
  }

  @Test
  void aWorktreeIsOpenedWhileItIsThereAndThenItIsSaidWhereItsWorkIs() throws Exception {
    System.setProperty("hivedeck.home", folder.resolve("home ü").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                agents: { writer: { run: echo done > notes.md; exit 1 } }
                gates: { fine: { run: "true" } }
                defaults: { attempts: 1 }
                """)
            .write("a b.txt", "here")
            .commit()
            .path();
    var opened = folder.resolve("opened");
    var whole = with("", opened);
    var repositoryOnly =
        Arrays.stream(whole).filter(word -> !word.isEmpty()).toArray(String[]::new);
    assertThat(hd(repositoryOnly).json().path("folder").asText()).contains("shop");
    until(opened);
    assertThat(Files.readString(opened)).isEqualTo(repository + "\n");
    assertThat(hd("open", "--path").out().strip()).isEqualTo(repository.toString());

    assertThat(hd("open", "T-1").err()).contains("no task T-1");
    assertThat(hd("open", "#4").err()).contains("no change C-4");
    assertThat(hd("open", "../x.1").err()).contains("no attempt");
    assertThat(hd("open", "--terminal", "--files").status()).isEqualTo(2);
    assertThat(hd("open", "--editor", "nonesuch").err()).contains("no program nonesuch");
    assertThat(hd("open", "--file", "../x").err()).contains("no file ../x");
    Path elsewhere = Files.writeString(folder.resolve("elsewhere.txt"), "not of it");
    Files.createSymbolicLink(repository.resolve("out"), elsewhere);
    assertThat(hd("open", "--file", "out").err()).contains("no file out");
    Files.delete(repository.resolve("out"));
    assertThat(hd("open", "--terminal", "--file", "a b.txt").err()).contains("Only an editor");
    assertThat(hd("open", "--list", "--json").json().isArray()).isTrue();

    hd("trust", "--yes");
    assertThat(hd("task", "add", "Write").status()).isZero();
    assertThat(hd("open", "T-1").err()).contains("nobody began it yet");
    hd("run", "--until-idle");
    var gone = hd("open", "T-1");
    assertThat(gone.status()).isEqualTo(2);
    assertThat(gone.err())
        .contains("T-1.1 has no worktree any more", "kept as", "git worktree add");
  }
}
