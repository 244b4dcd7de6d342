package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Changes are read, queued and merged at the command line. */
@DisabledOnOs(OS.WINDOWS) // its agent is a shell command
class ChangeCliTest {
  @TempDir Path folder;
  private Path repository;

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  @Test
  void aChangeIsSplitShownAsAStackAndJoined() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                defaults: { attempts: 1, timeout: 30s }
                agents: { a: { driver: command, run: "mkdir x y; echo 1 > x/1; echo 2 > y/2" } }
                """)
            .commit()
            .path();
    hd("trust", "--yes");
    Path plan =
        Files.writeString(
            folder.resolve("p.yaml"),
            "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n");
    hd("plan", "import", plan.toString());
    hd("run", "--until-idle");
    assertThat(hd("change", "split", "C-1", "--preview").out()).contains("x/", "y/", "+1 -0");
    assertThat(hd("change", "split", "C-1", "--preview", "--json").json().path("parts")).hasSize(2);
    assertThat(hd("change", "split", "C-1").out()).contains("C-1 is split into C-2, C-3.");
    assertThat(hd("changes").out()).contains("1 of 2", "2 of 2", "split into #2, #3");
    assertThat(hd("change", "show", "C-3").out()).contains("2 of 2, on C-2, part of C-1");
    assertThat(hd("change", "show", "C-1").out()).contains("split into C-2, C-3");
    assertThat(hd("change", "join", "C-1").out()).contains("C-1 is one change again");
    assertThat(hd("change", "split", "C-1", "--json").json().path("parts")).hasSize(2);
  }

  @Test
  void severalAgentsDoTheSameAndOneIsChosen() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    var shop =
        new Shop(folder)
            .configure(
                """
                version: 1
                defaults: { attempts: 1, timeout: 30s }
                decisions: { default: { human: none } }
                agents:
                  a: { driver: command, run: "echo a > who.txt" }
                  b: { driver: command, run: "echo b > who.txt" }
                """)
            .commit();
    repository = shop.path();
    hd("trust", "--yes");
    assertThat(hd("alternatives").out()).contains("No task is done by several agents");
    assertThat(hd("run", "--task", "Say who", "--agent", "a", "--agent", "bb").err())
        .contains("is for agent bb", "did you mean b");
    var run = hd("run", "--task", "Say who", "--agent", "a", "--agent", "b");
    assertThat(run.out() + run.err()).contains("a choice between alternatives waits for you: T-1");
    assertThat(hd("alternatives").out()).contains("choose", "a, b", "Choose one of 2");
    var compared = hd("alternatives", "show", "T-1", "--json").json();
    assertThat(compared.path("alternatives")).hasSize(2);
    assertThat(compared.at("/alternatives/1/task").asText()).isEqualTo("T-1-b");
    assertThat(hd("alternatives", "show", "T-1-b").out())
        .contains("not known", "to choose", "+1 -0", "hivedeck alternatives choose C-");
    assertThat(hd("alternatives", "add", "T-1", "--agent", "b", "--json").json().at("/working"))
        .hasToString("1");
    assertThat(hd("task", "cancel", "T-1-c").status()).isZero();
    String change = compared.at("/alternatives/1/result/change").asText();
    assertThat(hd("change", "merge", change).err()).contains("of which none is chosen yet");
    assertThat(hd("alternatives", "choose", "T-1").out()).contains("T-1 is chosen");
    assertThat(hd("alternatives", "undo", "T-1").out()).contains("Choose one of 2");
    assertThat(hd("alternatives", "choose", change).out()).contains("T-1-b is chosen");
    hd("run", "--until-idle");
    assertThat(hd("alternatives", "show", change).out()).contains("On main");
    assertThat(shop.git().must("show", "main:who.txt")).isEqualTo("b");
    assertThat(hd("alternatives", "choose", "T-1").err()).contains("is on main already");
    assertThat(hd("task", "add", "Again", "--agent", "a,b").out())
        .contains("is added for 2 agents");
  }

  @Test
  void aChangeIsReadReturnedQueuedAndMerged() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                defaults: { attempts: 1, timeout: 30s }
                changes: { merge: { batch: 2 }, size: { warn: 1, max: 1 } }
                agents: { a: { driver: command, run: "seq 2 > $HIVEDECK_TASK.txt" } }
                gates: { usual: { run: "true", at: [attempt, merge] } }
                """)
            .commit()
            .path();
    hd("trust", "--yes");
    Path plan =
        Files.writeString(
            folder.resolve("p.yaml"),
            "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n"
                + "  - { id: T-2, title: Two, agent: a, prompt: x }\n");
    hd("plan", "import", plan.toString());
    hd("run", "--until-idle");
    assertThat(hd("change", "show", "C-1").out()).contains("#1 One", "(size)");
    assertThat(hd("change", "clear", "C-1", "sise", "--because", "x").err()).contains("size");
    assertThat(hd("change", "clear", "C-1", "size").err()).contains("Without a reason");
    assertThat(hd("change", "clear", "C-1", "size", "--because", "One table.").status()).isZero();
    assertThat(hd("change", "clear", "C-2", "size", "--because", "Two.", "--json").json())
        .isNotEmpty();
    assertThat(hd("change", "show", "C-1").out())
        .contains("Review 2 lines", "Cleared", "by you, because: One table.");
    assertThat(hd("change", "clear", "C-1", "size", "--undo").out()).contains("again");
    assertThat(hd("change", "show", "C-1").out()).doesNotContain("One table.");
    hd("change", "clear", "C-1", "size", "--because", "One table.");
    assertThat(hd("change", "describe", "C-1").out()).contains("Nobody has described C-1.");
    assertThat(hd("change", "describe", "C-1", "--section", "luck", "x").err()).contains("luck");
    assertThat(hd("change", "describe", "C-1", "--section", "risk").err()).contains("together");
    assertThat(hd("change", "describe", "C-1", "--section", "risk", "It is slow.").status())
        .isZero();
    assertThat(hd("change", "describe", "C-1").out()).contains("risk (you): It is slow.");
    assertThat(hd("change", "show", "C-1").out()).contains("Described:", "It is slow.");
    assertThat(hd("change", "describe", "C-1", "--section", "risk", "").out()).contains("missing");
    assertThat(hd("change", "comment", "C-1").err()).contains("says nothing");
    assertThat(hd("change", "comment", "C-1", "--resolve", "9").err()).contains("no comment 9");
    assertThat(hd("change", "comment", "C-1", "x", "--resolve", "1").err()).contains("two acts");
    assertThat(hd("change", "comment", "C-1", "x", "--line", "a:1:y").err()).contains("--line");
    assertThat(hd("change", "comment", "C-1", "--line", "T-1.txt:1-2:Why two?").status()).isZero();
    assertThat(hd("change", "comment", "C-1", "It is both.", "--reply", "1").status()).isZero();
    assertThat(hd("change", "show", "C-1").out())
        .contains("Comments: 2, 1 unresolved", "you T-1.txt:1-2: Why two?", "2 to 1");
    assertThat(hd("change", "comment", "C-1", "--resolve", "2", "--json").json()).isNotEmpty();
    assertThat(hd("change", "show", "C-1").out())
        .contains("(resolved by you)")
        .doesNotContain("unresolved");
    assertThat(hd("change", "comment", "C-1", "--unresolve", "1").out()).contains("open again");
    assertThat(hd("change", "show", "C-1", "--json").json().path("id").asText()).isEqualTo("C-1");
    assertThat(hd("change", "reading", "C-1", "--hunks").out()).contains("T-1.txt");
    assertThat(hd("change", "seen", "C-1", "--file", "T-1.txt").status()).isZero();
    assertThat(hd("change", "seen", "C-1", "--file", "none.txt").err()).contains("none.txt");
    assertThat(hd("change", "split", "C-1", "--by", "commit").err()).contains("it is one commit");
    assertThat(hd("change", "split", "C-1", "--by", "guess").err()).contains("guess");
    assertThat(hd("change", "join", "C-1").err()).contains("was not split");
    assertThat(hd("queue").out()).contains("No change is in line");
    assertThat(hd("queue").out()).contains("By merge, in batches of up to 2");
    assertThat(hd("queue", "--json").json().path("method").asText()).isEqualTo("merge");
    assertThat(hd("change", "return-advice", "C-1").err()).contains("no advice");
    assertThat(hd("queue", "conflicts").status()).isZero();
    assertThat(hd("queue", "freeze", "a release").status()).isZero();
    assertThat(hd("queue").out()).contains("a release");
    assertThat(hd("queue", "first", "C-9").err()).contains("C-9");
    hd("change", "approve", "C-1");
    hd("change", "approve", "C-2");
    assertThat(hd("queue", "first", "C-2").status()).isZero();
    assertThat(hd("queue", "--json").json().path("freezes")).isNotEmpty();
    assertThat(hd("queue").out()).contains("C-1", "C-2");
    assertThat(hd("queue", "unfreeze").status()).isZero();
    hd("run", "--until-idle");
    assertThat(hd("queue", "merges").out()).contains("C-1", "C-2", "same tree");
    assertThat(hd("queue", "merges", "--json").json()).hasSize(2);
    assertThat(hd("queue", "batches").out()).contains("B-1", "C-1", "C-2");
    assertThat(hd("queue", "batches", "--json").json()).isNotEmpty();
    assertThat(hd("figures").out()).contains("without-rework");
    assertThat(hd("figures", "first-try").out()).contains("C-1");
    assertThat(hd("figures", "nonsense").err()).contains("nonsense");
    assertThat(hd("github").out()).contains("Not linked");
    assertThat(hd("github", "status", "--json").status()).isZero();
    assertThat(hd("github", "sync").err()).contains("github link");
    assertThat(hd("github", "link").err()).contains("no remote origin");
  }
}
