package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.git.Git;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial, done as it is written. */
@DisabledOnOs(OS.WINDOWS)
class TutorialTest {
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir Path folder;

  @BeforeEach
  void home() {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
  }

  @AfterEach
  void noHome() {
    System.clearProperty("hivedeck.home");
  }

  @Test
  void anAgentThatNeedsNoAccountGetsItsWorkOntoMain() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "getting-started.md"));
    String section = page.split("\n## ")[2];
    assertThat(section).startsWith("Your own repository, with an agent that needs no account");
    var shop = new Shop(folder).write("README.md", "# Shop\n");
    Path repository = shop.configure(section.split("```yaml\n")[1].split("```")[0]).commit().path();
    var ends = new ArrayList<Integer>();
    for (String line : section.lines().filter(l -> l.startsWith("    hivedeck ")).toList()) {
      var answer = CliRunner.in(repository, words(line.strip().substring("hivedeck ".length())));
      assertThat(answer.status()).as("%s%n%s", line, answer).isIn(0, 4);
      ends.add(answer.status());
    }
    assertThat(ends).as("the first run waits for a person").isEqualTo(List.of(0, 0, 4, 0, 0, 0, 0));
    assertThat(new Git(repository).must("show", "main:NOTES.md"))
        .contains("What we decided today.");
    assertThat(repository.resolve("NOTES.md")).exists();
  }

  private static String[] words(String line) {
    return WORD.matcher(line)
        .results()
        .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
        .toArray(String[]::new);
  }
}
