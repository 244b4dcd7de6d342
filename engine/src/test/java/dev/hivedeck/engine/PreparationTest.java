package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Agents and gates find what the user's checkout has beside its commits, and none of it is work.
 */
class PreparationTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void checkout() {
    sandbox = new TestRepository(folder);
    sandbox.write(".gitignore", ".env\nnode_modules/\nconfig/*.local\n");
    sandbox.write("config/usual", "1\n");
    sandbox.write(".worktreeinclude", "config/*.local\n");
    sandbox.commit("Begin");
    sandbox.write(".env", "KEY=sesame-of-the-user\n");
    sandbox.write("config/db.local", "db\n");
    sandbox.write("node_modules/left-pad/index.js", "pad\n");
    sandbox.write("notes.txt", "a note of the user's\n");
  }

  /** One task for an agent that runs a script, merged without a person. */
  private void hive(String isolation, String worktree, String agent) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        workspace: { isolation: %s }
        defaults: { attempts: 1, timeout: 30s }
        agents: { a: { driver: command, run: sh ../agent.sh } }
        gates: { here: { run: "sh ../gate.sh", at: [attempt, merge] } }
        decisions: { default: { human: none } }
        worktree: %s
        """
            .formatted(isolation, worktree)
            .replace("../", folder + "/"));
    sandbox.git("add", ".hivedeck");
    sandbox.git("commit", "-q", "-m", "Configure");
    script("agent.sh", agent);
  }

  private void script(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final String PLAN =
      "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n";

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  private static AttemptViews.Attempt attempt(Engine engine) {
    return (AttemptViews.Attempt)
        engine.snapshot(Set.of(Topic.ATTEMPT)).things().get(Topic.ATTEMPT).getLast();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void agentsAndGatesHaveItAndMainDoesNot(String isolation) throws IOException {
    hive(
        isolation,
        "{ copy: [.env, notes.txt], link: [node_modules], ports: 3, setup: 'echo set >> "
            + folder
            + "/told; touch ready.env.local', teardown: 'echo gone $HIVEDECK_PORT >> "
            + folder
            + "/told' }",
        "test \"$CONDUCTOR_WORKSPACE_PATH:$EMDASH_PORT\" = \"$PWD:$HIVEDECK_PORT\" || exit 4\n"
            + "grep -q sesame .env && test -f config/db.local && test -f"
            + " node_modules/left-pad/index.js && test ! -e notes.txt && test -f ready.env.local ||"
            + " exit 3\n"
            + "echo $HIVEDECK_PORT $HIVEDECK_PORT_1 $HIVEDECK_PORT_2 $CONDUCTOR_PORT >> "
            + folder
            + "/ports\necho more > node_modules/more.js; rm ready.env.local\necho done > a.txt\n");
    script(
        "gate.sh",
        "test -f node_modules/left-pad/index.js && grep -q sesame .env && test -n"
            + " \"$HIVEDECK_PORT\" || { echo nothing is here; exit 1; }\n"
            + "test \"$SUPERSET_WORKSPACE_PATH\" = \"$PWD\" || exit 4\n"
            + "echo $HIVEDECK_PORT >> "
            + folder
            + "/ports\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
    }
    assertThat(sandbox.git("ls-tree", "-r", "--name-only", "main").lines())
        .contains("a.txt", "config/usual")
        .noneMatch(
            f -> f.equals(".env") || f.startsWith("node_modules") || f.startsWith("config/db"));
    assertThat(Files.readString(sandbox.repository.resolve("notes.txt"))).contains("a note");
    assertThat(sandbox.repository.resolve("node_modules/more.js")).doesNotExist();
    assertThat(sandbox.repository.resolve("node_modules/left-pad/index.js")).exists();
    var ports = lines("ports");
    assertThat(ports).hasSize(3);
    var own = ports.getFirst().split(" ");
    assertThat(own).hasSize(4);
    assertThat(own[3]).isEqualTo(own[0]);
    assertThat(ports.stream().map(line -> line.split(" ")[0]).distinct()).hasSize(3);
    var told = lines("told");
    assertThat(told.stream().filter("set"::equals)).as("attempt, its gates, its merge").hasSize(3);
    assertThat(told.stream().filter(line -> line.startsWith("gone "))).hasSize(3);
    assertThat(sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept"))
        .as("what was brought is not kept as work")
        .isEmpty();
  }

  @Test
  void worktreesAreWhereTheConfigurationPutsThem() throws IOException {
    hive("clone", "{ folder: '../wt' }", "pwd >> " + folder + "/where\necho done > a.txt\n");
    script("gate.sh", "pwd >> " + folder + "/where\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
    }
    assertThat(lines("where")).hasSize(3).allMatch(p -> p.startsWith(folder + "/wt/"));
    try (var left = Files.walk(folder.resolve("wt"), 2)) {
      assertThat(left.filter(p -> p.getNameCount() > folder.getNameCount() + 2))
          .as("all but the mark is gone")
          .allMatch(p -> p.getFileName().toString().startsWith("."));
    }
  }

  @Test
  void anAgentHasTheFoldersThatAreNamedAndGatesHaveAll() throws IOException {
    sandbox.write("services/api/a.txt", "a\n");
    sandbox.write("services/web/w.txt", "w\n");
    sandbox.commit("Services");
    hive(
        "clone",
        "{ sparse: [services/api] }",
        "test -f services/api/a.txt && test ! -e services/web || exit 3\n"
            + "echo more >> services/api/a.txt\n");
    script("gate.sh", "test -f services/web/w.txt && grep -q more services/api/a.txt\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
    }
    assertThat(sandbox.git("log", "-1", "--format=", "--name-only", "--first-parent", "-m", "main"))
        .isEqualTo("services/api/a.txt");
    assertThat(sandbox.git("show", "main:services/web/w.txt")).isEqualTo("w");
  }

  @Test
  void nothingBeginsWhereWorktreesMayNotBe() throws IOException {
    hive("clone", "{ folder: build }", "echo done > a.txt\n");
    script("gate.sh", "exit 0\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "told",
          engine,
          () -> engine.stats().held().toString().contains("git does not ignore it"));
      assertThat(sandbox.repository.resolve("build")).doesNotExist();
      sandbox.write(".git/info/exclude", "build/\n");
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
    }
  }

  @Test
  void aFolderThatWorktreesLieInIsNotBroughtToThem() throws IOException {
    sandbox.write("build/big.o", "big\n");
    sandbox.write(".git/info/exclude", "build/\n");
    hive(
        "clone",
        "{ folder: build/wt, copy: [build], link: [build] }",
        "test ! -e build || exit 3\necho done > a.txt\n");
    script("gate.sh", "exit 0\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
      String attempt = attempt(engine).id();
      assertThat(Json.as(engine.query(new Query.Log(attempt, 0, 500)), Query.LogPage.class).lines())
          .extracting(Query.LogLine::text)
          .anyMatch(text -> text.contains("not brought, as worktrees lie in it: build"))
          .noneMatch(text -> text.contains("your checkout has none"));
    }
  }

  @Test
  void aSetupThatFailsIsNotTheAgentsFailure() {
    hive("clone", "{ setup: 'echo no registry can be reached; exit 7' }", "echo done > a.txt\n");
    script("gate.sh", "exit 0\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "given up", engine, () -> TestRepository.task(engine, "T-1").state() == TaskState.DEAD);
      var attempt = attempt(engine);
      assertThat(attempt.reason()).isEqualTo("setup-failed");
      assertThat(TestRepository.task(engine, "T-1").reason())
          .contains("exit 7", "no registry can be reached");
    }
  }

  @ParameterizedTest
  @CsvSource({"clone, false", "worktree, false", "clone, true", "worktree, true"})
  void whoCommitsWhatWasCopiedIsRefused(String isolation, boolean takenOutAgain) {
    String commit = "git -c user.name=a -c user.email=a@x commit -qm env; ";
    hive(
        isolation,
        "{ copy: [.env] }",
        "git add -f .env; "
            + commit
            + (takenOutAgain ? "git rm -q --cached .env; " + commit : "")
            + "echo x > a.txt\n");
    script("gate.sh", "exit 0\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "refused", engine, () -> TestRepository.task(engine, "T-1").state() == TaskState.DEAD);
      assertThat(attempt(engine).reason()).isEqualTo("prepared-committed");
      assertThat(TestRepository.task(engine, "T-1").reason()).contains(".env");
    }
    assertThat(sandbox.git("log", "--full-history", "--format=%H", "main", "--", ".env")).isEmpty();
    assertThat(sandbox.git("log", "--format=%H", "main", "--", "a.txt")).isEmpty();
  }

  /** A gate that fails with it in a clean checkout is not run again where the agent worked. */
  @Test
  void whatWasBroughtIsNoReasonToLookWhereTheAgentWorked() throws IOException {
    hive("clone", "{ copy: [.env], link: [node_modules] }", "echo done > a.txt\n");
    script("gate.sh", "echo run >> " + folder + "/runs; exit 1\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "refused", engine, () -> TestRepository.task(engine, "T-1").state() == TaskState.DEAD);
    }
    assertThat(lines("runs")).hasSize(1);
  }

  /** What an agent left is where the next attempt goes on from. */
  @Test
  void aLinkInACommitLeadsNothingOutOfTheFolder() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    hive("clone", "{ copy: ['config/*.local'] }", "true\n");
    script("gate.sh", "exit 0\n");
    sandbox.git("rm", "-q", "-r", "--cached", "config");
    Files.move(sandbox.repository.resolve("config"), folder.resolve("kept"));
    Files.createSymbolicLink(sandbox.repository.resolve("config"), outside);
    sandbox.git("add", "config");
    sandbox.git("commit", "-q", "-m", "A link");
    Files.delete(sandbox.repository.resolve("config"));
    Files.move(folder.resolve("kept"), sandbox.repository.resolve("config"));
    script("agent.sh", "echo done > a.txt\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "over",
          engine,
          () ->
              TestRepository.changes(engine).size() == 1
                  || TestRepository.task(engine, "T-1").state() == TaskState.DEAD);
      engine.execute(new Command.PauseHive(), null);
    }
    assertThat(outside).isEmptyDirectory();
  }
}
