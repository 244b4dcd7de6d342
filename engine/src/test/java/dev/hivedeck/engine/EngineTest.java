package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a user's repository: a plan goes in, merged work comes out. */
class EngineTest {
  /** One for each agent; the nightly build gives each its second and third while others work. */
  private static final int TASKS = TestSize.whole() ? 20 : 8;

  @TempDir Path folder;

  static final String AGENT =
      """
      #!/bin/sh
      # Writes one file per task, as any agent would write code; says so when it cannot.
      set -e
      mkdir -p out
      echo "reading $HIVEDECK_TASK"
      sleep 0.05
      echo "work of $HIVEDECK_TASK" > "out/$HIVEDECK_TASK.txt"
      echo '{"hivedeck":"usage","in":100,"out":20,"cost":0.01}'
      """;

  static TestRepository twentyTasksOnEightAgents(Path folder) {
    var sandbox = new TestRepository(folder);
    var yaml = new StringBuilder("version: 1\ndefaults: { attempts: 3, backoff: [1s] }\nagents:\n");
    for (int i = 1; i <= 8; i++) {
      yaml.append("  worker-")
          .append(i)
          .append(": { driver: command, run: sh tools/agent.sh, owns: [\"out/**\"] }\n");
    }
    yaml.append(
        """
        gates:
          tree:  { run: test -f README.md, at: [attempt, merge] }
          mine:  { builtin: owners, at: [attempt] }
          whole: { builtin: placeholders, at: [attempt] }
        decisions:
          default: { human: none }
        """);
    sandbox.write(".hivedeck/hive.yaml", yaml.toString());
    sandbox.write("tools/agent.sh", AGENT);
    sandbox.commit("Set up the hive");
    return sandbox;
  }

  static String plan(int tasks) {
    var plan =
        new StringBuilder(
            "plan: Twenty things\n"
                + "requirements:\n"
                + "  - { id: R-1, title: All is written, priority: high, acceptance: [Each file is"
                + " there] }\n"
                + "tasks:\n");
    for (int i = 1; i <= tasks; i++) {
      plan.append("  - id: T-")
          .append(i)
          .append("\n    title: Write file ")
          .append(i)
          .append("\n    requirements: [R-1]\n    agent: worker-")
          .append(1 + i % 8)
          .append("\n    needs: [")
          .append(i > 4 && i % 5 == 0 ? "T-" + (i - 4) : "")
          .append("]\n    prompt: Write it.\n");
    }
    return plan.toString();
  }

  @Test
  void tasksOfEightAgentsReachMainAndTheUsersCheckoutComesAlongWithItsEdits() {
    var sandbox = twentyTasksOnEightAgents(folder);
    sandbox.write("README.md", "# stashed\n");
    sandbox.git("stash", "-q");
    sandbox.write("staged.txt", "staged");
    sandbox.git("add", "staged.txt");
    sandbox.write("README.md", "# edited, not staged\n");
    sandbox.write("untracked.txt", "mine\r\n");
    String edits = sandbox.git("status", "--porcelain");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(new Command.ImportPlan("plan.yaml", plan(TASKS)), null);
      engine.execute(new Command.StartHive(4), null);
      TestRepository.await(
          "all merged",
          engine,
          () -> TestRepository.tasks(engine).stream().allMatch(TaskViews.Task::merged));
      assertThat(TestRepository.changes(engine)).hasSize(TASKS).allMatch(c -> c.merge() != null);
    }
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo(edits);
    assertThat(sandbox.git("stash", "list")).isNotEmpty();
    for (int i = 1; i <= TASKS; i++) {
      assertThat(sandbox.repository.resolve("out/T-" + i + ".txt")).exists();
    }
    String merges =
        sandbox.git(
            "log",
            "--merges",
            "--format=%(trailers:key=Hivedeck-Task,valueonly,separator=)",
            "main");
    assertThat(merges.lines().filter(l -> !l.isBlank()).sorted().distinct()).hasSize(TASKS);
    assertThat(merges.lines().filter(l -> !l.isBlank())).hasSize(TASKS);
    for (int i = 1; i <= TASKS; i++) {
      assertThat(sandbox.git("show", "main:out/T-" + i + ".txt")).isEqualTo("work of T-" + i);
    }
    sandbox.git("fsck", "--strict");
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(1);
    assertThat(sandbox.git("branch", "--list", "hive/*")).isEmpty();
  }

  @Test
  void aCheckoutThatIsToBeLeftIsUntouchedAndWhatACommitTakesBackIsBroughtBack() {
    var sandbox = twentyTasksOnEightAgents(folder);
    String config = sandbox.git("show", "HEAD:.hivedeck/hive.yaml");
    sandbox.write(".hivedeck/hive.yaml", config + "\nworkspace: { checkout: leave }\n");
    sandbox.commit("Leave my checkout alone");
    var before = sandbox.checkout();
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("plan.yaml", plan(2)), null);
      engine.execute(new Command.StartHive(2), null);
      TestRepository.await(
          "all merged",
          engine,
          () -> TestRepository.tasks(engine).stream().allMatch(TaskViews.Task::merged));
      assertThat(sandbox.checkout()).isEqualTo(before);
      TestRepository.await("warned of", engine, () -> drift(engine, "checkout-behind").isPresent());

      sandbox.write("README.md", "# My own\n");
      sandbox.git("commit", "-q", "-am", "My own");
      assertThat(sandbox.git("ls-tree", "main", "out")).as("taken back").isEmpty();
      TestRepository.await("noticed", engine, () -> drift(engine, "work-taken-back").isPresent());
      var drift = drift(engine, "work-taken-back").orElseThrow();
      assertThat(drift.what()).contains("out/T-1.txt");
      engine.execute(new Command.Repair(drift.id()), null);
      assertThat(sandbox.git("show", "main:out/T-1.txt")).isEqualTo("work of T-1");
      assertThat(sandbox.git("show", "main:out/T-2.txt")).isEqualTo("work of T-2");
      assertThat(sandbox.git("show", "main:README.md")).isEqualTo("# My own");
      assertThat(drift(engine, "work-taken-back")).isEmpty();

      engine.execute(new Command.UpdateCheckout(), null);
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
      assertThat(sandbox.repository.resolve("out/T-2.txt")).exists();
    }
  }

  /** Else the next commit there takes the same work back again. */
  @Test
  void aRepairThatMovesMainBringsTheCheckoutAlongWhereNoEngineWorks() {
    var sandbox = twentyTasksOnEightAgents(folder);
    sandbox.write("out/T-1.txt", "in the way\n");
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("plan.yaml", plan(1)), null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      TestRepository.await("left", engine, () -> drift(engine, "checkout-behind").isPresent());
      sandbox.git("commit", "-q", "--allow-empty", "-m", "My own");
      TestRepository.await("noticed", engine, () -> drift(engine, "work-taken-back").isPresent());
    }
    TestRepository.run(sandbox.repository, "rm", "out/T-1.txt");
    try (Engine engine = sandbox.record()) {
      engine.execute(new Command.Repair(drift(engine, "work-taken-back").orElseThrow().id()), null);
      assertThat(drift(engine, "checkout-behind")).isEmpty();
    }
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("show", "HEAD:out/T-1.txt")).isEqualTo("work of T-1");
  }

  private static Optional<DriftViews.Drift> drift(Engine engine, String kind) {
    engine.execute(new Command.Reconcile(), null);
    return engine.snapshot(Set.of(Topic.DRIFT)).things().get(Topic.DRIFT).stream()
        .map(DriftViews.Drift.class::cast)
        .filter(d -> d.kind().equals(kind))
        .findFirst();
  }

  /** As one does that works in the user's repository instead of its own. */
  @Test
  void anAgentThatMovesMainIsNoticedAndNothingIsMergedUntilAPersonSaysSo() {
    var sandbox = twentyTasksOnEightAgents(folder);
    sandbox.write(
        "tools/agent.sh",
        """
        cat > /dev/null
        git -C "$HIVEDECK_WORKSPACE" worktree add -q --detach "$PWD/aside" main
        cd aside; echo bad > bad.txt; git add bad.txt
        git -c user.name=x -c user.email=x commit -qm sneaky
        git update-ref refs/heads/main HEAD
        cd ..; rm -rf aside; git -C "$HIVEDECK_WORKSPACE" worktree prune
        mkdir -p out; echo "work of $HIVEDECK_TASK" > "out/$HIVEDECK_TASK.txt"
        """);
    sandbox.commit("An agent that moves main");
    String tip = sandbox.git("rev-parse", "main");
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("plan.yaml", plan(1)), null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await("noticed", engine, () -> drift(engine, "main-moved").isPresent());
      var drift = drift(engine, "main-moved").orElseThrow();
      assertThat(drift.what()).contains("main moved", "T-1.1 (worker-2)");
      TestRepository.await(
          "held",
          engine,
          () ->
              TestRepository.changes(engine).stream()
                  .anyMatch(c -> c.reason() != null && c.reason().contains("main moved")));
      assertThat(TestRepository.task(engine, "T-1").merged()).isFalse();
      engine.execute(new Command.Repair(drift.id(), "put-back"), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
    }
    assertThat(sandbox.git("rev-parse", "main^1")).isEqualTo(tip);
    assertThat(sandbox.git("ls-tree", "main", "bad.txt")).isEmpty();
    assertThat(sandbox.git("for-each-ref", "refs/hivedeck/kept/main")).isNotEmpty();
  }

  /** However long the line of tasks that nobody free can take, what comes behind it is done. */
  @Test
  void tasksThatNobodyCanTakeDoNotStarveThoseBehindThem() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          painter: { driver: command, run: sh tools/agent.sh, capabilities: [painting] }
          writer: { driver: command, run: sh tools/agent.sh }
        gates:
          whole: { builtin: placeholders, at: [attempt] }
        decisions:
          default: { human: none }
        """);
    sandbox.write("tools/agent.sh", AGENT);
    sandbox.commit("Set up");
    var plan = new StringBuilder("plan: A long line\ntasks:\n");
    for (int i = 1; i <= 600; i++) {
      plan.append(
          "  - { id: X-%d, title: Paint, capabilities: [painting], prompt: Paint. }\n"
              .formatted(i));
    }
    plan.append("  - { id: T-1, title: Write, prompt: Write. }\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      engine.execute(new Command.ImportPlan("plan.yaml", plan.toString()), null);
      engine.execute(new Command.PauseAgent("painter"), null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "the last is merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(TestRepository.task(engine, "X-1").attempts()).isZero();
    }
  }

  @Test
  void untrustedCommandsDoNotRun() {
    var sandbox = twentyTasksOnEightAgents(folder);
    try (Engine engine = sandbox.open()) {
      engine.execute(new Command.ImportPlan("plan.yaml", plan(1)), null);
      assertThatThrownBy(() -> engine.execute(new Command.StartHive(1), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-trusted"));
      assertThat(TestRepository.task(engine, "T-1").attempts()).isZero();
    }
  }

  private TestRepository one(String script, String decisions) {
    var sandbox = new TestRepository(folder);
    sandbox.write("tools/agent.sh", script);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 2, backoff: [1s], timeout: 20s }
        agents:
          a: { driver: command, run: sh tools/agent.sh, fallback: [b] }
          b: { driver: command, run: sh tools/other.sh }
        gates:
          whole: { builtin: placeholders, at: [attempt] }
        decisions: { %s }
        """
            .formatted(decisions));
    sandbox.write("tools/other.sh", "echo by b > made.txt\n");
    sandbox.commit("Set up");
    return sandbox;
  }

  private static final String ONE =
      "plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a, prompt: Make it. }\n";

  private static Engine working(TestRepository sandbox) {
    Engine engine = sandbox.open();
    TestRepository.begin(engine, ONE, 2);
    return engine;
  }

  @Test
  void aFailingAgentIsRetriedThenAnotherTakesOver() {
    var sandbox = one("echo cannot >&2; exit 3\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      var attempts = engine.query(new Query.Attempts("T-1"));
      assertThat(attempts.findValuesAsText("agent")).containsExactly("a", "a", "b");
      assertThat(attempts.get(0).get("reason").asText()).isEqualTo("exit");
    }
  }

  @Test
  void anAgentThatChangesNothingHasNotSucceeded() {
    var sandbox = one("echo all done, trust me\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      var attempts = engine.query(new Query.Attempts("T-1"));
      assertThat(attempts.get(0).get("reason").asText()).isEqualTo("nothing-changed");
    }
  }

  /** Its work waits for a service that is down; once that is up there is nothing left to do. */
  private Engine refused(String gate, int attempts) {
    var sandbox = one("[ -f made.txt ] && echo done already || echo made > made.txt\n", "");
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          a: { driver: command, run: sh tools/agent.sh }
        gates:
          service: { run: "%s", at: [attempt] }
        defaults: { attempts: %d, backoff: [1ms] }
        decisions: { default: { human: none } }
        """
            .formatted(gate, attempts));
    sandbox.commit("Its gate");
    return working(sandbox);
  }

  @Test
  void workThatAGateRefusedForAPassingReasonIsJudgedAgainAsItIs() {
    Path up = folder.resolve("up");
    try (Engine engine = refused("test -f " + up + " || { touch " + up + "; false; }", 2)) {
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("state"))
          .containsExactly("failed", "succeeded");
    }
  }

  @Test
  void aRetryByHandHasTheGateJudgeWhatIsThere() throws IOException {
    Path up = folder.resolve("up");
    try (Engine engine = refused("test -f " + up, 1)) {
      TestRepository.await(
          "dead",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.DEAD);
      engine.execute(new Command.RetryTask("T-1", null), null);
      TestRepository.await(
          "asked again", engine, () -> engine.query(new Query.Attempts("T-1")).size() == 2);
      TestRepository.await(
          "dead",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.DEAD);
      Files.createFile(up);
      engine.execute(new Command.RetryTask("T-1", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("reason"))
          .containsExactly("gate", "gate");
    }
  }

  /** As if it had never been: there is nothing for main in it. */
  @Test
  void takingBackWhatAGateRefusedChangesNothing() {
    var sandbox =
        one("[ -f made.txt ] && rm made.txt || echo TODO > made.txt\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await(
          "a retry", engine, () -> engine.query(new Query.Attempts("T-1")).size() > 2);
      assertThat(engine.query(new Query.Attempts("T-1")).get(1).get("reason").asText())
          .isEqualTo("nothing-changed");
    }
  }

  @Test
  void aReviewSendsTheChangeBackWithItsCommentsAndAnApprovalMergesIt() {
    var sandbox =
        one(
            "if grep -q 'louder' \"$HIVEDECK_PROMPT_FILE\""
                + " && grep -qx 'L O U D' \"$HIVEDECK_PROMPT_FILE\"; then echo LOUD > made.txt;"
                + " else echo quiet > made.txt; fi\n",
            "default: { human: required }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await("open", engine, () -> changeIs(engine, ChangeViews.ChangeState.OPEN));
      String shown = TestRepository.changes(engine).getFirst().head();
      var diff = engine.query(new Query.Diff("C-1", null));
      assertThat(diff.get("files").get(0).get("path").asText()).isEqualTo("made.txt");
      engine.execute(
          new Command.ReturnChange(
              "C-1",
              "Please",
              List.of(new Command.LineComment("made.txt", 1, "louder", 1, "L O U D"))),
          null);
      TestRepository.await(
          "open again",
          engine,
          () ->
              changeIs(engine, ChangeViews.ChangeState.OPEN)
                  && TestRepository.task(engine, "T-1").attempts() == 2);
      for (var stale :
          List.of(
              new Command.ApproveChange("C-1", "Good", shown),
              new Command.MergeChange("C-1", shown))) {
        assertThat(
                catchThrowableOfType(HiveException.class, () -> engine.execute(stale, null)).code())
            .as("what was shown is not what is there")
            .isEqualTo("change-moved");
      }
      String head = TestRepository.changes(engine).getFirst().head();
      engine.execute(new Command.ApproveChange("C-1", "Good", head), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(sandbox.git("show", "main:made.txt")).isEqualTo("LOUD");
      assertThat(TestRepository.changes(engine).getFirst().comments())
          .extracting(ChangeViews.Comment::suggestion)
          .containsExactly(null, "L O U D", null);
    }
  }

  private static boolean changeIs(Engine engine, ChangeViews.ChangeState state) {
    return TestRepository.changes(engine).stream().anyMatch(c -> c.state() == state);
  }

  @Test
  void anAgentAsksAPersonAnswersAndTheNextAttemptKnows() {
    var sandbox =
        one(
            "if grep -q 'blue' \"$HIVEDECK_PROMPT_FILE\"; then cat half.txt > made.txt; cp"
                + " \"$HIVEDECK_PROMPT_FILE\" told.txt; else echo half > half.txt; echo"
                + " '{\"hivedeck\":\"ask\",\"question\":\"Which"
                + " colour?\",\"options\":[\"red\",\"blue\"]}'; fi\n",
            "default: { human: none }, ui: { human: required }");
    sandbox.git("commit", "--allow-empty", "-q", "-m", "x");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, ONE.replace("agent: a,", "agent: a, kind: ui,"), 2);
      TestRepository.await("asked", engine, () -> !TestRepository.decisions(engine).isEmpty());
      TestRepository.await(
          "waiting",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.WAITING);
      TestRepository.await(
          "ended",
          engine,
          () ->
              engine
                  .query(new Query.Attempts("T-1"))
                  .get(0)
                  .get("state")
                  .asText()
                  .equals("cancelled"));
      engine.execute(new Command.Decide("D-1", "blue", null), null);
      TestRepository.await("open", engine, () -> changeIs(engine, ChangeViews.ChangeState.OPEN));
      engine.execute(new Command.ApproveChange("C-1", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(sandbox.git("show", "main:made.txt"))
          .as("made from what was there when it asked")
          .isEqualTo("half");
      assertThat(sandbox.git("show", "main:told.txt"))
          .contains("You ended to wait for the answer", "What was done before you asked")
          .doesNotContain("cut off");
    }
  }

  /** The agent is gone by then, though what it left running is not, so its attempt is not over. */
  @Test
  void anAnswerThatComesAsTheAgentEndsIsForTheNextAttempt() {
    Path agent = folder.resolve("agent");
    var sandbox =
        one(
            """
            if grep -q blue "$HIVEDECK_PROMPT_FILE"; then cat half.txt > made.txt; exit; fi
            echo half > half.txt
            echo '{"hivedeck":"ask","question":"Which colour?","options":["red","blue"]}'
            (trap '' TERM; exec sleep 300) 2> err &
            echo $$ > '%s'
            """
                .formatted(agent),
            "default: { human: none }, ui: { human: required }");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, ONE.replace("agent: a,", "agent: a, kind: ui,"), 2);
      TestRepository.await("asked", engine, () -> !TestRepository.decisions(engine).isEmpty());
      TestRepository.await("gone", engine, () -> isGone(agent));
      engine.execute(new Command.Decide("D-1", "blue", null), null);
      TestRepository.await("open", engine, () -> changeIs(engine, ChangeViews.ChangeState.OPEN));
      assertThat(engine.query(new Query.Attempts("T-1")).findValuesAsText("reason"))
          .contains("asked");
      engine.execute(new Command.ApproveChange("C-1", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(sandbox.git("show", "main:made.txt")).isEqualTo("half");
    }
  }

  private static boolean isGone(Path pid) {
    try {
      String number = Files.exists(pid) ? Files.readString(pid).strip() : "";
      return !number.isEmpty()
          && !ProcessHandle.of(Long.parseLong(number)).map(ProcessHandle::isAlive).orElse(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It is answered at once, for nobody has to be asked, and could go on like that for ever. */
  @Test
  void anAgentThatOnlyAsksComesToItsEnd() {
    var sandbox =
        one("echo '{\"hivedeck\":\"ask\",\"question\":\"Which?\"}'\n", "default: { human: none }");
    sandbox.git("commit", "--allow-empty", "-q", "-m", "x");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(engine, ONE, 2);
      TestRepository.await(
          "done with",
          engine,
          () ->
              engine
                  .query(new Query.Attempts("T-1"))
                  .findValuesAsText("reason")
                  .contains("nothing-changed"));
    }
  }

  @Test
  void whatAnAttemptTakesIsShownWhileItRunsAndInItsLog() throws Exception {
    var go = folder.resolve("go");
    var sandbox =
        one(
            "sleep 300 & until [ -e '" + go + "' ]; do sleep 0.05; done; echo x > made.txt\n",
            "default: { human: none }");
    sandbox.write(
        ".hivedeck/hive.yaml",
        Files.readString(sandbox.repository.resolve(".hivedeck/hive.yaml"))
            .replace("timeout: 20s", "timeout: 5m, limits: { processes: 50 }"));
    sandbox.commit("Limit it");
    var shown = new CompletableFuture<AttemptViews.Attempt>();
    try (Engine engine = working(sandbox);
        var _ =
            engine.subscribe(
                0,
                events ->
                    events.stream()
                        .filter(e -> e.type() == AttemptEvent.PROGRESSED)
                        .map(e -> Json.as(e.data(), AttemptViews.Attempt.class))
                        .filter(a -> a.processes() > 1)
                        .forEach(shown::complete))) {
      var attempt = shown.get(60, TimeUnit.SECONDS);
      assertThat(attempt.memory()).isPositive();
      assertThat(attempt.processes()).isLessThan(10);
      assertThat(attempt.quota()).isEqualTo(new AttemptViews.Quota(null, null, 50));
      Files.writeString(go, "");
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(engine.query(new Query.Log("T-1.1", 0, 100)).findValuesAsText("text"))
          .anyMatch(line -> line.matches("used at most \\d+ MB, \\d processes"));
      assertThat(engine.query(new Query.Attempts("T-1")).get(0).get("processes").asInt()).isZero();
    }
  }

  @Test
  void aPersonTakesOverAndTheirWorkPassesTheSameGates() throws Exception {
    var sandbox = one("exit 3\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await(
          "merged by b", engine, () -> TestRepository.task(engine, "T-1").merged());
      engine.execute(
          new Command.AddTask(
              "T-2", "By hand", "Do it yourself.", "you", null, null, null, null, null),
          null);
      assertThat(engine.query(new Query.Events(0, 1_000)).findValuesAsText("text"))
          .contains("T-2 added: By hand")
          .filteredOn(text -> text.startsWith("plan "))
          .hasSize(1);
      TestRepository.await("asked", engine, () -> !TestRepository.decisions(engine).isEmpty());
      var decision = TestRepository.decisions(engine).getFirst();
      assertThat(decision.kind()).isEqualTo("manual");
      assertThat(decision.dueAt()).isNull();
      var attempt = TestRepository.task(engine, "T-2").attempt();
      var worktree =
          Path.of(engine.query(new Query.Attempts("T-2")).get(0).get("worktree").asText());
      assertThat(decision.question()).contains(worktree.toString());
      Files.writeString(worktree.resolve("by-hand.txt"), "made by hand\n");
      engine.execute(new Command.Decide(decision.id(), "hand back", null), null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-2").merged());
      assertThat(attempt).isEqualTo("T-2.1");
      assertThat(sandbox.git("show", "main:by-hand.txt")).isEqualTo("made by hand");
    }
  }

  @Test
  void aPersonTakesOverWhatRunsAndGoesOnFromItsWork() throws Exception {
    var sandbox = one("echo half > half.txt; sleep 300\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await("half written", engine, () -> halfWritten(engine));
      engine.execute(new Command.TakeTask("T-1"), null);
      TestRepository.await("with them", engine, () -> !TestRepository.decisions(engine).isEmpty());
      var attempts = engine.query(new Query.Attempts("T-1"));
      assertThat(attempts.get(0).get("state").asText()).isEqualTo("cancelled");
      assertThat(attempts.get(1).get("agent").asText()).isEqualTo("you");
      var worktree = Path.of(attempts.get(1).get("worktree").asText());
      assertThat(worktree.resolve("half.txt")).hasContent("half\n");
      assertThatThrownBy(() -> engine.execute(new Command.TakeTask("T-1"), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("with you already");
      Files.writeString(worktree.resolve("rest.txt"), "rest\n");
      engine.execute(
          new Command.Decide(TestRepository.decisions(engine).getFirst().id(), "hand back", null),
          null);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(sandbox.git("show", "main:half.txt")).isEqualTo("half");
      assertThat(sandbox.git("show", "main:rest.txt")).isEqualTo("rest");
      assertThatThrownBy(() -> engine.execute(new Command.TakeTask("T-1"), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("nothing to take over");
    }
  }

  @Test
  void whatWaitsForItsTurnIsTakenOverAtOnce() {
    var sandbox = one("exit 3\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await(
          "merged by b", engine, () -> TestRepository.task(engine, "T-1").merged());
      engine.execute(new Command.PauseAgent("a"), null);
      engine.execute(
          new Command.AddTask("T-2", "Two", "Do it.", "a", null, null, null, null, null), null);
      engine.execute(new Command.TakeTask("T-2"), null);
      TestRepository.await("with them", engine, () -> !TestRepository.decisions(engine).isEmpty());
      assertThat(TestRepository.decisions(engine).getFirst().task()).isEqualTo("T-2");
    }
  }

  @Test
  void anAgentThatIsPausedAtWorkSaysSoWhileItEndsWhatItIsAt() {
    var sandbox = one("sleep 300\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await(
          "at work", engine, () -> agent(engine).state() == AgentViews.AgentState.RUNNING);
      assertThat(agent(engine).paused()).isFalse();
      engine.execute(new Command.PauseAgent("a"), null);
      assertThat(agent(engine).paused()).isTrue();
      assertThat(agent(engine).state()).isEqualTo(AgentViews.AgentState.RUNNING);
      engine.execute(new Command.ResumeAgent("a"), null);
      assertThat(agent(engine).paused()).isFalse();
    }
  }

  private static AgentViews.Agent agent(Engine engine) {
    return engine.snapshot(Set.of(Topic.AGENT)).things().get(Topic.AGENT).stream()
        .map(AgentViews.Agent.class::cast)
        .filter(a -> a.id().equals("a"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void cancelEndsTheWholeProcessTreeAndKeepsTheWork() {
    var sandbox =
        one("echo half > half.txt; setsid sleep 300 & sleep 300\n", "default: { human: none }");
    try (Engine engine = working(sandbox)) {
      TestRepository.await("half written", engine, () -> halfWritten(engine));
      engine.execute(new Command.CancelTask("T-1"), null);
      TestRepository.await(
          "kept", engine, () -> sandbox.git("for-each-ref", "refs/hivedeck/kept").contains("T-1"));
      TestRepository.await(
          "nothing left",
          engine,
          () ->
              ProcessTree.carrying().stream()
                  .noneMatch(p -> p.folder() != null && p.folder().startsWith(folder)));
      assertThat(TestRepository.task(engine, "T-1").state())
          .isEqualTo(TaskViews.TaskState.CANCELLED);
      String ref =
          sandbox
              .git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept")
              .lines()
              .findFirst()
              .orElseThrow();
      assertThat(sandbox.git("show", ref + ":half.txt")).isEqualTo("half");
    }
  }

  private static boolean halfWritten(Engine engine) {
    var diff = TestRepository.task(engine, "T-1").attempt();
    return diff != null && engine.query(new Query.Diff(null, diff)).path("files").size() == 1;
  }

  @Test
  void aSecondEngineIsRefused() {
    var sandbox = one("true\n", "");
    try (Engine engine = sandbox.open()) {
      assertThat(engine.stats().running()).isZero();
      assertThatThrownBy(sandbox::open)
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("second-engine"));
    }
    sandbox.open().close();
  }
}
