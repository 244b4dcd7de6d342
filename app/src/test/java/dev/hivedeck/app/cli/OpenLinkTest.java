package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.app.Launcher;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenLinkTest {
  @Test
  void namesAFolder() {
    assertThat(OpenLink.folder("hivedeck://open?folder=/srv/Meine%20Gr%C3%B6%C3%9Fe"))
        .isEqualTo(Path.of("/srv/Meine Größe"));
    assertThat(OpenLink.folder("file:///srv/a%20b")).isEqualTo(Path.of("/srv/a b"));
    assertThat(OpenLink.folder("shop")).isEqualTo(Path.of("shop"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hivedeck://open",
        "hivedeck://open?folder=",
        "hivedeck://open?folder=shop",
        "hivedeck://open?folder=%zz",
        "hivedeck://open?folder=/a%00b",
        "hivedeck://run?folder=/srv",
        "hivedeck:",
        "hivedeck:// ",
        "file://elsewhere/srv"
      })
  void refusesWhatNamesNone(String link) {
    assertThatThrownBy(() -> OpenLink.folder(link)).hasMessageContaining("is no link");
  }

  @Test
  void aBadLinkIsToldOnTheCommandLine() {
    var err = new ByteArrayOutputStream();
    int status =
        Launcher.run(
            new PrintStream(PrintStream.nullOutputStream()),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            "hivedeck://nonsense");
    assertThat(status).isEqualTo(HivedeckCommand.BAD_INPUT);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("is no link that Hivedeck can open")
        .contains("hivedeck://open?folder=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hivedeck://open?folder=/srv/a", "file:///srv/a", "/srv/a"})
  void aLinkIsReadAlsoBesideOptionsAndIsTold(String word) {
    for (String[] line : new String[][] {{word}, {"--quiet", word}}) {
      var opened = new ArrayList<String>();
      var nowhere = new PrintStream(PrintStream.nullOutputStream());
      int status =
          HivedeckCommand.run(
              nowhere,
              nowhere,
              Map.of(),
              (cli, folder) -> {
                opened.add(folder + " " + cli.isByLink());
                return 0;
              },
              line);
      assertThat(status).isZero();
      assertThat(opened).containsExactly("/srv/a " + word.startsWith("hivedeck:"));
    }
  }
}
