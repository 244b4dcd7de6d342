package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.remote.RemoteCommand;
import dev.hivedeck.engine.protocol.remote.RemoteViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Main and the branch of the remote that it follows are kept together, by hand and by rule. */
class RemoteTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Path origin;
  private Path other;

  @BeforeEach
  void remote() {
    sandbox = new TestRepository(folder);
    sandbox.write(".gitignore", ".hivedeck/\n");
    sandbox.commit("Ignore");
    origin = folder.resolve("ori gin.git");
    other = folder.resolve("other");
    TestRepository.run(
        folder, "git", "clone", "-q", "--bare", sandbox.repository.toString(), origin.toString());
    sandbox.git("remote", "add", "origin", origin.toString());
    sandbox.git("fetch", "-q");
    sandbox.git("branch", "-q", "--set-upstream-to=origin/main", "main");
    TestRepository.run(folder, "git", "clone", "-q", origin.toString(), other.toString());
  }

  /** Somebody else's commit at the remote. */
  private void elsewhere(String file) {
    theirs("-C", other.toString(), "pull", "-q");
    try {
      Files.writeString(other.resolve(file), "x\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    theirs("-C", other.toString(), "add", "-A");
    theirs(
        "-C",
        other.toString(),
        "-c",
        "user.name=B",
        "-c",
        "user.email=b@example.org",
        "commit",
        "-q",
        "-m",
        file);
    theirs("-C", other.toString(), "push", "-q");
  }

  private String theirs(String... arguments) {
    var all = new String[arguments.length + 1];
    all[0] = "git";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return TestRepository.run(folder, all);
  }

  private void hive(String remote) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        agents: { a: { driver: command, run: "ls > seen; echo x > mine.txt" } }
        decisions: { default: { human: none } }
        remote: %s
        """
            .formatted(remote));
  }

  private static final String PLAN =
      "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n";

  private static RemoteViews.Fetched fetch(Engine engine, boolean forward) {
    return Json.as(
        engine.execute(new RemoteCommand.Fetch(forward), null), RemoteViews.Fetched.class);
  }

  private static RemoteViews.Pushed push(Engine engine) {
    return Json.as(engine.execute(new RemoteCommand.Push(), null), RemoteViews.Pushed.class);
  }

  private static String code(Runnable action) {
    try {
      action.run();
      return "none";
    } catch (HiveException e) {
      assertThat(e.hint()).isNotBlank();
      return e.code();
    }
  }

  private String tip() {
    return theirs("-C", origin.toString(), "rev-parse", "main");
  }

  @Test
  void aLookFetchesNothingAndFetchingBringsMainUpWhereAsked() {
    hive("{}");
    elsewhere("new.txt");
    try (Engine engine = sandbox.open()) {
      assertThat(TestRepository.workspace(engine).upstream().behind()).isZero();
      assertThat(fetch(engine, false)).isEqualTo(new RemoteViews.Fetched("origin/main", 0, 0, 1));
      var upstream = TestRepository.workspace(engine).upstream();
      assertThat(upstream.behind()).isEqualTo(1);
      assertThat(upstream.fetchedAt()).isNotNull();
      assertThat(sandbox.repository.resolve("new.txt")).doesNotExist();
      assertThat(fetch(engine, true)).isEqualTo(new RemoteViews.Fetched("origin/main", 1, 0, 0));
      assertThat(sandbox.repository.resolve("new.txt")).exists();
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void editsStayWhereMainIsBroughtUp() throws IOException {
    hive("{}");
    elsewhere("new.txt");
    sandbox.write("new.txt", "mine\n");
    try (Engine engine = sandbox.open()) {
      fetch(engine, true);
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tip());
      assertThat(Files.readString(sandbox.repository.resolve("new.txt"))).isEqualTo("mine\n");
      assertThat(TestRepository.workspace(engine).behind()).isEqualTo(1);
    }
  }

  @Test
  void whereEachHasItsOwnAPersonDecides() {
    hive("{}");
    elsewhere("new.txt");
    sandbox.write("own.txt", "x\n");
    sandbox.commit("Own");
    String before = sandbox.git("rev-parse", "main");
    try (Engine engine = sandbox.open()) {
      assertThat(code(() -> fetch(engine, true))).isEqualTo("main-apart");
      assertThat(code(() -> push(engine))).isEqualTo("main-apart");
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(before);
    }
  }

  @Test
  void pushingIsForwardOnlyAndTellsWhatTheRemoteRefuses() throws IOException {
    hive("{}");
    sandbox.write("own.txt", "x\n");
    sandbox.commit("Own");
    try (Engine engine = sandbox.open()) {
      assertThat(push(engine).commits()).isEqualTo(1);
      assertThat(tip()).isEqualTo(sandbox.git("rev-parse", "main"));
      assertThat(push(engine).commits()).isZero();
      elsewhere("new.txt"); // not fetched: only the remote knows
      sandbox.write("more.txt", "x\n");
      sandbox.commit("More");
      String there = tip();
      assertThatThrownBy(() -> push(engine))
          .hasMessageContaining("rejected")
          .hasMessageNotContaining("\\n")
          .extracting(e -> ((HiveException) e).code())
          .isEqualTo("remote-rejected");
      assertThat(tip()).isEqualTo(there);
    }
  }

  @Test
  void aRemoteThatIsNotThereIsSaidWithARemedy() {
    hive("{}");
    sandbox.git("remote", "set-url", "origin", folder.resolve("nowhere").toString());
    try (Engine engine = sandbox.open()) {
      assertThat(code(() -> fetch(engine, false))).isEqualTo("no-remote");
      sandbox.git("remote", "set-url", "origin", "https://u:sesame@127.0.0.1:1/x.git");
      assertThatThrownBy(() -> fetch(engine, false))
          .hasMessageContaining("127.0.0.1")
          .hasMessageNotContaining("sesame")
          .extracting(e -> ((HiveException) e).code())
          .isEqualTo("remote-offline");
      sandbox.git("branch", "--unset-upstream", "main");
      sandbox.git("branch", "local");
      sandbox.git("branch", "-q", "--set-upstream-to=local", "main");
      assertThat(code(() -> fetch(engine, false))).isEqualTo("no-remote");
    }
  }

  @Test
  void attemptsBeginWithWhatWasFetchedAndWhatIsMergedIsPushed() {
    hive("{ fetch: 10s, start: upstream, push: after-merge }");
    elsewhere("new.txt");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await(
          "brought up", engine, () -> sandbox.git("rev-parse", "main").equals(tip()));
      TestRepository.begin(engine, PLAN, 1);
      merged(engine);
      TestRepository.await("pushed", engine, () -> sandbox.git("rev-parse", "main").equals(tip()));
      assertThat(sandbox.git("show", "main:seen").lines()).contains("new.txt");
      assertThat(TestRepository.workspace(engine).upstream().problem()).isNull();
    }
  }

  private static void merged(Engine engine) {
    TestRepository.await(
        "merged",
        engine,
        () ->
            TestRepository.changes(engine).stream().anyMatch(c -> c.state() == ChangeState.MERGED));
  }

  @Test
  void aMergeThatWasNotPushedIsPushedByTheNextEngineAndARefusalIsToldOnce() throws IOException {
    hive("{}");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, PLAN, 1);
      merged(engine);
    }
    String merge = sandbox.git("rev-parse", "main");
    sandbox.write("own.txt", "x\n");
    sandbox.commit("Own"); // is not the rule's to push
    Path hook = origin.resolve("hooks/pre-receive");
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, "#!/bin/sh\necho asked >> " + folder + "/asked\nexit 1\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();
    hive("{ fetch: 10s, push: after-merge }");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await(
          "refused", engine, () -> TestRepository.workspace(engine).upstream().problem() != null);
      for (int looks = 0; looks < 2; looks++) {
        Instant before = fetchedAt(engine);
        TestRepository.await("looked", engine, () -> !fetchedAt(engine).equals(before));
      }
      assertThat(Files.readAllLines(folder.resolve("asked"))).hasSize(1);
      Files.delete(hook);
    }
    try (Engine engine = sandbox.open()) {
      TestRepository.await("pushed", engine, () -> tip().equals(merge));
      engine.execute(new Command.Reconcile(), null);
    }
  }

  private static Instant fetchedAt(Engine engine) {
    return TestRepository.workspace(engine).upstream().fetchedAt();
  }

  private static String problem(Engine engine) {
    var upstream = TestRepository.workspace(engine).upstream();
    return upstream == null ? null : upstream.problem();
  }

  /** An agent in a linked worktree can write it. */
  @Test
  void mainFollowsTheRemoteAndNotWhatSomebodyWroteDownAsIts() {
    hive("{ start: upstream }");
    String main = sandbox.git("rev-parse", "main");
    String forged = sandbox.git("commit-tree", "-p", "main", "-m", "Forged", "main^{tree}");
    sandbox.git("update-ref", "refs/remotes/origin/main", forged);
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await("told", engine, () -> problem(engine) != null);
      assertThat(problem(engine)).contains("origin/main", "the remote says otherwise");
      assertThat(sandbox.git("rev-parse", "main")).isEqualTo(main);
      elsewhere("new.txt");
      fetch(engine, false);
      TestRepository.await(
          "brought up", engine, () -> sandbox.git("rev-parse", "main").equals(tip()));
    }
  }

  @Test
  void aStepThatIsSwitchedOffHasNoProblem() {
    hive("{ start: upstream }");
    elsewhere("new.txt");
    sandbox.git("fetch", "-q");
    sandbox.write("own.txt", "x\n");
    sandbox.commit("Own");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.await("told", engine, () -> problem(engine) != null);
      hive("{}");
      TestRepository.trust(engine);
      TestRepository.await("gone", engine, () -> problem(engine) == null);
    }
  }

  @Test
  void whatIsPushedIsKnownInACloneOfAnotherBranch() {
    sandbox.git("config", "remote.origin.fetch", "+refs/heads/other:refs/remotes/origin/other");
    sandbox.git("update-ref", "-d", "refs/remotes/origin/main");
    hive("{ push: after-merge }");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      TestRepository.begin(engine, PLAN, 1);
      merged(engine);
      String main = sandbox.git("rev-parse", "main");
      TestRepository.await(
          "pushed and known",
          engine,
          () ->
              tip().equals(main)
                  && sandbox
                      .git("for-each-ref", "--format=%(objectname)", "refs/remotes/origin/main")
                      .equals(main));
    }
  }

  @Test
  void whereGitIsToPushElsewhereAPersonPushes() {
    hive("{}");
    sandbox.git("remote", "add", "fork", folder.resolve("fork.git").toString());
    sandbox.git("config", "remote.pushDefault", "fork");
    sandbox.write("own.txt", "x\n");
    sandbox.commit("Own");
    String there = tip();
    try (Engine engine = sandbox.open()) {
      assertThatThrownBy(() -> push(engine)).hasMessageContaining("to push it to fork");
      assertThat(tip()).isEqualTo(there);
    }
  }

  @Test
  void whatNamesACommitThatNoRemoteOfASubmoduleHasIsNotPushed() {
    hive("{}");
    Path lib = folder.resolve("lib");
    theirs("clone", "-q", "--bare", origin.toString(), lib.toString());
    sandbox.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", lib + "", "a lib");
    sandbox.git("commit", "-q", "-m", "Lib");
    try (Engine engine = sandbox.open()) {
      push(engine);
      String there = tip();
      String[] author = {"-c", "user.name=A", "-c", "user.email=a@example.org"};
      sandbox.git(
          "-C",
          "a lib",
          author[0],
          author[1],
          author[2],
          author[3],
          "commit",
          "-q",
          "--allow-empty",
          "-m",
          "Only here");
      sandbox.git("commit", "-q", "-a", "-m", "Names it");
      assertThatThrownBy(() -> push(engine))
          .hasMessageContaining("no remote of a submodule has: a lib.")
          .extracting(e -> ((HiveException) e).code())
          .isEqualTo("remote-rejected");
      assertThat(tip()).isEqualTo(there);
      sandbox.git("-C", "a lib", "push", "-q", "origin", "HEAD:main");
      push(engine);
      assertThat(tip()).isEqualTo(sandbox.git("rev-parse", "main"));
    }
  }
}
