package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the setup of a folder makes and changes there is nobody's work. */
class SetupWorkTest {
  private static final String SETUP =
      "mkdir -p out && echo built > out/generated.txt && echo locked > lock.json && rm old.txt";

  private static final String PLAN =
      "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n";

  @TempDir Path folder;
  private TestRepository sandbox;
  private String setup = SETUP;

  @BeforeEach
  void checkout() {
    sandbox = new TestRepository(folder);
    sandbox.write("lock.json", "as committed\n");
    sandbox.write("old.txt", "old\n");
    sandbox.commit("Begin");
  }

  private void hive(String isolation, String agent, String gate) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        workspace: { isolation: %s }
        defaults: { attempts: 1, timeout: 60s }
        agents: { a: { driver: command, run: sh ../agent.sh } }
        gates:
          first: { run: "sh ../gate.sh", at: [attempt, merge] }
          second: { run: "sh ../gate.sh", at: [attempt, merge] }
        decisions: { default: { human: none } }
        worktree: { setup: "%s" }
        """
            .formatted(isolation, setup)
            .replace("../", folder + "/"));
    sandbox.git("add", ".hivedeck");
    sandbox.git("commit", "-q", "-m", "Configure");
    script("agent.sh", agent);
    script("gate.sh", gate);
  }

  private void script(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void untilMerged(Engine engine) {
    TestRepository.await(
        "merged",
        engine,
        () ->
            TestRepository.changes(engine).stream().anyMatch(c -> c.state() == ChangeState.MERGED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void whoDoesNothingBesideHasChangedNothing(String isolation) {
    hive(isolation, "true\n", "true\n");
    String main = sandbox.git("rev-parse", "main");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "given up", engine, () -> TestRepository.task(engine, "T-1").state() == TaskState.DEAD);
      assertThat(TestRepository.changes(engine)).isEmpty();
    }
    assertThat(sandbox.git("rev-parse", "main")).isEqualTo(main);
    assertThat(sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept")).isEmpty();
  }

  /** Also where the agent commits all that is there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "clone: true",
        "worktree: true",
        "clone: git add -A && git -c user.name=a -c user.email=a@x commit -qm all"
      })
  void onlyWhatTheAgentChangedReachesMain(String how) throws IOException {
    hive(
        how.substring(0, how.indexOf(':')),
        "echo mine > a.txt\n" + how.substring(how.indexOf(':') + 2) + "\n",
        // As the setup left it, for the second gate of a checkout as for the first.
        "test \"$(cat lock.json out/generated.txt | tr '\\n' ,)\" = locked,built, || exit 1\n"
            + "test ! -e old.txt && test -f a.txt || exit 1\n"
            + "echo run >> "
            + folder
            + "/runs\necho spoiled > lock.json; echo spoiled > out/generated.txt\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      untilMerged(engine);
    }
    assertThat(Files.readAllLines(folder.resolve("runs"))).as("two gates, twice").hasSize(4);
    assertThat(sandbox.git("ls-tree", "-r", "--name-only", "main").lines())
        .contains("a.txt", "old.txt")
        .doesNotContain("out/generated.txt");
    assertThat(sandbox.git("show", "main:lock.json")).isEqualTo("as committed");
  }

  /** Then its folder is as its commit, and gates that judge there have nothing against it. */
  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void whatTheAgentPutBackIsNoDifference(String isolation) {
    hive(
        isolation,
        "echo mine > a.txt; echo 'as committed' > lock.json; echo old > old.txt; rm -r out\n",
        "test -f a.txt\n");
    String text = sandbox.git("show", "main:.hivedeck/hive.yaml");
    sandbox.write(
        ".hivedeck/hive.yaml",
        text.replace("at: [attempt, merge]", "at: [attempt], checkout: attempt") + "\n");
    sandbox.commit("Gates judge where the agent worked");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      untilMerged(engine);
    }
    assertThat(sandbox.git("show", "main:a.txt")).isEqualTo("mine");
    assertThat(sandbox.git("show", "main:lock.json")).isEqualTo("as committed");
  }

  @Test
  void whatTheAgentChangedFurtherIsItsWork() {
    hive(
        "clone",
        "echo more >> lock.json; echo again > old.txt; echo x >> out/generated.txt\n",
        "true\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      untilMerged(engine);
    }
    assertThat(sandbox.git("show", "main:lock.json")).isEqualTo("locked\nmore");
    assertThat(sandbox.git("show", "main:old.txt")).isEqualTo("again");
    assertThat(sandbox.git("show", "main:out/generated.txt")).isEqualTo("built\nx");
  }

  @Test
  void whatIsKnownOfItOutlivesTheEngine() throws IOException {
    hive(
        "clone",
        "test -f half.txt && { echo whole > whole.txt; exit 0; }\n"
            + "echo half > half.txt; touch "
            + folder
            + "/half; sleep 600\n",
        "true\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await("half", engine, () -> Files.exists(folder.resolve("half")));
    }
    try (Engine engine = sandbox.open()) {
      untilMerged(engine);
    }
    assertThat(sandbox.git("ls-tree", "-r", "--name-only", "main").lines())
        .contains("half.txt", "whole.txt", "old.txt")
        .doesNotContain("out/generated.txt");
    assertThat(sandbox.git("show", "main:lock.json")).isEqualTo("as committed");
  }

  /** It is nobody's work, and no failure of the agent's. */
  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void whatTheSetupMakesTooLargeIsLeftOut(String isolation) {
    setup = "head -c 3000000 /dev/zero > big.bin && echo small > small.txt";
    hive(isolation, "test -s big.bin && echo mine > a.txt\n", "test -f a.txt\n");
    String text = sandbox.git("show", "main:.hivedeck/hive.yaml");
    sandbox.write(
        ".hivedeck/hive.yaml", text.replace("workspace: {", "workspace: { largest: 1 MB,") + "\n");
    sandbox.commit("Less");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      untilMerged(engine);
    }
    assertThat(sandbox.git("ls-tree", "-r", "--name-only", "main").lines())
        .contains("a.txt")
        .doesNotContain("big.bin", "small.txt");
    assertThat(sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept")).isEmpty();
  }

  /** Somebody stands in it, to see what is wrong: what they change there is theirs. */
  @Test
  void whatAPersonChangesWhereTheSetupFailedIsKept() throws Exception {
    setup = "echo made > made.txt; pwd > ../where; until test -e ../go; do sleep 0.1; done; exit 7";
    setup = setup.replace("../", folder + "/");
    hive("clone", "true\n", "true\n");
    Process stands = null;
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      Path where = folder.resolve("where");
      TestRepository.await(
          "it is set up", engine, () -> Files.exists(where) && where.toFile().length() > 1);
      Path worktree = Path.of(Files.readString(where).strip());
      stands = new ProcessBuilder("sleep", "600").directory(worktree.toFile()).start();
      Files.createFile(folder.resolve("go"));
      TestRepository.await(
          "given up", engine, () -> TestRepository.task(engine, "T-1").state() == TaskState.DEAD);
      Files.writeString(worktree.resolve("fix.txt"), "a fix of the user's\n");
      stands.destroyForcibly().waitFor();
    } finally {
      if (stands != null) {
        stands.destroyForcibly();
      }
    }
    var kept = sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept").lines();
    assertThat(kept.toList())
        .singleElement()
        .satisfies(
            ref ->
                assertThat(sandbox.git("ls-tree", "--name-only", ref).lines())
                    .contains("fix.txt")
                    .doesNotContain("made.txt"));
  }
}
