package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is outside fails for a while: work rests, says why, and goes on; no try is spent on it. */
class OutageTest {
  private static final String PLAN =
      "plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a, prompt: Make it. }\n";

  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void agents() {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 2, backoff: [1s] }
        agents:
          a: { driver: command, run: sh tools/agent.sh }
        decisions: { default: { human: none } }
        """);
    sandbox.write("tools/agent.sh", "echo made > made.txt\n");
    sandbox.commit("Set up");
  }

  private Engine working() {
    Engine engine = sandbox.open(100, false);
    TestRepository.trust(engine);
    engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
    return engine;
  }

  private static void merged(Engine engine) {
    TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("state"))
        .doesNotContain("failed");
  }

  @Test
  void aMainThatIsGoneIsSaidAndTakesNoTry() {
    String tip = sandbox.git("rev-parse", "main");
    try (Engine engine = working()) {
      sandbox.git("update-ref", "-d", "refs/heads/main");
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "said", engine, () -> engine.stats().held().toString().contains("no branch main"));
      assertThat(engine.stats().held().toString()).contains("Make it again", "hivedeck status");
      assertThat(TestRepository.task(engine, "T-1").state()).isNotEqualTo(TaskViews.TaskState.DEAD);
      sandbox.git("update-ref", "refs/heads/main", tip);
      merged(engine);
    }
  }

  /** Git LFS whose program is missing, for example. */
  @ParameterizedTest
  @ValueSource(strings = {"smudge", "clean", "process"})
  void aFilterThatFailsIsSaidAndTakesNoTry(String way) throws Exception {
    Path program = folder.resolve("filter");
    sandbox.git("config", "filter.rot.smudge", "cat");
    sandbox.git("config", "filter.rot.clean", "cat");
    sandbox.write(".gitattributes", "*.enc filter=rot\n");
    sandbox.write("a.enc", "a\n");
    sandbox.write("tools/agent.sh", "echo made > made.txt; echo b > a.enc\n");
    sandbox.commit("Filtered");
    sandbox.git("config", "filter.rot.required", "true");
    sandbox.git("config", "filter.rot." + way, program.toString());
    try (Engine engine = working()) {
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "said", engine, () -> engine.stats().held().toString().contains("filter"));
      assertThat(engine.stats().held().toString()).contains("git config --get-regexp filter");
      assertThat(TestRepository.task(engine, "T-1").state()).isNotEqualTo(TaskViews.TaskState.DEAD);
      if (!way.equals("process")) { // which would have much to say
        Files.writeString(program, "#!/bin/sh\nexec cat\n");
        TestRepository.run(folder, "chmod", "+x", program.toString());
        merged(engine);
      }
    }
  }

  @Test
  void aWorktreeThatIsRemovedUnderAnAgentTakesNoTryUnlessItHappensThreeTimes() throws Exception {
    Path go = folder.resolve("go");
    sandbox.write(
        "tools/agent.sh", "until [ -e '" + go + "' ]; do sleep 0.02; done; echo made > made.txt\n");
    sandbox.commit("Wait");
    try (Engine engine = working()) {
      engine.execute(new Command.StartHive(1), null);
      for (int attempt = 1; attempt <= 3; attempt++) {
        String id = "T-1." + attempt;
        TestRepository.await("at work", engine, () -> works(engine, id));
        TestRepository.run(folder, "rm", "-r", worktree(engine));
        TestRepository.run(folder, "sh", "-c", "touch '" + go + "'");
        TestRepository.await("given back", engine, () -> !works(engine, id));
        Files.delete(go);
      }
      assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("state"))
          .startsWith("lost", "lost", "failed"); // the next may have begun
      Files.writeString(go, "");
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
  }

  /** A disk that was pulled out, a folder that is moved for a moment. */
  @ParameterizedTest
  @ValueSource(strings = {".git/objects", "."})
  void aRepositoryThatIsAwayForAWhileTakesNoTry(String part) throws Exception {
    Path go = folder.resolve("go");
    sandbox.write(
        "tools/agent.sh", "until [ -e '" + go + "' ]; do sleep 0.02; done; echo made > made.txt\n");
    sandbox.commit("Wait");
    String there = sandbox.repository.resolve(part).normalize().toString();
    String away = folder.resolve("away").toString();
    try (Engine engine = working()) {
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("at work", engine, () -> works(engine, "T-1.1"));
      TestRepository.run(folder, "mv", there, away);
      TestRepository.run(folder, "touch", go.toString());
      TestRepository.await(
          "said", engine, () -> engine.stats().held().toString().contains("cannot be read"));
      TestRepository.run(folder, "mv", away, there);
      merged(engine);
    }
  }

  /** However long it takes to read what a killed engine left, the next one works meanwhile. */
  @Test
  void aStartDoesNotWaitForWhatTheEngineBeforeLeft() throws Exception {
    Path go = folder.resolve("go");
    Path read = folder.resolve("read");
    sandbox.git(
        "config", "filter.slow.clean", "until [ -e '" + read + "' ]; do sleep 0.02; done; cat");
    sandbox.write(".gitattributes", "*.slow filter=slow\n");
    sandbox.write(
        ".hivedeck/hive.yaml",
        sandbox
                .git("show", "HEAD:.hivedeck/hive.yaml")
                .replace("agent.sh }", "agent.sh, parallel: 2 }")
            + "\n");
    sandbox.write(
        "tools/agent.sh",
        "[ $HIVEDECK_TASK = T-2 ] || echo a > a.slow; echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt;"
            + " [ $HIVEDECK_TASK = T-2 ] || until [ -e '"
            + go
            + "' ]; do sleep 0.02; done\n");
    Files.createFile(read);
    sandbox.commit("Slow");
    Path before = sandbox.home;
    Path killed = folder.resolve("killed");
    try (Engine engine = working()) {
      engine.execute(new Command.StartHive(2), null);
      TestRepository.await(
          "at work", engine, () -> Files.exists(Path.of(worktree(engine)).resolve("T-1.txt")));
      TestRepository.run(
          folder, "cp", "-a", before.toString(), killed.toString()); // as a kill leaves it
    }
    TestRepository.run(folder, "rm", "-r", before.toString());
    Files.move(killed, before);
    Files.delete(read);
    try (Engine engine = sandbox.open(100, false)) {
      engine.execute(
          new Command.ImportPlan(
              "more.yaml",
              "plan: Two\ntasks:\n  - { id: T-2, title: More, agent: a, prompt: More. }\n"),
          null);
      engine.execute(new Command.StartHive(2), null);
      assertThat(works(engine, "T-1.1")).as("not given back before its work is read").isTrue();
      TestRepository.await("the other", engine, () -> TestRepository.task(engine, "T-2").merged());
      assertThat(works(engine, "T-1.1")).isTrue();
      Files.createFile(read);
      Files.createFile(go);
      merged(engine);
      assertThat(sandbox.git("show", "main:T-1.txt")).isEqualTo("T-1");
    }
  }

  /** A disk of its own for the repository's git folder, while the data folder has room. */
  @Test
  void aFullDiskIsTheOneThatIsNamed() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("small"));
    var mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=6m", "none", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeThat(mount.waitFor()).as("only the administrator may mount").isZero();
    try {
      Path git = disk.resolve("git");
      TestRepository.run(
          sandbox.repository,
          "sh",
          "-ec",
          "cp -a .git '%s'; rm -r .git; echo 'gitdir: %1$s' > .git".formatted(git));
      sandbox.write(
          "tools/agent.sh", "head -c 300000 /dev/urandom > made.bin; echo made > made.txt\n");
      sandbox.commit("Larger");
      try (Engine engine = working()) {
        TestRepository.run(
            folder, "sh", "-c", "dd if=/dev/zero of='" + disk + "/fill' bs=4k || true");
        assertThat(engine.stats().held()).anyMatch(why -> why.contains("The disk of " + git));
        engine.execute(new Command.StartHive(1), null);
        TestRepository.await("tried", engine, () -> last(engine).has("id"));
        TestRepository.await(
            "said", engine, () -> engine.stats().held().stream().anyMatch(OutageTest::isFull));
        assertThat(engine.stats().held().toString()).doesNotContain(sandbox.home.toString());
        Files.delete(disk.resolve("fill"));
        merged(engine);
      }
    } finally {
      TestRepository.run(folder, "umount", "-l", disk.toString());
    }
  }

  private static boolean isFull(String why) {
    return why.contains("small/git") && why.contains("is full: ");
  }

  /** What git says of a commit that it does not know is no outage, whatever it exits with. */
  @Test
  void anAgentThatReplacesItsRepositoryFailsAloneAndHoldsNobody() {
    sandbox.write(
        "tools/agent.sh",
        """
        cat > /dev/null
        if [ "$HIVEDECK_TASK" = T-1 ]; then
          rm -rf .git; git init -q; git config user.name x; git config user.email x
          echo x > f; git add -A; git commit -qm own
        fi
        echo made > "made-$HIVEDECK_TASK.txt"
        """);
    sandbox.commit("An agent that replaces its repository");
    try (Engine engine = sandbox.open(100, false)) {
      TestRepository.trust(engine);
      engine.execute(
          new Command.ImportPlan(
              "plan.yaml",
              PLAN + "  - { id: T-2, title: Make another, agent: a, prompt: Make it. }\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "the other is merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      TestRepository.await(
          "the first is at its end",
          engine,
          () -> {
            var task = TestRepository.task(engine, "T-1");
            return task.merged() || task.state() == TaskViews.TaskState.DEAD;
          });
      assertThat(engine.stats().held()).noneMatch(why -> why.contains("git"));
    }
  }

  /** It holds what cannot be read: a trouble of the attempt that left it, and of no later one. */
  @Test
  void aFolderThatCannotBeClearedStopsNoLaterAttempt() {
    sandbox.write(
        "tools/agent.sh",
        """
        cat > /dev/null
        if [ "$HIVEDECK_ATTEMPT" = T-1.1 ]; then echo > half.txt; mkfifo .gitignore; exit 1; fi
        echo made > made.txt
        """);
    sandbox.commit("An agent that leaves what cannot be read");
    try (Engine engine = working()) {
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("state"))
          .containsExactly("failed", "succeeded");
      engine.execute(new Command.Reconcile(), null);
      var drift = drift(engine).getFirst();
      assertThat(drift.id()).isEqualTo("worktree:T-1.1");
      assertThat(drift.why()).contains("could not be removed", ".gitignore");
      assertThatThrownBy(() -> engine.execute(new Command.Repair(drift.id(), null, null), null))
          .hasMessageContaining(".gitignore");
      assertThat(Path.of(drift.path())).exists();
      engine.execute(new Command.Repair(drift.id(), "discard", drift.digest()), null);
      assertThat(Path.of(drift.path())).doesNotExist();
      assertThat(sandbox.git("log", "--all", "--format=", "--name-only"))
          .as("what could be kept")
          .contains("half.txt");
      engine.execute(new Command.Reconcile(), null);
      assertThat(drift(engine)).isEmpty();
    }
  }

  private static List<DriftViews.Drift> drift(Engine engine) {
    return engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT).stream()
        .map(DriftViews.Drift.class::cast)
        .toList();
  }

  private static boolean works(Engine engine, String attempt) {
    var last = last(engine);
    return last.path("id").asText().equals(attempt)
        && last.path("state").asText().equals("working");
  }

  private static JsonNode last(Engine engine) {
    var attempts = engine.query(new Query.Attempts("T-1"));
    return attempts.isEmpty() ? MissingNode.getInstance() : attempts.get(attempts.size() - 1);
  }

  private static String worktree(Engine engine) {
    return last(engine).path("worktree").asText();
  }

  /** A git that was killed leaves its lock; only a person can know that nobody holds it. */
  @Test
  void aLockOnMainKeepsAChangeInItsPlaceAndSaysWhatToDo() throws Exception {
    Path lock = sandbox.repository.resolve(".git/refs/heads/main.lock");
    try (Engine engine = working()) {
      Files.writeString(lock, "");
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "said",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.reason() != null && c.reason().contains("main.lock")));
      var change = TestRepository.changes(engine).getFirst();
      assertThat(change.reason()).contains("remove the .lock file");
      assertThat(change.state()).isNotEqualTo(ChangeViews.ChangeState.BLOCKED);
      Files.delete(lock);
      merged(engine);
    }
  }

  private Engine reviewed() {
    String config = sandbox.git("show", "HEAD:.hivedeck/hive.yaml");
    sandbox.write(".hivedeck/hive.yaml", config.replace("human: none", "human: required") + "\n");
    sandbox.write("tools/agent.sh", "echo made > made-$HIVEDECK_TASK.txt\n");
    sandbox.commit("Want a review");
    Engine engine = sandbox.open(100, false);
    engine.execute(new Command.Trust(engine.consent().digest()), null);
    engine.execute(
        new Command.ImportPlan(
            "plan.yaml",
            PLAN + "  - { id: T-2, title: Make another, agent: a, prompt: Make it. }\n"),
        null);
    engine.execute(new Command.StartHive(1), null);
    TestRepository.await("two are open", engine, () -> open(engine) == 2);
    return engine;
  }

  private static long open(Engine engine) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.state() == ChangeViews.ChangeState.OPEN)
        .count();
  }

  private static ChangeViews.Change change(Engine engine, String id) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private void deleteRefs(String... patterns) {
    for (String pattern : patterns) {
      sandbox
          .git("for-each-ref", "--format=%(refname)", pattern)
          .lines()
          .filter(ref -> !ref.isBlank())
          .forEach(ref -> sandbox.git("update-ref", "-d", ref));
    }
  }

  private void prune() {
    sandbox.git("reflog", "expire", "--expire=now", "--all");
    sandbox.git("gc", "-q", "--prune=now");
  }

  @Test
  void theCommitOfAChangeOutlivesItsBranchAndItsRefGoesWhenItIsMerged() {
    try (Engine engine = reviewed()) {
      deleteRefs("refs/heads/hive");
      prune();
      for (String id : new String[] {"C-1", "C-2"}) {
        assertThat(sandbox.git("cat-file", "-t", change(engine, id).head())).isEqualTo("commit");
        engine.execute(new Command.MergeChange(id), null);
      }
      TestRepository.await(
          "merged",
          engine,
          () -> TestRepository.tasks(engine).stream().allMatch(TaskViews.Task::merged));
    }
    assertThat(sandbox.git("for-each-ref", "refs/hivedeck/held", "refs/hivedeck/made")).isEmpty();
  }

  @Test
  void aChangeWhoseCommitIsGoneGoesBackToItsAgentAndHoldsNobody() {
    try (Engine engine = reviewed()) {
      String head = change(engine, "C-1").head();
      engine.execute(new Command.PauseHive(), null);
      deleteRefs("refs/heads/hive/T-1*", "refs/hivedeck/held/" + head);
      prune();
      engine.execute(new Command.MergeChange("C-1"), null);
      engine.execute(new Command.MergeChange("C-2"), null);
      TestRepository.await(
          "the other is merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      TestRepository.await(
          "sent back",
          engine,
          () -> change(engine, "C-1").state() == ChangeViews.ChangeState.DRAFT);
      assertThat(change(engine, "C-1").reason()).contains(head.substring(0, 8), "gone");
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("made anew", engine, () -> open(engine) == 1);
      engine.execute(new Command.MergeChange("C-1"), null);
      merged(engine);
    }
  }

  @Test
  void aWorkspaceWithALostCommitOpensAndTheTaskCanBeCancelled() {
    String head;
    try (Engine engine = reviewed()) {
      engine.execute(new Command.PauseHive(), null);
      head = change(engine, "C-1").head();
    }
    deleteRefs("refs/heads/hive/T-1*", "refs/hivedeck/held/" + head);
    prune();
    // As where a prune that deletes at once took the commit while its ref was made.
    sandbox.write(".git/refs/hivedeck/held/" + head, head + "\n");
    try (Engine engine = sandbox.open(100, false)) {
      TestRepository.await(
          "sent back",
          engine,
          () -> change(engine, "C-1").state() == ChangeViews.ChangeState.DRAFT);
      engine.execute(new Command.CancelTask("T-1"), null);
      assertThat(change(engine, "C-1").state()).isEqualTo(ChangeViews.ChangeState.CLOSED);
    }
    sandbox.git("fsck", "--strict");
  }
}
