package dev.hivedeck.engine.agent.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.driver.FakeAgent;
import dev.hivedeck.engine.agent.driver.StreamDriver;
import dev.hivedeck.engine.agent.request.ClientRequest;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an agent prints, its run ends with a verdict, and nothing else happens. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(300)
class DialectFuzzTest {
  /** What may be held more at any moment than before, bytes: the longest line a few times over. */
  private static final long BOUND = 400L << 20;

  /** For each dialect. */
  private static final int SEEDS = TestSize.times(2);

  @TempDir Path folder;
  private Path worktree;
  private final String key = "fuzz-" + System.nanoTime();
  private final SystemTimers timers = new SystemTimers();
  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  private final Thread.UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  @BeforeEach
  void worktree() throws IOException {
    worktree = Files.createDirectory(folder.resolve("worktree"));
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> thrown.add(e));
  }

  @AfterEach
  void nothingElseHappened() throws IOException {
    Thread.setDefaultUncaughtExceptionHandler(before);
    timers.close();
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .isSubsetOf("worktree", "stream", "program");
    }
    assertThat(thrown).isEmpty();
    try {
      assertThat(ProcessTree.carrying()).noneMatch(p -> p.key().equals(key));
    } finally {
      ProcessTree.endCarrying(Set.of(key));
    }
  }

  static Set<String> dialects() {
    return DialectTest.DIALECTS.keySet();
  }

  private RunRequest job(Path stream) throws IOException {
    Path program = folder.resolve("program");
    Files.writeString(program, "#!/bin/sh\nexec cat '" + stream + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return new RunRequest(
        "w",
        "T-1",
        "T-1.1",
        1,
        1,
        "coder",
        program.toString(),
        new RunRequest.Setup(null, Sandbox.WORKSPACE, program.toString(), List.of()),
        null,
        null,
        worktree,
        folder.resolve("prompt.md"),
        "append a line",
        Map.of(ProcessTree.MARK, key),
        Duration.ofMinutes(2),
        Duration.ofMinutes(1),
        ResourceQuota.NONE,
        1);
  }

  private RunResult run(String agent, List<byte[]> lines, Deaf activity) throws Exception {
    Path stream = folder.resolve("stream");
    try (var out = Files.newOutputStream(stream)) {
      for (byte[] line : lines) {
        out.write(line);
        out.write('\n');
      }
    }
    return StreamDriver.of(DialectTest.DIALECTS.get(agent), timers, new Meter())
        .run(job(stream), activity);
  }

  /** All that was recorded of an agent, and what it might ask for besides. */
  private static List<String> said(String agent) throws IOException {
    var said = new ArrayList<String>();
    for (String stream : DialectTest.streams(agent)) {
      var dialectReplay = new DialectReplay(DialectTest.DIALECTS.get(agent), DialectTest.job(null));
      dialectReplay.heard(DialectTest.lines(stream));
      dialectReplay.told.forEach(message -> said.add(message.toString()));
    }
    if (agent.equals("acp")) {
      Stream.of(
              "fs/read_text_file {\"path\":\"a.txt\",\"line\":1,\"limit\":2}",
              "fs/write_text_file {\"path\":\"a.txt\",\"content\":\"x\"}",
              "terminal/create {\"command\":\"true\",\"args\":[\"a\"],\"env\":[{\"name\":\"A\","
                  + "\"value\":\"b\"}],\"cwd\":\".\",\"outputByteLimit\":10}",
              "terminal/output {\"terminalId\":\"terminal-1\"}",
              "terminal/wait_for_exit {\"terminalId\":\"terminal-1\"}",
              "terminal/release {\"terminalId\":\"terminal-1\"}")
          .map(call -> call.split(" ", 2))
          .forEach(call -> said.add(FakeAgent.ask(50, call[0], call[1])));
      said.add(
          FakeAgent.update(
              "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"a\",\"status\":\"pending\"}]}"));
    }
    if (agent.equals("codex-app")) {
      said.add(
          FakeAgent.ask(
              51,
              "item/fileChange/requestApproval",
              "{\"itemId\":\"i\",\"threadId\":\"t\",\"reason\":\"r\",\"grantRoot\":\"/\"}"));
      said.add(
          FakeAgent.ask(
              52, "item/permissions/requestApproval", "{\"cwd\":\"/\",\"permissions\":{}}"));
      said.add(
          FakeAgent.tells(
              "error",
              "{\"threadId\":\"t\",\"willRetry\":true,\"error\":{\"message\":\"m\","
                  + "\"codexErrorInfo\":{\"httpConnectionFailed\":{\"httpStatusCode\":500}}}}"));
    }
    return said;
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void noFieldHasToBeOfItsKind(String agent) throws Exception {
    for (String line : said(agent)) {
      for (JsonNode wrong : OutputFuzzer.each(Json.MAPPER.readTree(line))) {
        var reader = DialectTest.DIALECTS.get(agent).reading(DialectTest.job(null));
        assertThatCode(
                () -> {
                  var heard = new ArrayList<>(reader.read(wrong));
                  heard.addAll(reader.read(Json.MAPPER.readTree(line)));
                  heard.addAll(reader.pause());
                  heard.forEach(DialectFuzzTest::answer);
                })
            .as("%s", wrong)
            .doesNotThrowAnyException();
      }
    }
  }

  /** As the driver would. */
  private static void answer(DialectEvent dialectEvent) {
    switch (dialectEvent) {
      case DialectEvent.PermissionWanted permissionWanted -> {
        for (var answer : Permission.Answer.values()) {
          assertThat(EventParsing.event(permissionWanted.reply().apply(answer))).isNotNull();
        }
      }
      case DialectEvent.Call call ->
          assertThat(EventParsing.event(call.reply().apply(new ClientRequest.Outcome.Done())))
              .isNotNull();
      case DialectEvent.Send send -> assertThat(EventParsing.event(send.line())).isNotNull();
      case DialectEvent.Did(Act act) ->
          assertThat(Json.write(act)).doesNotContain("NaN", "Infinity");
      default -> {
        // Has no answer.
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void aSpoiltStreamEndsWithAVerdict(String agent) throws Exception {
    for (int i = 0; i < SEEDS; i++) {
      long seed = 31L * i + agent.hashCode();
      var spoilt = new OutputFuzzer(new Random(seed)).spoil(said(agent));
      var activity = new Deaf();

      RunResult result = run(agent, spoilt, activity);

      assertThat(result).as("%s, seed %d", agent, seed).isNotNull();
      assertThat(result.ok() || result.reason() != null)
          .as("%s, seed %d: %s", agent, seed, result)
          .isTrue();
      assertThat(activity.heard).as("%s, seed %d: %s", agent, seed, result).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void noLineIsTooLongTooDeepOrTooWide(String agent) throws Exception {
    var lines = new ArrayList<byte[]>();
    for (String bomb : OutputFuzzer.bombs(10 << 20)) {
      lines.add(bomb.getBytes(StandardCharsets.UTF_8));
    }
    lines.add("the end".getBytes(StandardCharsets.UTF_8));
    var activity = new Deaf();
    long before = held();
    activity.weigh = true;

    RunResult result = run(agent, lines, activity);

    assertThat(result).isNotNull();
    assertThat(activity.heard).isEqualTo(lines.size());
    assertThat(activity.most - before).as("held at most").isLessThan(BOUND);
  }

  /** After everything that nobody needs was let go. */
  private static long held() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Keeps nothing of what it is told, and allows everything. */
  private static final class Deaf implements RunListener {
    private int heard;
    private boolean weigh;
    private long most;

    @Override
    public void model(String name) {}

    @Override
    public void raw(String kind, String text) {
      if (kind.equals("out")) {
        heard++;
        most = weigh ? Math.max(most, held()) : 0;
      }
    }

    @Override
    public void did(Act act) {
      assertThat(act.text()).isNotNull();
    }

    @Override
    public void soFar(Act.Spend used) {
      assertThat(used.tokens()).isNotNegative();
    }

    @Override
    public void line(String kind, String text) {}

    @Override
    public void session(String id, Act.Spend total) {
      assertThat(total.in()).isNotNegative();
    }

    @Override
    public void pid(long pid) {}

    @Override
    public void stage(int percent) {}

    @Override
    public void used(ResourceUsage usage) {}

    @Override
    public CompletableFuture<QuestionAnswer> ask(Question question) {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Permission.Answer> permit(Permission permission) {
      return CompletableFuture.completedFuture(Permission.Answer.ONCE);
    }

    @Override
    public Optional<String> said() {
      return Optional.empty();
    }

    @Override
    public Optional<RunResult> mustEnd() {
      return Optional.empty();
    }
  }
}
