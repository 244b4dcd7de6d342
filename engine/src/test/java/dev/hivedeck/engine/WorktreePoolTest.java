package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi.Pool;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Worktrees stand ready, and an attempt that takes one finds what it would have found anyway. */
class WorktreePoolTest {
  /** Where it was, and for how many folders it ran. */
  private static final String SETUP =
      "sleep 1; pwd > where.txt; echo generated >> gen/code.txt; echo $HIVEDECK_TASK- >> ../setups";

  private static final String AGENT =
      """
      test "$(cat where.txt)" = "$PWD" || exit 3
      test -n "$HIVEDECK_PORT" || exit 4
      test -z "$(git status --porcelain -uno | grep -v gen/code.txt)" || exit 5
      git rev-parse --abbrev-ref HEAD >> ../branch
      cat .env >> ../env
      ls >> ../files
      pwd >> ../places
      echo done > $HIVEDECK_TASK.txt
      """;

  @TempDir Path folder;
  private TestRepository sandbox;
  private String setup = SETUP;
  private String agent = "driver: command, run: sh ../agent.sh";

  @BeforeEach
  void checkout() {
    sandbox = new TestRepository(folder);
    sandbox.write(".gitignore", ".env\n");
    sandbox.write("gen/code.txt", "as committed\n");
    sandbox.write("lock.json", "{}\n");
    sandbox.commit("Begin");
    sandbox.write(".env", "KEY=first\n");
  }

  private void hive(String isolation, String worktree) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        workspace: { isolation: %s }
        defaults: { attempts: 1, timeout: 60s }
        queue: { load: 1000, memory: 1 MB }
        agents: { a: { %s } }
        decisions: { default: { human: none } }
        worktree: { copy: [.env], ports: 1, setup: "%s", teardown: "pwd >> ../gone", %s }
        """
            .formatted(isolation, agent, setup, worktree)
            .replace("../", folder + "/"));
    sandbox.git("add", ".hivedeck");
    sandbox.git("commit", "-q", "-m", "Configure");
    try {
      Files.writeString(folder.resolve("agent.sh"), AGENT.replace("../", folder + "/"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void begin(Engine engine, String task) {
    TestRepository.begin(
        engine,
        "plan: P\ntasks:\n  - { id: %s, title: One, agent: a, prompt: x }\n".formatted(task),
        1);
    TestRepository.await(
        task + " merged",
        engine,
        () ->
            TestRepository.changes(engine).stream()
                .anyMatch(c -> c.task().equals(task) && c.state() == ChangeState.MERGED));
  }

  private static Pool pool(Engine engine) {
    return engine.stats().pool();
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void until(String what, Engine engine, Condition condition) {
    TestRepository.await(
        what,
        engine,
        () -> {
          try {
            return condition.holds();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void untilReady(Engine engine, int count) {
    TestRepository.await(
        count + " ready: " + pool(engine),
        engine,
        () -> pool(engine) == null ? count == 0 : pool(engine).ready() == count);
  }

  private List<String> lines(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.readAllLines(path) : List.of();
  }

  /** Setups that ran for nobody yet, not for an attempt. */
  private long ahead() throws IOException {
    return lines("setups").stream().filter("-"::equals).count();
  }

  private static List<String> log(Engine engine) {
    var attempt =
        (AttemptViews.Attempt)
            engine.snapshot(Set.of(Topic.ATTEMPT)).things().get(Topic.ATTEMPT).getLast();
    return Json.as(engine.query(new Query.Log(attempt.id(), 0, 500)), Query.LogPage.class)
        .lines()
        .stream()
        .map(Query.LogLine::text)
        .toList();
  }

  private List<Path> worktrees() throws IOException {
    try (Stream<Path> all = Files.walk(sandbox.home, 4)) {
      return all.filter(p -> p.getParent().getFileName().toString().equals("worktrees"))
          .filter(p -> !p.endsWith(".state"))
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void anAttemptTakesOneAndIsOfMainAsItIs(String isolation) throws IOException {
    hive(isolation, "pool: 1, inputs: [lock.json]");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      assertThat(pool(engine).bytes()).isPositive();
      sandbox.write("later.txt", "later\n");
      sandbox.commit("Main moves on");
      begin(engine, "T-1");
      assertThat(log(engine))
          .anyMatch(line -> line.matches("taken from the pool, prepared in [1-9][0-9.]* s before"))
          .anyMatch(line -> line.startsWith("copied from your checkout: .env"));
      untilReady(engine, 1);
    }
    assertThat(lines("branch")).containsExactly("hive/T-1-one");
    assertThat(lines("files")).contains("later.txt", "where.txt");
    assertThat(lines("setups")).as("none ran for the attempt").containsOnly("-");
    assertThat(ahead()).as("one taken, another made").isEqualTo(2);
    assertThat(lines("gone")).as("what it set up is undone").hasSize(1);
    assertThat(sandbox.git("show", "main:gen/code.txt")).isEqualTo("as committed");
    assertThat(sandbox.git("ls-tree", "-r", "--name-only", "main").lines())
        .contains("T-1.txt", "later.txt")
        .doesNotContain("where.txt", ".env");
  }

  @ParameterizedTest
  @CsvSource({"'', lock.json", "', inputs: [lock.json]', lock.json", "'', .env"})
  void whatTheSetupGoesByMakesAnother(String inputs, String changed) throws IOException {
    hive("clone", "pool: 1" + inputs);
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      sandbox.write(changed, "KEY=second\n");
      if (!changed.equals(".env")) {
        sandbox.commit("Another lock");
      }
      begin(engine, "T-1");
    }
    assertThat(lines("env")).containsExactly(changed.equals(".env") ? "KEY=second" : "KEY=first");
    assertThat(lines("setups")).as("the first is used by nobody").hasSizeGreaterThan(1);
  }

  @Test
  void theyOutliveTheEngineAndGoWithTheConfiguration() throws IOException {
    hive("clone", "pool: 2");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 2);
    }
    assertThat(worktrees()).hasSize(2);
    try (Engine engine = sandbox.open()) {
      untilReady(engine, 2);
      assertThat(ahead()).as("none is made again").isEqualTo(2);
      assertThat(engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT)).isEmpty();
      sandbox.write(
          ".hivedeck/hive.yaml",
          sandbox.git("show", "main:.hivedeck/hive.yaml").replace("pool: 2", "pool: 0"));
      until("gone, as nobody has consented to that", engine, () -> worktrees().isEmpty());
      assertThat(lines("gone")).hasSize(2);
      until(
          "told", engine, () -> "nobody has consented to its commands".equals(pool(engine).why()));
      TestRepository.trust(engine);
      until("none wanted", engine, () -> pool(engine) == null);
    }
  }

  @Test
  void oneThatWasCutOffIsRemoved() throws IOException {
    hive("clone", "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
    }
    var ready = worktrees().getFirst();
    // As a kill leaves it that comes before the setup has ended.
    Path note = ready.getParent().resolve(".state").resolve(ready.getFileName()).resolve("pooled");
    Files.delete(note);
    Files.writeString(ready.resolve("half.txt"), "half\n");
    try (Engine engine = sandbox.open()) {
      begin(engine, "T-1");
      untilReady(engine, 1);
    }
    assertThat(lines("files")).doesNotContain("half.txt");
    assertThat(sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept"))
        .as("nobody has worked there")
        .isEmpty();
    assertThat(worktrees()).hasSize(1);
    assertThat(worktrees().getFirst().resolve("half.txt")).doesNotExist();
  }

  @Test
  void aSetupThatFailsIsToldAndTriedAgainOnceMainHasMoved() throws IOException {
    setup = "echo x >> ../setups; exit 9";
    hive("clone", "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await(
          "told", engine, () -> String.valueOf(pool(engine).why()).contains("exit 9"));
      assertThat(worktrees()).isEmpty();
      sandbox.write("later.txt", "later\n");
      sandbox.commit("Main moves on");
      until("tried again", engine, () -> lines("setups").size() == 2);
    }
  }

  // ── what may have come in between ───────────────────────────────────────────────────────────

  @Test
  void aConversationIsGoneOnWithWhereItWasLed() throws IOException {
    agent = "driver: claude, program: " + folder.resolve("claude");
    hive("clone", "pool: 1");
    Path program = folder.resolve("claude");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo "$PWD $*" >> ../asked
        echo '{"type":"system","subtype":"init","session_id":"s-1"}'
        read init; read task
        test -e ../failed || { touch ../failed; exit 3; }
        echo done > T-1.txt
        echo '{"type":"result","subtype":"success","is_error":false,"total_cost_usd":0.25,\
        "usage":{"input_tokens":900,"output_tokens":50}}'
        cat > /dev/null
        """
            .replace("../", folder + "/"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      var first = worktrees().getFirst().getFileName().toString();
      TestRepository.begin(
          engine, "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n", 1);
      TestRepository.await(
          "failed",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.DEAD);
      until("its place is free", engine, () -> lines("gone").size() == 1);
      untilReady(engine, 1);
      engine.execute(new Command.RetryTask("T-1", null), null);
      until("asked again", engine, () -> lines("asked").size() == 2);
      assertThat(lines("asked").getFirst()).contains("/" + first + " ").doesNotContain("--resume");
      assertThat(lines("asked").getLast()).contains("/" + first + " ").contains("--resume s-1");
      until("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void oneThatSomebodyChangedIsTakenByNobodyAndTheEditIsKept(String isolation) throws IOException {
    hive(isolation, "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      Path first = worktrees().getFirst();
      Files.writeString(first.resolve("lock.json"), "edited\n");
      begin(engine, "T-1");
      until("gone", engine, () -> !Files.exists(first));
      assertThat(lines("places")).hasSize(1).doesNotContain(first.toString());
    }
    String kept = sandbox.git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept").strip();
    assertThat(sandbox.git("show", kept + ":lock.json")).isEqualTo("edited");
    assertThat(sandbox.git("show", kept + ":gen/code.txt")).isEqualTo("as committed");
    assertThat(sandbox.git("show", "main:lock.json")).isEqualTo("{}");
  }

  @Test
  void newAttributesMakeAnother() throws IOException {
    hive("clone", "pool: 1, inputs: [lock.json]");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      String first = worktrees().getFirst().toString();
      sandbox.write("gen/.gitattributes", "*.txt eol=crlf\n");
      sandbox.commit("Other line ends");
      begin(engine, "T-1");
      assertThat(lines("places")).hasSize(1).doesNotContain(first);
    }
  }

  @Test
  void whatUndoesASetupIsOfWhenThatRan() throws IOException {
    hive("clone", "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      Path first = worktrees().getFirst();
      String hive = sandbox.git("show", "main:.hivedeck/hive.yaml");
      sandbox.write(".hivedeck/hive.yaml", hive.replace("pwd >> " + folder + "/gone", "true"));
      TestRepository.trust(engine);
      until("gone", engine, () -> !Files.exists(first));
      assertThat(lines("gone")).containsExactly(first.toString());
    }
  }

  @Test
  void oneThatCannotBeTakenIsUndoneToo() throws IOException {
    setup = "git checkout -q -b mine";
    hive("clone", "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
      String first = worktrees().getFirst().toString();
      TestRepository.begin(
          engine, "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n", 1);
      until("undone", engine, () -> lines("gone").contains(first));
    }
  }

  @Test
  void aCheckoutThatFailsIsToldAndNotTriedAllTheTime() throws IOException {
    sandbox.git("config", "filter.f.clean", "cat");
    sandbox.git("config", "filter.f.smudge", "echo x >> " + folder + "/tries; false");
    sandbox.git("config", "filter.f.required", "true");
    sandbox.write(".gitattributes", "made.txt filter=f\n");
    sandbox.write("made.txt", "made\n");
    sandbox.commit("A file that nobody can check out");
    hive("clone", "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await("told", engine, () -> pool(engine).why() != null);
      assertThat(pool(engine).why()).contains("made.txt");
    }
    assertThat(lines("tries")).hasSize(1);
  }

  @Test
  void aNoteThatCannotBeReadKeepsNoEngineFromOpening() throws IOException {
    hive("clone", "pool: 1");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      untilReady(engine, 1);
    }
    Path ready = worktrees().getFirst();
    Path notes = ready.getParent().resolve(".state").resolve(ready.getFileName());
    Files.writeString(notes.resolve("pooled"), "null");
    try (Engine engine = sandbox.open()) {
      begin(engine, "T-1");
    }
    assertThat(ready).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "setup: 'createdb app_$HIVEDECK_PORT_1', pool: 1 | the setup names HIVEDECK_PORT_1",
        "setup: npm ci, sparse: [services], pool: 2 | take out either pool or sparse",
        "setup: npm ci, inputs: ['!lock'] | \"!lock\" is no pattern",
        "pool: 11 | pool",
      })
  void whatDoesNotSuitIsRefusedWithItsPlace(String worktree, String why) {
    assertThatThrownBy(
            () ->
                HiveConfig.parse("hive.yaml", "version: 1\nworktree: { %s }\n".formatted(worktree)))
        .hasMessageContaining(why)
        .hasMessageContaining("hive.yaml:2");
  }
}
