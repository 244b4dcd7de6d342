package dev.hivedeck.app.simulate;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.simulator.SimulatedHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One task, given to a real agent through the whole engine in a repository that was made for it,
 * until Hivedeck has decided what comes of it.
 */
final class SimulationRun {
  private static final String TASK = "T-1";
  private static final String AGENT = "agent";
  private static final int PAUSE_MS = 100;
  private static final int PAGE = 500;

  private static final Set<TaskViews.TaskState> AT_WORK =
      Set.of(
          TaskViews.TaskState.BLOCKED,
          TaskViews.TaskState.READY,
          TaskViews.TaskState.RUNNING,
          TaskViews.TaskState.VALIDATING);

  private final Path repository;
  private final Path home;

  private SimulationRun(Path repository, Path home) {
    this.repository = repository;
    this.home = home;
  }

  /**
   * What came of it.
   *
   * @param attempt as it ended; without an end when time was up before
   * @param task what Hivedeck does next is in its state, reason and {@code notBefore}
   * @param decision what a person is asked, or null
   * @param activity what the agent did, line by line
   */
  record Outcome(
      AttemptViews.Attempt attempt,
      TaskViews.Task task,
      DecisionViews.Decision decision,
      List<Query.LogLine> activity) {

    boolean timely() {
      return attempt != null && attempt.endedAt() != null || decision != null;
    }

    Duration took(Instant now) {
      return attempt == null
          ? Duration.ZERO
          : Duration.between(
              attempt.startedAt(), attempt.endedAt() == null ? now : attempt.endedAt());
    }
  }

  /**
   * Makes the repository.
   *
   * @param folder an empty one
   * @param program that is run
   * @param sandbox as in {@code hive.yaml}
   * @param silence after which the agent counts as stuck
   */
  static SimulationRun prepare(
      Path folder, SimulatedHome rig, Path program, String sandbox, Duration silence)
      throws IOException {
    rig.write();
    Path repository = Files.createDirectories(folder.resolve("repository"));
    var git = new Git(repository);
    git.must("init", "--quiet", "--initial-branch=main");
    git.must("config", "user.name", "Flight simulator");
    git.must("config", "user.email", "flight@example.org");
    Files.writeString(repository.resolve("hello.txt"), "hello\n");
    Files.writeString(repository.resolve("test.sh"), "grep -q 42 answer.txt\n");
    Path config = repository.resolve(HiveConfig.FILE);
    Files.createDirectories(config.getParent());
    Files.writeString(
        config,
        """
        version: 1
        defaults: { attempts: 1, quiet: %ds }
        queue: { load: 1000 }
        agents:
          %s: %s
        decisions: { default: { human: none } }
        """
            .formatted(
                Math.max(1, silence.toSeconds()), AGENT, rig.entry(program.toString(), sandbox)));
    git.must("add", "--all");
    git.must("commit", "--quiet", "-m", "Begin");
    return new SimulationRun(repository, folder.resolve("home"));
  }

  /**
   * @param within after which it is cut off
   * @param hearer of the activity as it happens
   */
  Outcome fly(String prompt, Duration within, Consumer<Query.LogLine> hearer)
      throws InterruptedException {
    String plan =
        Json.write(
            Map.of(
                "plan",
                "Flight",
                "tasks",
                List.of(Map.of("id", TASK, "title", "Fly", "agent", AGENT, "prompt", prompt))));
    try (var engine = EngineAccess.hive(repository, home, 1, false, 0, 0)) {
      engine.execute(new Command.Trust(engine.consent().digest()), null);
      engine.execute(new Command.ImportPlan("flight.yaml", plan), null);
      engine.execute(new Command.StartHive(1), null);
      var heard = new ArrayList<Query.LogLine>();
      long limit = System.nanoTime() + within.toNanos();
      Outcome outcome;
      do {
        Thread.sleep(PAUSE_MS);
        hear(engine, heard, hearer);
        outcome = look(engine, heard);
      } while (!settled(outcome) && System.nanoTime() < limit);
      hear(engine, heard, hearer);
      return look(engine, List.copyOf(heard));
    }
  }

  private static boolean settled(Outcome outcome) {
    var state = outcome.task().state();
    return outcome.decision() != null
        || (state == TaskViews.TaskState.DONE
            ? outcome.task().merged()
            : !AT_WORK.contains(state) && outcome.attempt().endedAt() != null);
  }

  private static Outcome look(Engine engine, List<Query.LogLine> heard) {
    return new Outcome(
        attempt(engine),
        EngineAccess.all(engine, Topic.TASK, TaskViews.Task.class).getFirst(),
        EngineAccess.all(engine, Topic.DECISION, DecisionViews.Decision.class).stream()
            .filter(d -> d.state() == DecisionViews.DecisionState.OPEN)
            .findFirst()
            .orElse(null),
        heard);
  }

  private static AttemptViews.Attempt attempt(Engine engine) {
    var all = Json.as(engine.query(new Query.Attempts(TASK)), AttemptViews.Attempt[].class);
    return Arrays.stream(all).findFirst().orElse(null);
  }

  private static void hear(
      Engine engine, List<Query.LogLine> heard, Consumer<Query.LogLine> hearer) {
    var attempt = attempt(engine);
    if (attempt == null) {
      return;
    }
    var page =
        Json.as(engine.query(new Query.Log(attempt.id(), heard.size(), PAGE)), Query.LogPage.class);
    heard.addAll(page.lines());
    page.lines().forEach(hearer);
  }
}
