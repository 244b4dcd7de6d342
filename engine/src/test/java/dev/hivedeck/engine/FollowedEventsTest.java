package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.health.HealthCommand;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who began with a snapshot and follows what is told sees what a new snapshot shows, for every
 * topic and whatever was done: a window that stays open is never out of date.
 */
class FollowedEventsTest {
  @TempDir Path folder;
  private final Map<Topic, Map<String, JsonNode>> followed = new TreeMap<>();
  private final Set<Topic> heardOf = new HashSet<>();
  private long seen;
  private Engine engine;

  private static TestRepository sandbox(Path folder) {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1 }
        agents:
          good: { run: "echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt" }
          bad: { run: "echo no lockfile is here >&2; exit 3" }
          asks:
            run: >-
              echo '{"hivedeck":"ask","question":"Which?","options":["a","b"]}';
              until grep -q option "$HIVEDECK_INBOX_FILE"; do sleep 0.02; done;
              echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt
        decisions: { default: { human: required } }
        services: { idle: { run: exec sleep 600 } }
        """);
    sandbox.commit("Set up");
    return sandbox;
  }

  private synchronized void heard(List<Event> events) {
    for (var event : events) {
      seen = event.seq();
      heardOf.add(event.topic());
      if (event.type() == PlanEvent.RELOADED) {
        start();
      } else if (event.type().removes()) {
        of(event.topic()).remove(event.id());
      } else if (event.data() != null) {
        of(event.topic()).put(event.id(), lasting(event));
      }
    }
  }

  /** What an attempt's processes take is of the moment: it is told, and in no snapshot. */
  private static JsonNode lasting(Event event) {
    return event.type() == AttemptEvent.PROGRESSED
        ? Json.tree(Json.as(event.data(), AttemptViews.Attempt.class).using(0, 0, 0, null))
        : event.data();
  }

  private Map<String, JsonNode> of(Topic topic) {
    return followed.computeIfAbsent(topic, t -> new TreeMap<>());
  }

  private long start() {
    var snapshot = engine.snapshot(Topic.all());
    followed.clear();
    snapshot
        .things()
        .forEach((topic, things) -> things.forEach(v -> of(topic).put(v.id(), Json.tree(v))));
    return snapshot.seq();
  }

  /** What a new snapshot shows otherwise than what was told; empty when nothing does. */
  private synchronized String stale() {
    var snapshot = engine.snapshot(Topic.all());
    if (seen != snapshot.seq()) {
      return "heard up to " + seen + " of " + snapshot.seq();
    }
    var stale = new StringBuilder();
    for (var topic : Topic.all()) {
      var there = new TreeMap<String, JsonNode>();
      snapshot
          .things()
          .getOrDefault(topic, List.of())
          .forEach(view -> there.put(view.id(), Json.tree(view)));
      if (!of(topic).equals(there)) {
        stale.append("\n%s told: %s%n  there: %s".formatted(topic, of(topic), there));
      }
    }
    return stale.toString();
  }

  private void upToDate(String after) {
    long end = System.nanoTime() + 20_000_000_000L;
    String stale = stale();
    while (!stale.isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
      stale = stale();
    }
    assertThat(stale).as("after: %s", after).isEmpty();
  }

  private void does(Command command) {
    engine.execute(command, null);
    upToDate(command.toString());
  }

  private ChangeViews.Change change(String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  private void until(String task, TaskState state) {
    TestRepository.await(
        task + " " + state, engine, () -> TestRepository.task(engine, task).state() == state);
    upToDate(task + " is " + state);
  }

  private void untilOpen(String task) {
    TestRepository.await(
        task + " is open",
        engine,
        () ->
            TestRepository.changes(engine).stream()
                .anyMatch(c -> c.task().equals(task) && c.state() == ChangeState.OPEN));
    upToDate(task + " is open");
  }

  @Test
  void whateverIsDoneAWindowThatStaysOpenShowsWhatANewOneShows() {
    try (Engine opened = sandbox(folder).open(100, false)) {
      engine = opened;
      long from = start();
      seen = from;
      try (var _ = engine.subscribe(from, this::heard)) {
        TestRepository.trust(engine);
        upToDate("trust");
        does(
            new Command.ImportPlan(
                "plan.yaml",
                """
                plan: P
                requirements:
                  - { id: R-1, title: All is there, priority: high, acceptance: [It is] }
                tasks:
                  - { id: T-1, title: One, agent: good, requirements: [R-1], prompt: x }
                  - { id: T-2, title: Two, agent: bad, requirements: [R-1], prompt: x }
                  - { id: T-3, title: Three, agent: asks, prompt: x }
                  - { id: T-4, title: Four, agent: good, needs: [T-1], prompt: x }
                """));
        does(new Command.ChangeTask("T-4", 1, null));
        does(new Command.PauseTask("T-4"));
        does(new Command.ResumeTask("T-4"));
        does(new Command.PauseAgent("asks"));
        does(new Command.StartHive(3));
        untilOpen("T-1");
        until("T-2", TaskState.DEAD);
        does(new Command.ResumeAgent("asks"));
        until("T-3", TaskState.WAITING);
        var asked =
            TestRepository.decisions(engine).stream()
                .filter(d -> d.state() == DecisionState.OPEN && d.options().contains("a"))
                .findFirst()
                .orElseThrow();
        does(new Command.Decide(asked.id(), "a", null));
        untilOpen("T-3");
        does(new ReadingCommand.MarkSeen(change("T-3").id(), null, null));
        does(new ReadingCommand.MarkUnseen(change("T-3").id(), null, null));
        does(new ReadingCommand.Read(change("T-3").id(), change("T-3").head(), 9));
        does(new HealthCommand.Clear(change("T-3").id(), "unchecked", "A note."));
        does(new HealthCommand.Unclear(change("T-3").id(), "unchecked"));
        does(
            new HealthCommand.Describe(
                change("T-3").id(), DescriptionSection.RISK, "It may be slow."));
        does(new CommentCommand.Say(change("T-3").id(), "Why?", "T-3.txt", 1, null, null));
        does(
            new CommentCommand.Resolve(
                change("T-3").id(), change("T-3").comments().getLast().id()));
        does(new Command.ReturnChange(change("T-3").id(), "More.", List.of()));
        does(new Command.ApproveChange(change("T-1").id(), null));
        TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
        upToDate("T-1 is merged");
        does(new Command.JudgeLesson("F-1", LessonState.ACCEPTED));
        does(new Command.WordLesson("F-1", "Make the lockfile."));
        does(new Command.JudgeLesson("F-1", LessonState.DELETED));
        does(new Command.RetryTask("T-2", null));
        until("T-2", TaskState.DEAD);
        does(new Command.CancelTask("T-2"));
        untilOpen("T-4");
        does(new Command.CloseChange(change("T-4").id(), "Not needed."));
        does(new Command.SetPermission(null, "Bash", "make *", true));
        does(new Command.PauseHive());
        does(new Command.Reconcile());
        does(new ServiceCommand.RestartService("idle"));
        does(new ServiceCommand.RegisterService("cart", null, null, 7000, "1", "1h", null));
        does(new ServiceCommand.DeregisterService("cart", null));
        does(new ServiceCommand.StopService("idle"));
      }
      assertThat(heardOf)
          .contains(
              Topic.WORKSPACE,
              Topic.REQUIREMENT,
              Topic.TASK,
              Topic.AGENT,
              Topic.ATTEMPT,
              Topic.CHANGE,
              Topic.DECISION,
              Topic.LESSON,
              Topic.of("service"));
    }
  }

  /** A budget that a day's work has used up: its agent is given nothing more, others are. */
  @Test
  void whoHasSpentWhatItMayTodayIsGivenNothing() {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents:
          ann: { run: sh tools/agent.sh }
          bob: { run: sh tools/agent.sh }
        budgets: { agent: { tokens: 1000 } }
        decisions: { default: { human: none } }
        """);
    sandbox.write(
        "tools/agent.sh",
        """
        echo $HIVEDECK_TASK > $HIVEDECK_TASK.txt
        [ $HIVEDECK_TASK != T-1 ] || echo '{"hivedeck":"usage","in":900,"out":100,"cost":0}'
        """);
    sandbox.commit("Set up");
    String plan =
        """
        plan: P
        tasks:
          - { id: T-1, title: One, agent: ann, prompt: x }
          - { id: T-2, title: Two, agent: ann, needs: [T-3], prompt: x }
          - { id: T-3, title: Three, agent: bob, prompt: x, priority: 9 }
          - { id: T-4, title: Four, agent: bob, needs: [T-3], prompt: x, priority: 9 }
        """;
    try (Engine opened = sandbox.open(100, false)) {
      engine = opened;
      TestRepository.begin(engine, plan, 1);
      TestRepository.await(
          "the other goes on", engine, () -> TestRepository.task(engine, "T-4").merged());
    }
    try (Engine again = sandbox.open(100, false)) { // and after a restart
      engine = again;
      engine.execute(
          new Command.ImportPlan(
              "more.yaml",
              "plan: Q\ntasks: [{ id: T-5, title: Five, agent: bob, prompt: x, priority: 9 }]\n"),
          null);
      engine.execute(new Command.StartHive(1), null);
      TestRepository.await(
          "the other goes on", engine, () -> TestRepository.task(engine, "T-5").merged());
      assertThat(TestRepository.task(engine, "T-2").state()).isEqualTo(TaskState.READY);
      assertThat(Json.write(engine.query(new Query.Why("T-2"))))
          .isEqualTo("[{\"code\":\"agent-budget\",\"what\":\"ann\"}]");
    }
  }
}
