package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Feature flags are listed, set, killed and restored at the command line, also without an engine.
 */
class FlagCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  private void configure(String yaml) throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository = new Shop(folder).configure("version: 1\n" + yaml).commit().path();
  }

  @Test
  void oneIsShownSetKilledAndRestored() throws IOException {
    configure("");
    assertThat(hd("flags").out()).contains("flags: in .hivedeck/hive.yaml");
    configure(
        """
        flags:
          new-checkout:
            weights: { on: 20% }
            rules: [ { attribute: plan, in: [pro, 3], serve: on } ]
          theme: { variants: { light: l, dark: d, sepia: s }, default: light }
        """);
    hd("trust", "--yes");
    assertThat(hd("flags").out()).contains("new-checkout", "boolean", "on 20%, off 80%");
    assertThat(hd("flag", "show", "new-checkout").out())
        .contains("shares by targetingKey", "off (default)", "plan in \"pro\", 3");
    assertThat(hd("flag", "set", "new-checkout", "12.5%").out()).contains("12.5%");
    assertThat(hd("flags").out()).contains("on 12.5%, off 87.5%", "person");
    assertThat(hd("flag", "set", "theme", "5").err()).contains("2 variants beside its default");
    assertThat(hd("flag", "set", "theme", "5", "--variant", "dark").status()).isZero();
    assertThat(hd("flag", "set", "theme", "much", "--variant", "dark").err()).contains("no share");
    assertThat(hd("flag", "kill", "new-checkout", "--because", "it burns").status()).isZero();
    assertThat(hd("flags").out()).contains("killed: all get off; it burns");
    assertThat(hd("flag", "show", "new-checkout", "--json").json().get("killed").asBoolean())
        .isTrue();
    assertThat(hd("flag", "restore", "new-checkout").out()).contains("evaluated again");
    assertThat(hd("flag", "kill", "them").err()).contains("did you mean theme?");
  }
}
