package dev.hivedeck.engine.agent.driver;

import static dev.hivedeck.engine.agent.driver.Recorded.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hivedeck.engine.TestSize;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes, well-behaved and not. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class CommandDriverTest {
  @TempDir Path folder;
  private Path worktree;
  private final String key = "test-" + System.nanoTime();
  private final SystemTimers timers = new SystemTimers();
  private final VirtualTime time = new VirtualTime();
  private final Recorded told = new Recorded();
  private String prompt = "Do it.\nWell.\n";
  private Duration timeout = Duration.ofMinutes(20);
  private Duration quiet = Duration.ofMinutes(5);
  private ResourceQuota quota = ResourceQuota.NONE;

  @BeforeEach
  void worktree() throws Exception {
    worktree = Files.createDirectory(folder.resolve("worktree"));
    Files.createDirectory(worktree.resolve(".git"));
  }

  @AfterEach
  void nothingIsLeft() {
    timers.close();
    try {
      assertThat(left()).isEmpty();
    } finally {
      ProcessTree.endCarrying(Set.of(key));
    }
  }

  private List<ProcessTree.Found> left() {
    return ProcessTree.carrying().stream().filter(f -> f.key().equals(key)).toList();
  }

  private RunRequest job(String command) throws Exception {
    Path promptFile = Files.writeString(folder.resolve("prompt.md"), prompt);
    return new RunRequest(
        "w",
        "T-1",
        "T-1.1",
        1,
        1,
        "lint",
        command,
        RunRequest.Setup.USUAL,
        null,
        null,
        worktree,
        promptFile,
        prompt,
        Map.of(ProcessTree.MARK, key, "HIVEDECK_PROMPT_FILE", promptFile.toString()),
        timeout,
        quiet,
        quota,
        1);
  }

  private RunResult run(String command) throws Exception {
    return new CommandDriver(timers).run(job(command), told);
  }

  private FutureTask<RunResult> start(String command, CommandDriver driver) throws Exception {
    var request = job(command);
    var task = new FutureTask<>(() -> driver.run(request, told));
    Thread.ofVirtual().start(task);
    return task;
  }

  /** Lets virtual time pass until the agent has ended. */
  private RunResult overTime(FutureTask<RunResult> run) throws Exception {
    until(() -> told.pid != 0);
    for (int i = 0; i < 10_000 && !run.isDone(); i++) {
      time.advance(Duration.ofSeconds(10));
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return run.get(60, TimeUnit.SECONDS);
  }

  // ── what it hears and tells ─────────────────────────────────────────────────────────────────

  @Test
  void thePromptArrivesOnItsInputAndInItsFile() throws Exception {
    var result = run("cat; cat \"$HIVEDECK_PROMPT_FILE\"; pwd; echo oops >&2");
    assertThat(result).isEqualTo(new RunResult(true, null, null));
    assertThat(told.lines)
        .contains("out Do it.", "out Well.", "out " + worktree.toRealPath(), "err oops")
        .hasSize(6);
    assertThat(told.pid).isPositive();
  }

  @Test
  void aLongPromptThatIsNotReadStopsNobody() throws Exception {
    prompt = "x".repeat(5 << 20);
    assertThat(run("echo done").ok()).isTrue();
    assertThat(told.lines).containsExactly("out done");
  }

  @Test
  void structuredLinesAreHeeded() throws Exception {
    var result =
        run(
            """
            echo '{"hivedeck":"progress","stage":50,"text":"it builds"}'
            echo '{"hivedeck":"say","text":"hello"}'
            echo '{"hivedeck":"read","text":"a.py"}'
            echo '{"hivedeck":"usage","in":1000,"out":200,"cost":0.02}'
            echo '{"hivedeck":"usage","in":1}'
            """);
    assertThat(result.ok()).isTrue();
    assertThat(told.stages).containsExactly(50);
    assertThat(told.lines).containsExactly("say it builds", "say hello", "read a.py");
    assertThat(told.tokens.get()).isEqualTo(1_201);
    assertThat(told.cost).isEqualTo(0.02);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hivedeck\":\"progress\",\"stage\":\"x\"}",
        "{\"hivedeck\":\"progress\",\"stage\":101}",
        "{\"hivedeck\":\"usage\",\"in\":-5}",
        "{\"hivedeck\":\"ask\"}",
        "{\"hivedeck\":\"sing\",\"text\":\"la\"}",
        "{\"hivedeck\":\"gate\",\"text\":\"passed\"}",
        "{\"hivedeck\":{\"say\":1}}",
        "{\"hivedeck\":\"say\",\"text\":",
        "{\"other\":\"hivedeck\"}",
      })
  void whatIsNotQuiteStructuredIsOutput(String line) throws Exception {
    assertThat(run("printf '%s\\n' '" + line + "'").ok()).isTrue();
    assertThat(told.lines).containsExactly("out " + line);
    assertThat(told.stages).isEmpty();
    assertThat(told.questions).isEmpty();
  }

  @Test
  void anAnswerIsInTheInbox() throws Exception {
    told.person =
        q -> CompletableFuture.completedFuture(new QuestionAnswer("redis", "the small one"));
    var result =
        run(
            """
            echo '{"hivedeck":"ask","kind":"architecture","question":"Which?","options":["redis","sqlite"],"fallback":"sqlite"}'
            until grep -q option "$HIVEDECK_INBOX_FILE"; do sleep 0.05; done
            cat "$HIVEDECK_INBOX_FILE"
            """);
    assertThat(result.ok()).isTrue();
    assertThat(told.questions)
        .containsExactly(
            new Question("architecture", "Which?", null, List.of("redis", "sqlite"), "sqlite"));
    assertThat(told.lines.getLast())
        .isEqualTo(
            "out {\"hivedeck\":\"answer\",\"question\":\"Which?\",\"option\":\"redis\",\"comment\":\"the"
                + " small one\"}");
  }

  @Test
  void whatThePersonSaysIsInTheInbox() throws Exception {
    told.toSay.add("Use tabs.");
    run(
        "until grep -q tabs \"$HIVEDECK_INBOX_FILE\"; do sleep 0.05; done; cat"
            + " \"$HIVEDECK_INBOX_FILE\"");
    assertThat(told.lines).containsExactly("out {\"hivedeck\":\"said\",\"text\":\"Use tabs.\"}");
  }

  @Test
  void itMayAskAndEnd() throws Exception {
    assertThat(run("echo '{\"hivedeck\":\"ask\",\"question\":\"Which?\"}'").ok()).isTrue();
    assertThat(told.questions).hasSize(1);
  }

  @Test
  void afterTooManyQuestionsTheyAreOutput() throws Exception {
    run("for i in $(seq 30); do echo '{\"hivedeck\":\"ask\",\"question\":\"Which?\"}'; done");
    assertThat(told.questions).hasSize(20);
    assertThat(told.lines).hasSize(10);
  }

  @Test
  void coloursAndProgressBarsAreReadable() throws Exception {
    run(
        "printf '\\033[1;32mok\\033[0m \\033]0;title\\007done\\r"
            + "\\n"
            + " 10%%\\r"
            + " 50%%\\r"
            + "100%%\\n"
            + "'; printf 'no end'");
    assertThat(told.lines).containsExactly("out ok done", "out 100%", "out no end");
  }

  // ── how it ends ─────────────────────────────────────────────────────────────────────────────

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo working; echo 'first' >&2; echo 'disk full' >&2; exit 3 | exit | disk full",
        "echo 'all wrong'; exit 1 | exit | all wrong",
        "exit 173 | exit | exit 173",
        "no-such-agent --go | not-found | no-such-agent",
        "touch agent; ./agent | not-found | agent lint",
        "kill -SEGV $$ | crash | SEGV",
        "kill -KILL $$ | crash | short of memory",
        "echo 'The user rejected permission to use this specific tool call.'; exit 0 | refused |"
            + " permissions",
        "echo 'permission denied by policy' >&2; exit 1 | refused | permissions",
      })
  void itsEndIsToldInWords(String command, String reason, String detail) throws Exception {
    var result = run(command);
    assertThat(result.ok()).isFalse();
    assertThat(result.reason().word()).isEqualTo(reason);
    assertThat(result.detail()).contains(detail);
  }

  @Test
  void refusedAtFirstButDoneInTheEndIsDone() throws Exception {
    assertThat(run("echo 'tool call was denied'; echo x > file").ok()).isTrue();
  }

  @Test
  void onlyTheEndTellsOfRefusal() throws Exception {
    assertThat(run("echo 'tool call was denied'; seq 20").ok()).isTrue();
  }

  @Test
  void aGoneWorktreeIsToldNotThrown() throws Exception {
    Files.delete(worktree.resolve(".git"));
    Files.delete(worktree);
    assertThat(run("true").detail()).contains("no folder");
  }

  @Test
  void itMayNotTakeTooLong() throws Exception {
    quiet = Duration.ZERO;
    var run = start("while :; do echo x; sleep 0.02; done", new CommandDriver(time));
    assertThat(overTime(run).reason()).isEqualTo(FailureReason.TIMEOUT);
    assertThat(overTime(run).detail()).contains("20 min");
    assertThat(Duration.between(new VirtualTime().clock().instant(), time.clock().instant()))
        .isGreaterThanOrEqualTo(timeout);
  }

  @Test
  void itMayNotBeStuck() throws Exception {
    var run = start("echo begun; trap '' TERM; sleep 1000", new CommandDriver(time));
    until(() -> told.has("out begun"));
    var result = overTime(run);
    assertThat(result.reason()).isEqualTo(FailureReason.QUIET);
    assertThat(result.detail()).contains("5 min");
  }

  @Test
  void gitAloneIsNoSignOfLife() throws Exception {
    var run =
        start(
            "echo begun; while :; do date +%N > .git/index; sleep 0.01; done",
            new CommandDriver(time));
    until(() -> told.has("out begun"));
    assertThat(overTime(run).reason()).isEqualTo(FailureReason.QUIET);
  }

  @Test
  void aChangingFileIsASignOfLife() throws Exception {
    timeout = Duration.ofHours(9);
    var run = start("echo begun; sleep 1000", new CommandDriver(time));
    until(() -> told.has("out begun"));
    for (int i = 0; i < 30; i++) {
      Files.setLastModifiedTime(
          Files.writeString(worktree.resolve("file"), "" + i),
          java.nio.file.attribute.FileTime.fromMillis(2_000_000_000_000L + i * 1_000L));
      for (int n = 0; n < 60; n++) {
        time.advance(Duration.ofSeconds(1));
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(run.isDone()).isFalse();
    assertThat(overTime(run).reason()).isEqualTo(FailureReason.QUIET);
  }

  @Test
  void whileItWaitsForAPersonItsTimeStandsStill() throws Exception {
    var answer = new CompletableFuture<QuestionAnswer>();
    told.person = q -> answer;
    var run =
        start(
            "echo '{\"hivedeck\":\"ask\",\"question\":\"Which?\"}'; "
                + "until grep -q option \"$HIVEDECK_INBOX_FILE\"; do sleep 0.05; done; echo thanks",
            new CommandDriver(time));
    until(() -> !told.questions.isEmpty());
    for (int i = 0; i < 2 * 60; i++) {
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(run.isDone()).isFalse();
    answer.complete(new QuestionAnswer("a", null));
    assertThat(run.get(60, TimeUnit.SECONDS).ok()).isTrue();
    assertThat(told.lines).contains("out thanks");
  }

  // ── how much it may print ───────────────────────────────────────────────────────────────────

  @Test
  void aTorrentIsShortenedAndItsEndIsSeen() throws Exception {
    var result = run("seq 2000000; echo the end");
    assertThat(result.ok()).isTrue();
    assertThat(told.lines).startsWith("out 1", "out 2");
    assertThat(told.lines.getLast()).isEqualTo("out the end");
    assertThat(told.lines).anyMatch(line -> line.matches("hive [\\d,]+ lines left out.*"));
    assertThat(told.count.get()).isLessThan(60_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"yes \"$(printf '%030000d' 1) and so on\"", "yes | tr -d '\\n'", "cat /dev/zero"})
  void aFloodIsEnded(String command) throws Exception {
    var result = run("echo begun; " + command);
    assertThat(result.reason()).isEqualTo(FailureReason.FLOOD);
    assertThat(told.lines).first().isEqualTo("out begun");
    assertThat(told.lines).allMatch(line -> line.length() < 70_000);
  }

  // ── how much it may take ────────────────────────────────────────────────────────────────────

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatTakesTooMuchMemoryIsEndedAndToldWhy() throws Exception {
    quota = new ResourceQuota(60_000_000L, null, null);
    var result = run("(head -c 200000000 /dev/zero; sleep 1000) | tail -c 200000000");
    assertThat(result.reason()).isEqualTo(FailureReason.OVER_LIMIT);
    assertThat(result.detail()).contains("of 60 MB", "raise limits.memory of agent lint");
    assertThat(left()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatMultipliesIsEndedAndToldWhy() throws Exception {
    quota = new ResourceQuota(null, null, 20);
    var result =
        run("f() { [ $1 -gt 5 ] && exec sleep 1000; f $(($1+1)) & f $(($1+1)) & wait; };" + " f 1");
    assertThat(result.reason()).isEqualTo(FailureReason.OVER_LIMIT);
    assertThat(result.detail()).contains("of 20 processes", "raise limits.processes of agent lint");
    assertThat(left()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatStaysWithinItsQuotaIsLeftAloneAndSeen() throws Exception {
    quota = new ResourceQuota(500_000_000L, null, 10);
    var run =
        start(
            "(head -c 50000000 /dev/zero; until [ -e enough ]; do sleep 0.05; done)"
                + " | tail -c 50000000 | wc -c",
            new CommandDriver(timers));
    until(() -> told.uses.stream().filter(u -> u.memory() > 50_000_000).count() >= 3);
    Files.writeString(worktree.resolve("enough"), "");
    assertThat(run.get(60, TimeUnit.SECONDS).ok()).isTrue();
    assertThat(told.lines).containsExactly("out 50000000");
    assertThat(told.uses).allMatch(u -> u.processes() <= 10);
    assertThat(told.uses.getLast()).isEqualTo(ResourceUsage.NOTHING);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatKeepsTooManyCoresBusyIsNotEndedButToldOf() throws Exception {
    assumeThat(ResourceQuota.inForce()).isEqualTo(ResourceQuota.Force.WATCHDOG);
    quota = new ResourceQuota(null, 0.01, null);
    var run = start("while [ ! -e enough ]; do :; done; echo done", new CommandDriver(timers));
    until(() -> told.lines.stream().anyMatch(l -> l.matches("hive keeps .* of 0.01 cores busy.*")));
    Files.writeString(worktree.resolve("enough"), "");
    assertThat(run.get(60, TimeUnit.SECONDS).ok()).isTrue();
    assertThat(told.lines).contains("out done").hasSize(2);
  }

  // ── nothing is left ─────────────────────────────────────────────────────────────────────────

  @Test
  void whatItLeavesRunningIsEnded() throws Exception {
    var result = run("(setsid sleep 1000 &) ; sleep 1000 & echo done");
    assertThat(result.ok()).isTrue();
    assertThat(told.lines).contains("out done").anyMatch(l -> l.startsWith("hive ended "));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void oneThatHidesCompletelyIsEndedToo() throws Exception {
    var result =
        run(
            "(env -i setsid sh -c 'cd /; exec <&- >&- 2>&-; echo $$ > "
                + folder
                + "/pid; exec sleep 600' &) ; while [ ! -s "
                + folder
                + "/pid ]; do sleep 0.05; done; sleep 0.2; echo done");
    assertThat(result.ok()).isTrue();
    assertThat(told.lines).contains("out done");
    Path stat = Path.of("/proc", Files.readString(folder.resolve("pid")).strip()).resolve("stat");
    // Where no init collects orphans, a dead one stays.
    assertThat(Files.exists(stat) ? Files.readString(stat) : "gone").containsAnyOf("gone", ") Z ");
  }

  @Test
  void interruptionEndsAllOfIt() throws Exception {
    var request = job("trap '' TERM; (setsid sleep 1000 &); echo begun; while :; do sleep 1; done");
    var outcome = new CompletableFuture<Object>();
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    outcome.complete(new CommandDriver(timers).run(request, told));
                  } catch (Exception e) {
                    outcome.complete(e);
                  }
                });
    until(() -> told.has("out begun"));
    thread.interrupt();
    assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(left()).isEmpty();
  }

  /** Agents put together from bad habits, some stopped midway. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void noHabitLeavesAnythingBehind() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    var habits =
        List.of(
            "(setsid sleep 1000 &)",
            "sleep 1000 &",
            "trap '' TERM INT HUP",
            "seq 20000",
            "(setsid sh -c 'trap \"\" TERM; (setsid sleep 1000 &); sleep 1000' &)",
            "exec 2>&-",
            "echo '{\"hivedeck\":\"ask\",\"question\":\"?\"}'",
            "sleep 0.1",
            "cat > /dev/null",
            "(while :; do setsid sleep 1000 & sleep 0.02; done) &",
            "mkdir -p d; cd d",
            "kill -STOP $! 2>/dev/null");
    for (int round = 0; round < TestSize.times(4); round++) {
      var script = new ArrayList<String>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        script.add(habits.get(random.nextInt(habits.size())));
      }
      boolean stopped = random.nextBoolean();
      int code = random.nextInt(3);
      script.add("echo begun");
      script.add(stopped ? "while :; do sleep 1; done" : "exit " + code);
      String what = "seed " + seed + ", round " + round + ": " + script;
      var told = new Recorded();
      var request = job(String.join("\n", script));
      var outcome = new CompletableFuture<Object>();
      var thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      outcome.complete(new CommandDriver(timers).run(request, told));
                    } catch (Exception e) {
                      outcome.complete(e);
                    }
                  });
      until(() -> outcome.isDone() || told.has("out begun"));
      if (stopped) {
        thread.interrupt();
      }
      Object end = outcome.get(60, TimeUnit.SECONDS);
      if (stopped) {
        assertThat(end).as(what).isInstanceOf(InterruptedException.class);
      } else {
        assertThat(((RunResult) end).ok()).as(what).isEqualTo(code == 0);
      }
      assertThat(left()).as(what).isEmpty();
    }
  }
}
