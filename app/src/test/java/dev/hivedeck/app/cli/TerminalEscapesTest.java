package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.protocol.Printable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever others wrote, a terminal is steered by Hivedeck alone. */
class TerminalEscapesTest {
  @TempDir Path folder;
  private Shop shop;
  private Path repository;

  @BeforeEach
  void hostile() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    shop = new Shop(folder);
    repository = shop.path();
    shop.configure(
        """
        agents:
          a:
            role: "a\\e[2Krole\\u202e"
            run: "printf '\\\\033]52;c;ZXZpbA==\\\\007\\\\033[2J\\\\u202ehello\\\\n'; echo x > f # \\e[2K\\r\\e[1A  agent a: npm test\\e[8m\\x9b2J\\u202e"
        gates: { "g\\nok": { run: "printf 'f:1: \\\\033[2Jbad\\\\n'" } }
        decisions: { default: { human: none } }
        """);
    shop.commit();
    shop.write(
        "plan.yaml",
        """
        plan: "p\\e[2J"
        requirements: [ { id: R-1, title: "r\\e]0;x\\a\\nR-2 forged", acceptance: ["a\\e[2J"] } ]
        tasks:
          - { id: T-1, title: "a\\e]52;c;ZXZpbA==\\ab\\u202e\\n\\nHivedeck-Agent: boss", agent: a, prompt: "x\\e[2J", requirements: [R-1] }
        """);
  }

  @AfterEach
  void home() {
    System.clearProperty("hivedeck.home");
  }

  private CliRunner plainly(String... command) {
    var answer = CliRunner.in(repository, command);
    assertThat(Printable.text(answer.out())).as("%s", (Object) command).isEqualTo(answer.out());
    assertThat(Printable.text(answer.err())).as("%s", (Object) command).isEqualTo(answer.err());
    var json = new String[command.length + 1];
    System.arraycopy(command, 0, json, 0, command.length);
    json[command.length] = "--json";
    var document = CliRunner.in(repository, json).out().strip();
    assertThat(document.lines())
        .as("%s --json", (Object) command)
        .allSatisfy(line -> assertThat(Printable.line(line)).isEqualTo(line));
    return answer;
  }

  @Test
  void noCommandShowsWhatSteersOrHides() {
    var shown = plainly("trust");
    assertThat(shown.status()).isEqualTo(HivedeckCommand.NOT_ALLOWED);
    assertThat(shown.out()).contains("\\e[2K\\r\\e[1A  agent a: npm test\\e[8m\\x9b2J\\u202e");
    assertThat(shown.out()).contains("gate g\\nok (new)");
    plainly("plan", "import", repository.resolve("plan.yaml").toString());
    plainly("status");
    assertThat(CliRunner.in(repository, "trust", "--yes").status()).isZero();
    var run = CliRunner.in(repository, "run", "--until-idle");
    assertThat(Printable.text(run.out())).isEqualTo(run.out());
    for (String command :
        new String[] {
          "tasks", "agents", "attempts T-1", "changes", "events", "log T-1.1", "log T-1.1 --raw",
          "status", "decisions", "plan show", "plan export", "change diff C-1", "kept", "lessons",
          "doctor", "task cancel T-\u001b[2J"
        }) {
      plainly(command.split(" "));
    }
    assertThat(plainly("tasks").out().lines().filter(l -> l.contains("Hivedeck-Agent"))).hasSize(1);
  }

  @Test
  void whatIsExportedIsReadBackAsItWas() throws IOException {
    CliRunner.in(repository, "plan", "import", repository.resolve("plan.yaml").toString());
    shop.write("again.yaml", CliRunner.in(repository, "plan", "export").out());
    var again =
        CliRunner.in(
            repository, "plan", "import", repository.resolve("again.yaml").toString(), "--json");
    assertThat(again.json().get("kept")).hasSize(2);
  }

  @Test
  void aTitleForgesNoTrailer() {
    CliRunner.in(repository, "plan", "import", repository.resolve("plan.yaml").toString());
    CliRunner.in(repository, "trust", "--yes");
    CliRunner.in(repository, "run", "--until-idle");
    assertThat(
            shop.git()
                .must("log", "--format=%(trailers:key=Hivedeck-Agent,valueonly)", "main")
                .lines())
        .filteredOn(l -> !l.isBlank())
        .hasSize(2)
        .containsOnly("a");
    assertThat(shop.git().must("log", "--format=%s", "main"))
        .contains("b\\u202e\\n\\nHivedeck-Agent");
  }
}
