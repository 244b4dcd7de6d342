package dev.hivedeck.engine.agent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.driver.Recorded;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.time.VirtualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Recipes are followed to the letter, in their own time. */
@Timeout(60)
class ScriptedDriverTest {
  @TempDir Path folder;
  private Path worktree;
  private final VirtualTime time = new VirtualTime();
  private final Instant start = time.clock().instant();
  private final Recorded told = new Recorded();
  private int turn = 1;
  private double speed = 1;
  private Duration timeout = Duration.ofMinutes(20);
  private ResourceQuota quota = ResourceQuota.NONE;

  @BeforeEach
  void worktree() throws Exception {
    worktree = Files.createDirectory(folder.resolve("worktree"));
  }

  private RunRequest job(String task, String recipe) throws Exception {
    return new RunRequest(
        "w",
        task,
        task + ".1",
        turn,
        turn,
        "core-api",
        null,
        RunRequest.Setup.USUAL,
        null,
        new AgentSpec.RecipeFile(Path.of("recipe.yaml"), recipe, null),
        worktree,
        folder.resolve("prompt.md"),
        "",
        Map.of(ProcessTree.MARK, "scripted-" + System.nanoTime()),
        timeout,
        Duration.ofMinutes(5),
        quota,
        speed);
  }

  private FutureTask<RunResult> start(String recipe, Timers timers) throws Exception {
    var request = job("T-1", recipe);
    var task = new FutureTask<>(() -> new ScriptedDriver(timers).run(request, told));
    Thread.ofVirtual().start(task);
    return task;
  }

  private RunResult play(String recipe) throws Exception {
    var run = start(recipe, time);
    while (!run.isDone()) {
      if (!time.step()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
    return run.get(60, TimeUnit.SECONDS);
  }

  private Duration passed() {
    return Duration.between(start, time.clock().instant());
  }

  private String text(String file) throws Exception {
    return Files.readString(worktree.resolve(file));
  }

  @Test
  void itWorksAndTellsWhatItDoes() throws Exception {
    Files.writeString(worktree.resolve("old.txt"), "old");
    var result =
        play(
            """
            pace: 2s
            tasks:
              T-1:
                - say: Reading the order API for {{task}}
                - plan: 3 steps
                - read: services/api/orders.py
                - wait: 4s
                - write: { file: a/b.py, text: "one\\ntwo\\n" }
                - append: { file: a/b.py, text: "three {{slug}} {{agent}} {{turn}} {{other}}\\n" }
                - edit: { file: a/b.py, replace: "two", with: "2", }
                  takes: 10s
                - delete: old.txt
                - usage: { in: 1200, out: 300, cost: 0.02 }
                - stage: 50
            """);
    assertThat(result.ok()).isTrue();
    assertThat(text("a/b.py")).isEqualTo("one\n2\nthree t-1 core-api 1 {{other}}\n");
    assertThat(worktree.resolve("old.txt")).doesNotExist();
    assertThat(told.lines)
        .containsExactly(
            "say Reading the order API for T-1",
            "plan 3 steps",
            "read services/api/orders.py",
            "edit a/b.py +2",
            "edit a/b.py +1",
            "edit a/b.py +1 -1",
            "edit old.txt -1");
    assertThat(told.tokens.get()).isEqualTo(1_500);
    assertThat(told.cost).isEqualTo(0.02);
    assertThat(told.stages).endsWith(50);
    assertThat(passed()).isEqualTo(Duration.ofSeconds(6 * 2 + 4 + 10));
  }

  @Test
  void speedDividesAllWaits() throws Exception {
    speed = 10;
    play("tasks: {T-1: [{say: a}, {wait: 1m}, {say: b}]}");
    assertThat(passed()).isEqualTo(Duration.ofMillis(6_200));
  }

  @Test
  void itFailsOnTheFirstTurnsOnly() throws Exception {
    String recipe =
        "default: [{fail: {turns: 2, exit: 3, text: 'no {{task}}'}}, {write: {file: f, text: x}}]";
    for (turn = 1; turn <= 2; turn++) {
      assertThat(play(recipe))
          .isEqualTo(new RunResult(false, FailureReason.EXIT, "It ended with exit 3: no T-1"));
    }
    assertThat(told.lines).containsExactly("err no T-1", "err no T-1");
    assertThat(play(recipe).ok()).isTrue();
    assertThat(worktree.resolve("f")).exists();
  }

  @Test
  void turnsMayDifferAltogether() throws Exception {
    String recipe = "tasks: {T-1: {turns: [[{crash: {text: boom}}], [{say: better}]]}}";
    assertThat(play(recipe)).isEqualTo(new RunResult(false, FailureReason.CRASH, "boom"));
    turn = 2;
    assertThat(play(recipe).ok()).isTrue();
    turn = 7;
    assertThat(play(recipe).ok()).isTrue();
    assertThat(told.lines).containsExactly("say better", "say better");
  }

  @Test
  void hangingIsBeingStuckInItsOwnTime() throws Exception {
    speed = 60;
    assertThat(play("default: [{hang: {turns: 1}}]").reason()).isEqualTo(FailureReason.QUIET);
    assertThat(passed()).isEqualTo(Duration.ofSeconds(5));
    turn = 2;
    assertThat(play("default: [{hang: {turns: 1}}]").ok()).isTrue();
  }

  @Test
  void itMayNotTakeTooLong() throws Exception {
    timeout = Duration.ofSeconds(90);
    assertThat(play("default: [{wait: 1m}, {wait: 1m}, {write: {file: f, text: x}}]"))
        .isEqualTo(
            new RunResult(false, FailureReason.TIMEOUT, "It was not finished after 1 min 30 s."));
    assertThat(passed()).isEqualTo(timeout);
    assertThat(worktree.resolve("f")).doesNotExist();
  }

  @Test
  void anAnswerDecidesHowItGoesOn() throws Exception {
    var answer = new CompletableFuture<QuestionAnswer>();
    told.person = q -> answer;
    var run =
        start(
            """
            default:
              - ask:
                  kind: architecture
                  question: Where for {{task}}?
                  detail: Both work.
                  options: [redis, sqlite]
                  fallback: sqlite
              - when: { answer: redis, steps: [ { write: { file: redis, text: "{{comment}}" } } ] }
              - when:
                  answer: sqlite
                  steps:
                    - write: { file: sqlite, text: "{{answer}}" }
            """,
            time);
    Recorded.until(() -> !told.questions.isEmpty());
    assertThat(told.questions)
        .containsExactly(
            new Question(
                "architecture",
                "Where for T-1?",
                "Both work.",
                List.of("redis", "sqlite"),
                "sqlite"));
    answer.complete(new QuestionAnswer("redis", "the small one, {{task}}"));
    time.awaitSleepers(1);
    time.advance(Duration.ofMinutes(1));
    assertThat(run.get(60, TimeUnit.SECONDS).ok()).isTrue();
    assertThat(text("redis")).isEqualTo("the small one, {{task}}");
    assertThat(worktree.resolve("sqlite")).doesNotExist();
  }

  @Test
  void itTellsItsPlanAndAsksForPermission() throws Exception {
    told.permitted = Permission.Answer.NO;
    var result =
        play(
            """
            default:
              - plan: { done: Read, doing: "Fetch {{task}}", open: [Write, Test] }
              - permit: { tool: bash, what: "curl example.org/{{task}}" }
              - when: { answer: "no", steps: [ { write: { file: without, text: "{{task}}" } } ] }
              - when: { answer: once, steps: [ { write: { file: with, text: "{{task}}" } } ] }
            """);
    assertThat(result.ok()).isTrue();
    assertThat(told.permissions)
        .containsExactly(new Permission("bash", "curl example.org/T-1", null, null));
    assertThat(told.acts)
        .contains(
            new Act.Plan(
                List.of(
                    new Act.Todo("Read", Act.Todo.State.DONE),
                    new Act.Todo("Fetch T-1", Act.Todo.State.DOING),
                    new Act.Todo("Write", Act.Todo.State.OPEN),
                    new Act.Todo("Test", Act.Todo.State.OPEN))));
    assertThat(text("without")).isEqualTo("T-1");
    assertThat(worktree.resolve("with")).doesNotExist();
  }

  @Test
  void aWithdrawnQuestionEndsIt() throws Exception {
    told.person = q -> CompletableFuture.failedFuture(new IllegalStateException("withdrawn"));
    assertThat(play("default: [{ask: {question: 'Well?'}}]").reason())
        .isEqualTo(FailureReason.CRASH);
  }

  @Test
  void itHearsThePerson() throws Exception {
    told.toSay.add("Use tabs.");
    play("default: [{say: a}]");
    assertThat(told.lines).containsExactly("say Understood: Use tabs.", "say a");
  }

  @Test
  void stoppingEndsItsWait() throws Exception {
    var request = job("T-1", "default: [{wait: 4m}]");
    var outcome = new CompletableFuture<Object>();
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    outcome.complete(new ScriptedDriver(time).run(request, told));
                  } catch (Exception e) {
                    outcome.complete(e);
                  }
                });
    time.awaitSleepers(1);
    thread.interrupt();
    assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void anEditThatDoesNotFitIsACrashWithAReason() throws Exception {
    Files.writeString(worktree.resolve("f"), "text");
    assertThat(play("default: [{edit: {file: f, replace: old, with: new}}]"))
        .isEqualTo(new RunResult(false, FailureReason.CRASH, "f does not contain \"old\"."));
    assertThat(play("default: [{edit: {file: g, replace: old, with: new}}]").detail())
        .isEqualTo("g is not there to be edited.");
    assertThat(play("default: [{delete: g}]").detail()).isEqualTo("g is not there to be deleted.");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkLeadsNobodyOutOfTheWorktree() throws Exception {
    Files.createSymbolicLink(worktree.resolve("out"), folder);
    assertThat(play("default: [{write: {file: out/f, text: x}}]").detail())
        .isEqualTo("out/f leads out of the worktree.");
    assertThat(folder.resolve("f")).doesNotExist();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void itRunsCommands() throws Exception {
    try (var real = new SystemTimers()) {
      var run =
          start("default: [{run: {command: 'echo {{task}}; echo x > f'}}, {run: 'exit 4'}]", real);
      assertThat(run.get(60, TimeUnit.SECONDS))
          .isEqualTo(new RunResult(false, FailureReason.EXIT, "\"exit 4\" ended with exit 4."));
      assertThat(told.lines)
          .containsExactly(
              "run echo T-1; echo x > f",
              "run echo T-1; echo x > f",
              "run exit 4",
              "run exit 4 · exit 4");
      assertThat(text("f")).isEqualTo("x\n");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void itsCommandsAreHeldToItsQuota() throws Exception {
    quota = new ResourceQuota(null, null, 5);
    try (var real = new SystemTimers()) {
      var run =
          start("default: [{run: 'for i in 1 2 3 4 5 6 7 8 9; do sleep 300 & done; wait'}]", real);
      var result = run.get(50, TimeUnit.SECONDS);
      assertThat(result.reason()).isEqualTo(FailureReason.OVER_LIMIT);
      assertThat(result.detail()).contains("of 5 processes", "of agent core-api");
    }
  }

  @Test
  void aTaskWithoutStepsIsAFaultOfTheRecipe() {
    assertThatThrownBy(() -> new ScriptedDriver(time).run(job("T-1", "tasks: {T-2: []}"), told))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("recipe-invalid");
              assertThat(e.getMessage()).contains("no steps for T-1");
              assertThat(e.hint()).contains("default:");
            });
  }
}
