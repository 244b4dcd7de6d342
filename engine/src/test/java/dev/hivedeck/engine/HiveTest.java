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
import dev.hivedeck.engine.protocol.Views;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a user's repository: a plan goes in, merged work comes out. */
class HiveTest {
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

  static Sandbox twentyTasksOnEightAgents(Path folder) {
    var sandbox = new Sandbox(folder);
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
  void twentyTasksOnEightAgentsReachMainAndTheUsersCheckoutComesAlongWithItsEdits() {
    var sandbox = twentyTasksOnEightAgents(folder);
    sandbox.write("README.md", "# stashed\n");
    sandbox.git("stash", "-q");
    sandbox.write("staged.txt", "staged");
    sandbox.git("add", "staged.txt");
    sandbox.write("README.md", "# edited, not staged\n");
    sandbox.write("untracked.txt", "mine\r\n");
    String edits = sandbox.git("status", "--porcelain");
    try (Hive hive = sandbox.open()) {
      Sandbox.trust(hive);
      hive.execute(new Command.ImportPlan("plan.yaml", plan(20)), null);
      hive.execute(new Command.StartHive(4), null);
      Sandbox.await(
          "all merged", hive, () -> Sandbox.tasks(hive).stream().allMatch(Views.Task::merged));
      assertThat(Sandbox.changes(hive)).hasSize(20).allMatch(c -> c.merge() != null);
    }
    assertThat(sandbox.git("status", "--porcelain")).isEqualTo(edits);
    assertThat(sandbox.git("stash", "list")).isNotEmpty();
    for (int i = 1; i <= 20; i++) {
      assertThat(sandbox.repository.resolve("out/T-" + i + ".txt")).exists();
    }
    String merges =
        sandbox.git(
            "log",
            "--merges",
            "--format=%(trailers:key=Hivedeck-Task,valueonly,separator=)",
            "main");
    assertThat(merges.lines().filter(l -> !l.isBlank()).sorted().distinct()).hasSize(20);
    assertThat(merges.lines().filter(l -> !l.isBlank())).hasSize(20);
    for (int i = 1; i <= 20; i++) {
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
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(new Command.ImportPlan("plan.yaml", plan(2)), null);
      hive.execute(new Command.StartHive(2), null);
      Sandbox.await(
          "all merged", hive, () -> Sandbox.tasks(hive).stream().allMatch(Views.Task::merged));
      assertThat(sandbox.checkout()).isEqualTo(before);
      Sandbox.await("warned of", hive, () -> drift(hive, "checkout-behind").isPresent());

      sandbox.write("README.md", "# My own\n");
      sandbox.git("commit", "-q", "-am", "My own");
      assertThat(sandbox.git("ls-tree", "main", "out")).as("taken back").isEmpty();
      Sandbox.await("noticed", hive, () -> drift(hive, "work-taken-back").isPresent());
      var drift = drift(hive, "work-taken-back").orElseThrow();
      assertThat(drift.what()).contains("out/T-1.txt");
      hive.execute(new Command.Repair(drift.id()), null);
      assertThat(sandbox.git("show", "main:out/T-1.txt")).isEqualTo("work of T-1");
      assertThat(sandbox.git("show", "main:out/T-2.txt")).isEqualTo("work of T-2");
      assertThat(sandbox.git("show", "main:README.md")).isEqualTo("# My own");
      assertThat(drift(hive, "work-taken-back")).isEmpty();

      hive.execute(new Command.UpdateCheckout(), null);
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
      assertThat(sandbox.repository.resolve("out/T-2.txt")).exists();
    }
  }

  /** Else the next commit there takes the same work back again. */
  @Test
  void aRepairThatMovesMainBringsTheCheckoutAlongWhereNoEngineWorks() {
    var sandbox = twentyTasksOnEightAgents(folder);
    sandbox.write("out/T-1.txt", "in the way\n");
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(new Command.ImportPlan("plan.yaml", plan(1)), null);
      hive.execute(new Command.StartHive(1), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      Sandbox.await("left", hive, () -> drift(hive, "checkout-behind").isPresent());
      sandbox.git("commit", "-q", "--allow-empty", "-m", "My own");
      Sandbox.await("noticed", hive, () -> drift(hive, "work-taken-back").isPresent());
    }
    Sandbox.run(sandbox.repository, "rm", "out/T-1.txt");
    try (Hive hive = sandbox.record()) {
      hive.execute(new Command.Repair(drift(hive, "work-taken-back").orElseThrow().id()), null);
      assertThat(drift(hive, "checkout-behind")).isEmpty();
    }
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    assertThat(sandbox.git("show", "HEAD:out/T-1.txt")).isEqualTo("work of T-1");
  }

  private static Optional<Views.Drift> drift(Hive hive, String kind) {
    hive.execute(new Command.Reconcile(), null);
    return hive.snapshot(EnumSet.of(Topic.DRIFT)).things().get(Topic.DRIFT).stream()
        .map(Views.Drift.class::cast)
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
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(new Command.ImportPlan("plan.yaml", plan(1)), null);
      hive.execute(new Command.StartHive(1), null);
      Sandbox.await("noticed", hive, () -> drift(hive, "main-moved").isPresent());
      var drift = drift(hive, "main-moved").orElseThrow();
      assertThat(drift.what()).contains("main moved", "T-1.1 (worker-2)");
      Sandbox.await(
          "held",
          hive,
          () ->
              Sandbox.changes(hive).stream()
                  .anyMatch(c -> c.reason() != null && c.reason().contains("main moved")));
      assertThat(Sandbox.task(hive, "T-1").merged()).isFalse();
      hive.execute(new Command.Repair(drift.id(), "put-back"), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
    }
    assertThat(sandbox.git("rev-parse", "main^1")).isEqualTo(tip);
    assertThat(sandbox.git("ls-tree", "main", "bad.txt")).isEmpty();
    assertThat(sandbox.git("for-each-ref", "refs/hivedeck/kept/main")).isNotEmpty();
  }

  /** However long the line of tasks that nobody free can take, what comes behind it is done. */
  @Test
  void tasksThatNobodyCanTakeDoNotStarveThoseBehindThem() {
    var sandbox = new Sandbox(folder);
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
    try (Hive hive = sandbox.open()) {
      Sandbox.trust(hive);
      hive.execute(new Command.ImportPlan("plan.yaml", plan.toString()), null);
      hive.execute(new Command.PauseAgent("painter"), null);
      hive.execute(new Command.StartHive(1), null);
      Sandbox.await("the last is merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      assertThat(Sandbox.task(hive, "X-1").attempts()).isZero();
    }
  }

  @Test
  void untrustedCommandsDoNotRun() {
    var sandbox = twentyTasksOnEightAgents(folder);
    try (Hive hive = sandbox.open()) {
      hive.execute(new Command.ImportPlan("plan.yaml", plan(1)), null);
      assertThatThrownBy(() -> hive.execute(new Command.StartHive(1), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-trusted"));
      assertThat(Sandbox.task(hive, "T-1").attempts()).isZero();
    }
  }

  private Sandbox one(String script, String decisions) {
    var sandbox = new Sandbox(folder);
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

  private static Hive working(Sandbox sandbox) {
    Hive hive = sandbox.open();
    Sandbox.begin(hive, ONE, 2);
    return hive;
  }

  @Test
  void aFailingAgentIsRetriedThenAnotherTakesOver() {
    var sandbox = one("echo cannot >&2; exit 3\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      var attempts = hive.query(new Query.Attempts("T-1"));
      assertThat(attempts.findValuesAsText("agent")).containsExactly("a", "a", "b");
      assertThat(attempts.get(0).get("reason").asText()).isEqualTo("exit");
    }
  }

  @Test
  void anAgentThatChangesNothingHasNotSucceeded() {
    var sandbox = one("echo all done, trust me\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      var attempts = hive.query(new Query.Attempts("T-1"));
      assertThat(attempts.get(0).get("reason").asText()).isEqualTo("nothing-changed");
    }
  }

  /** Its work waits for a service that is down; once that is up there is nothing left to do. */
  private Hive refused(String gate, int attempts) {
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
    try (Hive hive = refused("test -f " + up + " || { touch " + up + "; false; }", 2)) {
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      assertThat(hive.query(new Query.Attempts("T-1")).findValuesAsText("state"))
          .containsExactly("failed", "succeeded");
    }
  }

  @Test
  void aRetryByHandHasTheGateJudgeWhatIsThere() throws IOException {
    Path up = folder.resolve("up");
    try (Hive hive = refused("test -f " + up, 1)) {
      Sandbox.await("dead", hive, () -> Sandbox.task(hive, "T-1").state() == Views.TaskState.DEAD);
      hive.execute(new Command.RetryTask("T-1", null), null);
      Sandbox.await("asked again", hive, () -> hive.query(new Query.Attempts("T-1")).size() == 2);
      Sandbox.await("dead", hive, () -> Sandbox.task(hive, "T-1").state() == Views.TaskState.DEAD);
      Files.createFile(up);
      hive.execute(new Command.RetryTask("T-1", null), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      assertThat(hive.query(new Query.Attempts("T-1")).findValuesAsText("reason"))
          .containsExactly("gate", "gate");
    }
  }

  /** As if it had never been: there is nothing for main in it. */
  @Test
  void takingBackWhatAGateRefusedChangesNothing() {
    var sandbox =
        one("[ -f made.txt ] && rm made.txt || echo TODO > made.txt\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("a retry", hive, () -> hive.query(new Query.Attempts("T-1")).size() > 2);
      assertThat(hive.query(new Query.Attempts("T-1")).get(1).get("reason").asText())
          .isEqualTo("nothing-changed");
    }
  }

  @Test
  void aReviewSendsTheChangeBackWithItsCommentsAndAnApprovalMergesIt() {
    var sandbox =
        one(
            "if grep -q 'louder' \"$HIVEDECK_PROMPT_FILE\"; then echo LOUD > made.txt;"
                + " else echo quiet > made.txt; fi\n",
            "default: { human: required }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("open", hive, () -> changeIs(hive, Views.ChangeState.OPEN));
      String shown = Sandbox.changes(hive).getFirst().head();
      var diff = hive.query(new Query.Diff("C-1", null));
      assertThat(diff.get("files").get(0).get("path").asText()).isEqualTo("made.txt");
      hive.execute(
          new Command.ReturnChange(
              "C-1", "Please", List.of(new Command.LineComment("made.txt", 1, "louder"))),
          null);
      Sandbox.await(
          "open again",
          hive,
          () ->
              changeIs(hive, Views.ChangeState.OPEN) && Sandbox.task(hive, "T-1").attempts() == 2);
      for (var stale :
          List.of(
              new Command.ApproveChange("C-1", "Good", shown),
              new Command.MergeChange("C-1", shown))) {
        assertThat(
                catchThrowableOfType(HiveException.class, () -> hive.execute(stale, null)).code())
            .as("what was shown is not what is there")
            .isEqualTo("change-moved");
      }
      String head = Sandbox.changes(hive).getFirst().head();
      hive.execute(new Command.ApproveChange("C-1", "Good", head), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      assertThat(sandbox.git("show", "main:made.txt")).isEqualTo("LOUD");
      assertThat(Sandbox.changes(hive).getFirst().comments()).hasSize(3);
    }
  }

  private static boolean changeIs(Hive hive, Views.ChangeState state) {
    return Sandbox.changes(hive).stream().anyMatch(c -> c.state() == state);
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
    try (Hive hive = sandbox.open()) {
      Sandbox.begin(hive, ONE.replace("agent: a,", "agent: a, kind: ui,"), 2);
      Sandbox.await("asked", hive, () -> !Sandbox.decisions(hive).isEmpty());
      Sandbox.await(
          "waiting", hive, () -> Sandbox.task(hive, "T-1").state() == Views.TaskState.WAITING);
      Sandbox.await(
          "ended",
          hive,
          () ->
              hive.query(new Query.Attempts("T-1"))
                  .get(0)
                  .get("state")
                  .asText()
                  .equals("cancelled"));
      hive.execute(new Command.Decide("D-1", "blue", null), null);
      Sandbox.await("open", hive, () -> changeIs(hive, Views.ChangeState.OPEN));
      hive.execute(new Command.ApproveChange("C-1", null), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
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
    try (Hive hive = sandbox.open()) {
      Sandbox.begin(hive, ONE.replace("agent: a,", "agent: a, kind: ui,"), 2);
      Sandbox.await("asked", hive, () -> !Sandbox.decisions(hive).isEmpty());
      Sandbox.await("gone", hive, () -> isGone(agent));
      hive.execute(new Command.Decide("D-1", "blue", null), null);
      Sandbox.await("open", hive, () -> changeIs(hive, Views.ChangeState.OPEN));
      assertThat(hive.query(new Query.Attempts("T-1")).findValuesAsText("reason"))
          .contains("asked");
      hive.execute(new Command.ApproveChange("C-1", null), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
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
    try (Hive hive = sandbox.open()) {
      Sandbox.begin(hive, ONE, 2);
      Sandbox.await(
          "done with",
          hive,
          () ->
              hive.query(new Query.Attempts("T-1"))
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
    var shown = new CompletableFuture<Views.Attempt>();
    try (Hive hive = working(sandbox);
        var _ =
            hive.subscribe(
                0,
                events ->
                    events.stream()
                        .filter(e -> e.type().equals("attempt.progressed"))
                        .map(e -> Json.as(e.data(), Views.Attempt.class))
                        .filter(a -> a.processes() > 1)
                        .forEach(shown::complete))) {
      var attempt = shown.get(60, TimeUnit.SECONDS);
      assertThat(attempt.memory()).isPositive();
      assertThat(attempt.processes()).isLessThan(10);
      assertThat(attempt.quota()).isEqualTo(new Views.Quota(null, null, 50));
      Files.writeString(go, "");
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      assertThat(hive.query(new Query.Log("T-1.1", 0, 100)).findValuesAsText("text"))
          .anyMatch(line -> line.matches("used at most \\d+ MB, \\d processes"));
      assertThat(hive.query(new Query.Attempts("T-1")).get(0).get("processes").asInt()).isZero();
    }
  }

  @Test
  void aPersonTakesOverAndTheirWorkPassesTheSameGates() throws Exception {
    var sandbox = one("exit 3\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("merged by b", hive, () -> Sandbox.task(hive, "T-1").merged());
      hive.execute(
          new Command.AddTask(
              "T-2", "By hand", "Do it yourself.", "you", null, null, null, null, null),
          null);
      assertThat(hive.query(new Query.Events(0, 1_000)).findValuesAsText("text"))
          .contains("T-2 added: By hand")
          .filteredOn(text -> text.startsWith("plan "))
          .hasSize(1);
      Sandbox.await("asked", hive, () -> !Sandbox.decisions(hive).isEmpty());
      var decision = Sandbox.decisions(hive).getFirst();
      assertThat(decision.kind()).isEqualTo("manual");
      assertThat(decision.dueAt()).isNull();
      var attempt = Sandbox.task(hive, "T-2").attempt();
      var worktree = Path.of(hive.query(new Query.Attempts("T-2")).get(0).get("worktree").asText());
      assertThat(decision.question()).contains(worktree.toString());
      Files.writeString(worktree.resolve("by-hand.txt"), "made by hand\n");
      hive.execute(new Command.Decide(decision.id(), "hand back", null), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-2").merged());
      assertThat(attempt).isEqualTo("T-2.1");
      assertThat(sandbox.git("show", "main:by-hand.txt")).isEqualTo("made by hand");
    }
  }

  @Test
  void aPersonTakesOverWhatRunsAndGoesOnFromItsWork() throws Exception {
    var sandbox = one("echo half > half.txt; sleep 300\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("half written", hive, () -> halfWritten(hive));
      hive.execute(new Command.TakeTask("T-1"), null);
      Sandbox.await("with them", hive, () -> !Sandbox.decisions(hive).isEmpty());
      var attempts = hive.query(new Query.Attempts("T-1"));
      assertThat(attempts.get(0).get("state").asText()).isEqualTo("cancelled");
      assertThat(attempts.get(1).get("agent").asText()).isEqualTo("you");
      var worktree = Path.of(attempts.get(1).get("worktree").asText());
      assertThat(worktree.resolve("half.txt")).hasContent("half\n");
      assertThatThrownBy(() -> hive.execute(new Command.TakeTask("T-1"), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("with you already");
      Files.writeString(worktree.resolve("rest.txt"), "rest\n");
      hive.execute(
          new Command.Decide(Sandbox.decisions(hive).getFirst().id(), "hand back", null), null);
      Sandbox.await("merged", hive, () -> Sandbox.task(hive, "T-1").merged());
      assertThat(sandbox.git("show", "main:half.txt")).isEqualTo("half");
      assertThat(sandbox.git("show", "main:rest.txt")).isEqualTo("rest");
      assertThatThrownBy(() -> hive.execute(new Command.TakeTask("T-1"), null))
          .isInstanceOf(HiveException.class)
          .hasMessageContaining("nothing to take over");
    }
  }

  @Test
  void whatWaitsForItsTurnIsTakenOverAtOnce() {
    var sandbox = one("exit 3\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("merged by b", hive, () -> Sandbox.task(hive, "T-1").merged());
      hive.execute(new Command.PauseAgent("a"), null);
      hive.execute(
          new Command.AddTask("T-2", "Two", "Do it.", "a", null, null, null, null, null), null);
      hive.execute(new Command.TakeTask("T-2"), null);
      Sandbox.await("with them", hive, () -> !Sandbox.decisions(hive).isEmpty());
      assertThat(Sandbox.decisions(hive).getFirst().task()).isEqualTo("T-2");
    }
  }

  @Test
  void anAgentThatIsPausedAtWorkSaysSoWhileItEndsWhatItIsAt() {
    var sandbox = one("sleep 300\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("at work", hive, () -> agent(hive).state() == Views.AgentState.RUNNING);
      assertThat(agent(hive).paused()).isFalse();
      hive.execute(new Command.PauseAgent("a"), null);
      assertThat(agent(hive).paused()).isTrue();
      assertThat(agent(hive).state()).isEqualTo(Views.AgentState.RUNNING);
      hive.execute(new Command.ResumeAgent("a"), null);
      assertThat(agent(hive).paused()).isFalse();
    }
  }

  private static Views.Agent agent(Hive hive) {
    return hive.snapshot(Set.of(Topic.AGENT)).things().get(Topic.AGENT).stream()
        .map(Views.Agent.class::cast)
        .filter(a -> a.id().equals("a"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void cancelEndsTheWholeProcessTreeAndKeepsTheWork() {
    var sandbox =
        one("echo half > half.txt; setsid sleep 300 & sleep 300\n", "default: { human: none }");
    try (Hive hive = working(sandbox)) {
      Sandbox.await("half written", hive, () -> halfWritten(hive));
      hive.execute(new Command.CancelTask("T-1"), null);
      Sandbox.await(
          "kept", hive, () -> sandbox.git("for-each-ref", "refs/hivedeck/kept").contains("T-1"));
      Sandbox.await(
          "nothing left",
          hive,
          () ->
              ProcessTree.carrying().stream()
                  .noneMatch(p -> p.folder() != null && p.folder().startsWith(folder)));
      assertThat(Sandbox.task(hive, "T-1").state()).isEqualTo(Views.TaskState.CANCELLED);
      String ref =
          sandbox
              .git("for-each-ref", "--format=%(refname)", "refs/hivedeck/kept")
              .lines()
              .findFirst()
              .orElseThrow();
      assertThat(sandbox.git("show", ref + ":half.txt")).isEqualTo("half");
    }
  }

  private static boolean halfWritten(Hive hive) {
    var diff = Sandbox.task(hive, "T-1").attempt();
    return diff != null && hive.query(new Query.Diff(null, diff)).path("files").size() == 1;
  }

  @Test
  void aSecondEngineIsRefused() {
    var sandbox = one("true\n", "");
    try (Hive hive = sandbox.open()) {
      assertThat(hive.stats().running()).isZero();
      assertThatThrownBy(sandbox::open)
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("second-engine"));
    }
    sandbox.open().close();
  }
}
