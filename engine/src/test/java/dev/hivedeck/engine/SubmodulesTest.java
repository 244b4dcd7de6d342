package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents and gates have the submodules, from the user's own repository, and no commit is lost. */
class SubmodulesTest {
  private static final String ALLOWED = "protocol.file.allow=always"; // by the tests' own git only
  private static final String PLAN =
      "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n";

  /** Until the test ends that. */
  private static final String SLOW = "while test -e %s/slow; do sleep 0.2; done 2> /dev/null";

  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void nested() throws IOException {
    sandbox = new TestRepository(folder);
    sandbox.write(".gitignore", ".hivedeck/\n");
    sandbox.commit("Ignore");
    repository("inner", "deep.txt");
    Path outer = repository("outer lib", "lib.txt");
    git(outer, "-c", ALLOWED, "submodule", "--quiet", "add", folder.resolve("inner") + "", "in");
    git(outer, "commit", "-q", "-m", "Inner");
    sandbox.git("-c", ALLOWED, "submodule", "--quiet", "add", outer.toString(), "a lib");
    sandbox.git("commit", "-q", "-m", "Lib");
    sandbox.git("-c", ALLOWED, "submodule", "--quiet", "update", "--init", "--recursive");
  }

  private Path repository(String name, String file) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    git(made, "init", "-q", "-b", "main");
    git(made, "config", "user.name", "A");
    git(made, "config", "user.email", "a@example.org");
    Files.writeString(made.resolve(file), name + "\n");
    git(made, "add", "-A");
    git(made, "commit", "-q", "-m", name);
    return made;
  }

  private static String git(Path where, String... arguments) {
    var all = new String[arguments.length + 1];
    all[0] = "git";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return TestRepository.run(where, all);
  }

  private void hive(String isolation, String agent, String gate) throws IOException {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        workspace: { isolation: %s }
        defaults: { attempts: 1, timeout: 30s }
        agents: { a: { driver: command, run: sh ../agent.sh } }
        gates: { here: { run: sh ../gate.sh, at: [merge] } }
        decisions: { default: { human: none } }
        worktree: { submodules: true }
        """
            .formatted(isolation)
            .replace("../", folder + "/"));
    Files.writeString(folder.resolve("agent.sh"), agent);
    Files.writeString(folder.resolve("gate.sh"), gate);
  }

  @ParameterizedTest
  @ValueSource(strings = {"clone", "worktree"})
  void theyAreThereWithTheirOwnAndWhatIsCommittedInOneIsKept(String isolation) throws IOException {
    git(folder, "-C", "outer lib", "branch", "-m", "gone"); // no network is needed
    Files.move(folder.resolve("outer lib"), folder.resolve("elsewhere"));
    Files.move(folder.resolve("inner"), folder.resolve("elsewhere too"));
    sandbox.git("config", "--remove-section", "submodule.a lib");
    Path config = sandbox.repository.resolve(".git/config");
    String before = Files.readString(config);
    String there = "test -f 'a lib/lib.txt' && test -f 'a lib/in/deep.txt' || exit 3\n";
    hive(
        isolation,
        there
            + "find \"$(git -C 'a lib' rev-parse --absolute-git-dir)/objects\" -type f -links +1"
            + " > "
            + folder
            + "/shared.txt\n"
            + "cd 'a lib' && git remote get-url origin > ../origin.txt && echo more > more.txt &&"
            + " git add -A && git -c user.name=A -c user.email=a@example.org commit -qm More\n",
        there + "test -f 'a lib/more.txt'\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
    }
    String link = sandbox.git("rev-parse", "main:a lib");
    assertThat(sandbox.git("-C", "a lib", "show", link + ":more.txt")).isEqualTo("more");
    assertThat(sandbox.git("show", "main:origin.txt"))
        .isEqualTo(folder.resolve("outer lib").toString());
    assertThat(folder.resolve("shared.txt")).as("files that are the user's, too").isEmptyFile();
    if (isolation.equals("worktree")) {
      assertThat(config).as("shared with the worktree").hasContent(before);
    }
  }

  @Test
  void oneOfAnyNameIsTakenFromTheCheckout() throws IOException {
    Path umlauts = repository("Bücher", "seite.txt");
    sandbox.git("-c", ALLOWED, "submodule", "--quiet", "add", umlauts.toString(), "Bücher");
    sandbox.git("commit", "-q", "-m", "Bücher");
    Files.move(umlauts, folder.resolve("elsewhere"));
    hive("clone", "cp Bücher/seite.txt copy.txt\n", "true\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await(
          "merged",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.state() == ChangeState.MERGED));
    }
    assertThat(sandbox.git("show", "main:copy.txt")).isEqualTo("Bücher");
  }

  private Engine merged() throws IOException {
    hive(
        "clone",
        "cd 'a lib' && echo other > lib.txt && echo more > more.txt && git add -A && git -c"
            + " user.name=A -c user.email=a@example.org commit -qm More\n",
        "true\n");
    Engine engine = sandbox.open();
    TestRepository.begin(engine, PLAN, 1);
    TestRepository.await(
        "merged",
        engine,
        () ->
            TestRepository.changes(engine).stream().anyMatch(c -> c.state() == ChangeState.MERGED));
    return engine;
  }

  private static boolean told(Engine engine) {
    return engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT).stream()
        .map(Drift.class::cast)
        .anyMatch(d -> d.kind().equals("submodule-behind") && d.what().contains("a lib"));
  }

  private String link() {
    return sandbox.git("rev-parse", "main:a lib");
  }

  /** Else the next commit of all that is there takes the merged work back. */
  @Test
  void thatOfTheCheckoutGoesAlong() throws IOException {
    try (Engine engine = merged()) {
      TestRepository.await(
          "brought along",
          engine,
          () -> sandbox.git("-C", "a lib", "rev-parse", "HEAD").equals(link()));
      assertThat(sandbox.repository.resolve("a lib/more.txt")).exists();
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
      assertThat(told(engine)).isFalse();
    }
  }

  @Test
  void oneWithEditsStaysAndIsTold() throws IOException {
    Path edited = sandbox.repository.resolve("a lib/lib.txt");
    Files.writeString(edited, "an edit of the user's\n");
    try (Engine engine = merged()) {
      TestRepository.await("told", engine, () -> told(engine));
      assertThat(edited).hasContent("an edit of the user's");
      var update = new Command.UpdateCheckout();
      assertThat(Json.tree(engine.execute(update, null)).at("/left/0/why").asText())
          .contains("edits that are not committed");
      git(sandbox.repository.resolve("a lib"), "checkout", "-q", "--", "lib.txt");
      assertThat(Json.tree(engine.execute(update, null)).at("/updated/0").asText())
          .endsWith("a lib");
      assertThat(sandbox.git("-C", "a lib", "rev-parse", "HEAD")).isEqualTo(link());
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
      TestRepository.await("told no more", engine, () -> !told(engine));
    }
  }

  /** By its second file; the first is there by then, and git would take it for an edit. */
  private void cutsOff(String how) throws IOException {
    Path filter = folder.resolve("filter.sh");
    Files.writeString(
        filter,
        "test -e $0.once || { touch $0.once; cd ..; %s; }; cat\n".formatted(how.formatted(folder)));
    Path module = sandbox.repository.resolve(".git/modules/a lib");
    Files.writeString(module.resolve("info/attributes"), "more.txt filter=slow\n");
    git(module, "config", "filter.slow.smudge", "sh '" + filter + "'");
    git(module, "config", "filter.slow.clean", "cat");
    git(module, "config", "filter.slow.required", "true");
    Files.createFile(folder.resolve("slow"));
  }

  private void broughtAlong(Engine engine) {
    TestRepository.await(
        "brought along",
        engine,
        () -> sandbox.git("-C", "a lib", "rev-parse", "HEAD").equals(link()));
    assertThat(sandbox.repository.resolve("a lib/more.txt")).hasContent("more");
    TestRepository.await("up", engine, () -> sandbox.git("status", "--porcelain").isEmpty());
    assertThat(engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT)).isEmpty();
  }

  @Test
  void oneWhoseGitIsKilledIsBroughtAlongAllTheSame() throws IOException {
    cutsOff("kill -9 $PPID; exit 1");
    try (Engine engine = merged()) {
      broughtAlong(engine);
    }
    assertThat(folder.resolve("filter.sh.once")).exists();
  }

  @Test
  void oneThatTheEndOfTheEngineCutsOffIsFinishedByTheNext() throws IOException {
    cutsOff(SLOW);
    try (Engine engine = merged()) {
      TestRepository.await(
          "it began", engine, () -> Files.exists(folder.resolve("filter.sh.once")));
    }
    Files.delete(folder.resolve("slow"));
    assertThat(sandbox.git("-C", "a lib", "rev-parse", "HEAD")).isNotEqualTo(link());
    assertThat(sandbox.git("-C", "a lib", "status", "--porcelain")).isNotEmpty();
    try (Engine engine = sandbox.open()) {
      broughtAlong(engine);
    }
  }

  @Test
  void anEditIsNoPartOfWhatWasCutOff() throws IOException {
    cutsOff(SLOW);
    try (Engine engine = merged()) {
      TestRepository.await(
          "it began", engine, () -> Files.exists(folder.resolve("filter.sh.once")));
    }
    Files.delete(folder.resolve("slow"));
    Path edited = sandbox.repository.resolve("a lib/lib.txt");
    Files.writeString(edited, "an edit of the user's\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.await("told", engine, () -> told(engine));
    }
    assertThat(edited).hasContent("an edit of the user's");
  }

  /** What git ignores there is nowhere else. */
  @Test
  void whatIsIgnoredInOneIsNotOverwritten() throws IOException {
    Path own = sandbox.repository.resolve("a lib/more.txt");
    Files.writeString(sandbox.repository.resolve(".git/modules/a lib/info/exclude"), "more.txt\n");
    Files.writeString(own, "mine\n");
    try (Engine engine = merged()) {
      TestRepository.await("told", engine, () -> told(engine));
      assertThat(own).hasContent("mine");
    }
  }

  @Test
  void oneThatCannotBeHadKeepsTheAgentFromBeginning() throws IOException {
    hive("clone", "touch " + folder + "/begun\n", "true\n");
    sandbox.git("submodule", "--quiet", "deinit", "-f", "a lib");
    TestRepository.run(folder, "rm", "-rf", sandbox.repository + "/.git/modules");
    TestRepository.run(folder, "rm", "-rf", "outer lib");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      TestRepository.await("over", engine, () -> attempt(engine) != null);
      TestRepository.await("failed", engine, () -> attempt(engine).reason() != null);
      assertThat(attempt(engine).reason() + attempt(engine).detail())
          .contains("setup-failed", "a lib", "git submodule update --init a lib");
    }
    assertThat(folder.resolve("begun")).doesNotExist();
  }

  private static AttemptViews.Attempt attempt(Engine engine) {
    var all = engine.snapshot(Set.of(Topic.ATTEMPT)).things().get(Topic.ATTEMPT);
    return all.isEmpty() ? null : (AttemptViews.Attempt) all.getLast();
  }
}
