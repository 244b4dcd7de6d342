package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes as canaries: a service that Hivedeck runs, an agent that changes it, real requests. */
@DisabledOnOs(OS.WINDOWS) // its agent is a shell script
class ChangeCanaryTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Engine engine;
  private int port;

  /** Services beside its own. */
  private String beside = "";

  /** Tasks beside its own, a line each. */
  private String tasks = "";

  private volatile boolean load = true;
  private Thread sender;
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();

  private static String run() {
    return "exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -cp '%s' %s"
        .formatted(
            ProcessHandle.current().info().command().orElseThrow(),
            Path.of(
                URI.create(
                    FileService.class.getProtectionDomain().getCodeSource().getLocation() + "")),
            FileService.class.getName());
  }

  /**
   * With a change that waits for a person.
   *
   * @param answer what the agent writes into the service's file
   */
  private void open(String answer, String more) throws IOException {
    open(answer, more, "", "required");
  }

  /**
   * The same.
   *
   * @param yaml what hive.yaml has beside it
   */
  private void open(String answer, String more, String yaml, String human) throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 30s }
        agents: { a: { driver: command, run: sh tools/agent.sh } }
        decisions: { default: { human: %s } }
        gateway: { port: %d }
        services:
          orders:
            run: "%s"
            route: /orders
            health: { http: /health, every: 200ms, rise: 1, fall: 2 }
        rollouts:
          orders: { steps: [50%%, 100%%], hold: 1s, rollback: [error-rate > 30%%]%s }
        """
                .formatted(human, port, run(), more)
                .replace("services:\n", "services:\n" + beside)
            + yaml);
    sandbox.write("answer", "200 one\n");
    sandbox.write(
        "tools/agent.sh",
        "if test $HIVEDECK_TASK = T-2; then echo 2 > other; else echo '"
            + answer
            + "' > answer; fi\n");
    sandbox.commit("Set up");
    engine = sandbox.open(20, false);
    TestRepository.begin(
        engine, "plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: x }\n" + tasks, 1);
    long wanted = 1 + tasks.lines().count();
    until(
        "they are open",
        () ->
            changes() == wanted
                && TestRepository.changes(engine).stream()
                    .allMatch(c -> c.state() == ChangeState.OPEN));
    until("listens", () -> gateway().contains("\"on\":true") && gateway().contains("\"open\":"));
    until("answers", () -> ask().equals("200 one"));
    sender = Thread.ofVirtual().start(this::send);
  }

  @AfterEach
  void close() throws InterruptedException {
    load = false;
    if (sender != null) {
      sender.join();
    }
    if (engine != null) {
      engine.close();
    }
  }

  private void until(String what, BooleanSupplier is) {
    TestRepository.await(what, engine, is);
  }

  private int changes() {
    return TestRepository.changes(engine).size();
  }

  private Change change() {
    return TestRepository.changes(engine).getFirst();
  }

  private String gateway() {
    return engine.query(new GatewayQuery.Status()).toString();
  }

  private Rollout now() {
    return Json.as(engine.query(new RolloutQuery.OneRollout("R-1")), Rollout.class);
  }

  private void expose() {
    engine.execute(new RolloutCommand.StartRollout("orders", null, "C-1"), null, null);
  }

  private String ask() {
    try (var client = HttpClient.newHttpClient()) {
      return ask(client);
    }
  }

  private String ask(HttpClient client) {
    try {
      var got =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders")).build(),
              BodyHandlers.ofString());
      return got.statusCode() + " " + got.body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** Each answer is counted. */
  private void send() {
    try (var client = HttpClient.newHttpClient()) {
      while (load) {
        answers.merge(ask(client), 1, Integer::sum);
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void state(RolloutState state) {
    until("R-1 is " + state + ", not " + now(), () -> now().state() == state);
  }

  /** Folders and processes of canaries. */
  private long left() throws IOException {
    long processes =
        ProcessTree.carrying().stream()
            .filter(p -> p.key().contains("orders@C-1") && p.key().contains(folder.toString()))
            .count();
    long folders = 0;
    try (Stream<Path> all = Files.list(sandbox.home.resolve("workspaces"))) {
      for (Path workspace : all.toList()) {
        try (Stream<Path> trees = Files.list(workspace.resolve("worktrees"))) {
          folders += trees.filter(p -> p.getFileName().toString().startsWith("canary-")).count();
        }
      }
    }
    return processes + folders;
  }

  private boolean isClean() {
    try {
      return left() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aFineChangeIsExposedAndMergedAndNoRequestIsLost() throws Exception {
    open("200 two", "");
    expose();
    engine.execute(new Command.ApproveChange("C-1", null, null), null);
    state(RolloutState.STEPPING);
    assertThat(change().state()).as("its canary goes first").isEqualTo(ChangeState.QUEUED);
    until("both answer", () -> answers.containsKey("200 two"));
    state(RolloutState.PROMOTED);
    assertThat(change().state()).isEqualTo(ChangeState.MERGED);
    assertThat(Files.readString(sandbox.repository.resolve("answer"))).isEqualTo("200 two\n");
    until("nothing is left", this::isClean);
    assertThat(ask()).isEqualTo("200 two");
    assertThat(gateway()).doesNotContain("C-1\",\"weight\":1");
    load = false;
    sender.join();
    assertThat(answers.keySet()).containsExactlyInAnyOrder("200 one", "200 two");
  }

  @Test
  void withoutApprovalItIsHeldUntilThereIsOneAlsoOverARestart() throws Exception {
    open("200 two", "");
    expose();
    state(RolloutState.HELD);
    assertThat(now().held()).isEqualTo(HoldReason.MERGE);
    assertThat(now().why()).contains("wants your approval", "hivedeck change approve C-1");
    assertThat(change().state()).isEqualTo(ChangeState.OPEN);
    load = false;
    sender.join();
    answers.clear();
    engine.close();
    assertThat(left()).as("nothing is left").isZero();
    engine = sandbox.open(20, false);
    until("answers", () -> ask().equals("200 one") || ask().equals("200 two"));
    load = true;
    sender = Thread.ofVirtual().start(this::send);
    until("it is there again", () -> answers.containsKey("200 two"));
    assertThat(now().state()).as("where it was").isEqualTo(RolloutState.HELD);
    engine.execute(new Command.ApproveChange("C-1", null, null), null);
    state(RolloutState.PROMOTED);
    load = false;
    sender.join();
    assertThat(answers.keySet()).contains("200 two").isSubsetOf("200 one", "200 two");
  }

  @Test
  void oneThatFailsIsTakenBackAndItsAgentHearsWhy() throws Exception {
    open("500 bad", "");
    expose();
    state(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("failed");
    until("nothing is left", this::isClean);
    until("sent back", () -> TestRepository.task(engine, "T-1").attempts() > 1);
    assertThat(change().comments().getFirst().text())
        .contains("rollout R-1", "requests of the canary", "answers 500 bad");
    assertThat(gateway()).doesNotContain("C-1\",\"weight\":1");
  }

  @Test
  void aChangeHasOneCanary() throws Exception {
    beside = "  payments: { run: \"" + run() + "\", route: /payments, health: /health }\n";
    open("200 two", "}\n  payments: { steps: [50%]", "", "required");
    expose();
    until(
        "it is led",
        () -> gateway().contains("service=payments") || gateway().contains("\"payments\""));
    assertThatThrownBy(
            () ->
                engine.execute(
                    new RolloutCommand.StartRollout("payments", null, "C-1"), null, null))
        .hasMessageContaining("R-1 exposes C-1 already, as a version of orders");
  }

  /** A gate before the merge, which passes once it is let. */
  private String slowGate() {
    return "gates: { slow: { run: \"touch '%1$s/begun'; while ! test -e '%1$s/go'; do sleep 0.1; done\", at: [merge], timeout: 2h } }\n"
        .formatted(folder);
  }

  private void letGo() throws IOException {
    Files.createFile(folder.resolve("go"));
  }

  private void merging() {
    expose();
    engine.execute(new Command.ApproveChange("C-1", null, null), null);
    until("its gate runs", () -> Files.exists(folder.resolve("begun")));
    assertThat(change().state()).isEqualTo(ChangeState.MERGING);
    until("promoting, not " + now(), () -> now().state() == RolloutState.PROMOTING);
  }

  private String onMain() throws IOException {
    return Files.readString(sandbox.repository.resolve("answer"));
  }

  @Test
  void whatIsTakenBackWhileItIsMergedDoesNotComeToMain() throws Exception {
    open("200 two", "", slowGate(), "required");
    merging();
    engine.execute(new RolloutCommand.AbortRollout("R-1", "looks odd"), null, null);
    state(RolloutState.ROLLING_BACK);
    letGo();
    state(RolloutState.ABORTED);
    assertThat(change().state()).as("out of the queue").isEqualTo(ChangeState.OPEN);
    assertThat(change().reason()).contains("R-1 was taken back");
    assertThat(onMain()).isEqualTo("200 one\n");
    until("nothing is left", this::isClean);
  }

  private ChangeState second() {
    return TestRepository.changes(engine).getLast().state();
  }

  @Test
  void whatIsTakenBackWhileItIsMergedWithOthersDoesNotKeepThose() throws Exception {
    tasks = "  - { id: T-2, title: Two, agent: a, prompt: x }\n";
    open("200 two", "", slowGate() + "changes: { merge: { batch: 2 } }\n", "required");
    engine.execute(new MergeCommand.Freeze("until both are in line"), null);
    expose();
    engine.execute(new Command.ApproveChange("C-1", null, null), null);
    state(RolloutState.HELD);
    assertThat(now().why()).contains("C-1 waits: ", "until both are in line");
    engine.execute(new Command.ApproveChange("C-2", null, null), null);
    engine.execute(new MergeCommand.Unfreeze("both are"), null);
    until("its gate runs", () -> Files.exists(folder.resolve("begun")));
    assertThat(second()).as("both at once").isEqualTo(ChangeState.MERGING);
    engine.execute(new RolloutCommand.AbortRollout("R-1", "looks odd"), null, null);
    state(RolloutState.ROLLING_BACK);
    letGo();
    state(RolloutState.ABORTED);
    until("C-2 is merged", () -> second() == ChangeState.MERGED);
    assertThat(change().state()).isEqualTo(ChangeState.OPEN);
    assertThat(onMain()).isEqualTo("200 one\n");
  }

  @Test
  void afterARestartAmidItsPromotionItIsMergedAllTheSame() throws Exception {
    open("200 two", "", slowGate(), "required");
    merging();
    engine.close();
    assertThat(left()).as("nothing is left").isZero();
    engine = sandbox.open(20, false);
    letGo();
    state(RolloutState.PROMOTED);
    assertThat(change().state()).isEqualTo(ChangeState.MERGED);
    assertThat(onMain()).isEqualTo("200 two\n");
    until("nothing is left", this::isClean);
  }

  @Test
  void afterARestartAmidAStepItGoesOnThere() throws Exception {
    open("200 two", "", "", "required");
    load = false;
    sender.join();
    expose();
    state(RolloutState.STEPPING); // nobody asks: it stays there
    engine.close();
    assertThat(left()).as("nothing is left").isZero();
    engine = sandbox.open(20, false);
    until("it runs again", () -> gateway().contains("C-1") && !isClean());
    assertThat(now()).returns(RolloutState.STEPPING, Rollout::state).returns(0, Rollout::step);
    load = true;
    sender = Thread.ofVirtual().start(this::send);
    until("both answer", () -> answers.containsKey("200 two"));
    state(RolloutState.HELD);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSetupThatTakesLongIsEndedWhereItsCanaryIsNotWanted(boolean engineEnds) throws Exception {
    open(
        "200 two",
        "",
        "worktree: { setup: 'test -z \"$HIVEDECK_CHANGE\" || { touch"
            + " \"$HIVEDECK_WORKSPACE/../setup\"; sleep 600; }', timeout: 5h }\n",
        "required");
    expose();
    until("it is set up", () -> Files.exists(folder.resolve("setup")));
    if (engineEnds) {
      engine.close();
      assertThat(left()).isZero();
      engine = null;
    } else {
      engine.execute(new RolloutCommand.AbortRollout("R-1", null), null, null);
      state(RolloutState.ABORTED);
      until("nothing is left", this::isClean);
    }
  }

  @Test
  void whatWasRolledBackIsNotMergedBecauseNobodyObjects() throws Exception {
    open("500 bad", ", rework: false", "", "advisory, within: 10h");
    assertThat(change().dueAt()).isNotNull();
    expose();
    state(RolloutState.ROLLED_BACK);
    assertThat(change())
        .returns(ChangeState.OPEN, Change::state)
        .returns(ReviewState.WANTED, Change::review)
        .returns(null, Change::dueAt);
  }

  @Test
  void oneThatEndsAgainAndAgainGetsNoRequest() throws Exception {
    open("200 die", ", rework: false");
    expose();
    state(RolloutState.ROLLED_BACK);
    assertThat(now().why()).contains("orders@C-1 ended", "times in a row: ended with exit 3");
    assertThat(change().state()).as("rework: false").isEqualTo(ChangeState.OPEN);
    load = false;
    sender.join();
    assertThat(answers.keySet()).containsExactly("200 one");
  }

  @Test
  void whatCannotBeExposedIsRefused() throws Exception {
    open("200 two", "");
    assertThatThrownBy(
            () ->
                engine.execute(new RolloutCommand.StartRollout("orders", null, "C-7"), null, null))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("no change C-7");
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.StartRollout("orders", "x", "C-1"), null, null))
        .hasMessageContaining("not both");
    assertThatThrownBy(
            () -> engine.execute(new RolloutCommand.StartRollout("orders", null, null), null, null))
        .hasMessageContaining("not nothing");
    engine.execute(new Command.CloseChange("C-1", null), null);
    assertThatThrownBy(this::expose).hasMessageContaining("C-1 is closed");
  }
}
