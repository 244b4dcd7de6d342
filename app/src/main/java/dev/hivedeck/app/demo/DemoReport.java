package dev.hivedeck.app.demo;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.Member;
import dev.hivedeck.engine.protocol.merge.MergeEvent;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What came of the demo, held against what its plan and recipes must lead to.
 *
 * @param counts by name, in the order in which they are told
 * @param wrong what is not as it should be; empty when all is well
 */
public record DemoReport(Map<String, Number> counts, List<String> wrong) {
  private static final Map<String, Long> EXPECTED = new LinkedHashMap<>();

  static {
    EXPECTED.put("tasks", 30L);
    EXPECTED.put("done", 29L);
    EXPECTED.put("retried", 7L);
    EXPECTED.put("fallenBack", 1L);
    EXPECTED.put("dead", 1L);
    EXPECTED.put("decisions", 2L);
    EXPECTED.put("permissions", 1L);
    EXPECTED.put("reviews", 4L);
    EXPECTED.put("conflicts", 1L);
    EXPECTED.put("merges", 31L);
    EXPECTED.put("proven", 31L);
    EXPECTED.put("culprits", 1L);
    EXPECTED.put("stacks", 1L);
    EXPECTED.put("reverts", 1L);
    EXPECTED.put("chosen", 1L);
    EXPECTED.put("warnings", 1L);
    EXPECTED.put("alertsFired", 1L);
    EXPECTED.put("alertsResolved", 1L);
    EXPECTED.put("promoted", 1L);
    EXPECTED.put("rolledBack", 1L);
  }

  /** Reads the engine's history; call it while the engine is open. */
  static Map<String, Number> count(EngineApi engine) {
    var types = new LinkedHashMap<EventType, HashSet<String>>();
    var foreseen = new HashSet<Set<String>>();
    long permissions = 0;
    long after = 0;
    while (true) {
      var page = engine.query(new Query.Events(after, 5_000));
      if (page.isEmpty()) {
        break;
      }
      for (var node : page) {
        var event = Json.as(node, Event.class);
        types.computeIfAbsent(event.type(), t -> new HashSet<>()).add(event.id());
        if (event.type() == DecisionEvent.DECIDED
            && event.data().path("kind").asText().equals("permission")) {
          permissions++;
        }
        if (event.type() == MergeEvent.FORECAST) {
          foreseen.addAll(conflicts(Json.as(event.data(), Forecast.class)));
        }
        after = event.seq();
      }
    }
    var counts = new LinkedHashMap<String, Number>();
    counts.put("tasks", size(types, TaskEvent.IMPORTED));
    var planned = types.getOrDefault(TaskEvent.IMPORTED, new HashSet<>());
    counts.put(
        "done",
        types.getOrDefault(TaskEvent.MERGED, new HashSet<>()).stream()
            .filter(planned::contains)
            .count());
    counts.put("retried", size(types, TaskEvent.RETRYING));
    counts.put("fallenBack", size(types, TaskEvent.FALLBACK));
    counts.put("dead", size(types, TaskEvent.DEAD));
    counts.put("decisions", size(types, DecisionEvent.DECIDED));
    counts.put("permissions", permissions);
    counts.put("reviews", size(types, ChangeEvent.APPROVED));
    counts.put("conflicts", size(types, ChangeEvent.CONFLICTED));
    counts.put(
        "proven",
        all(engine, MergeRegistration.TOPIC, Merge.class).stream().filter(Merge::proven).count());
    var batches = all(engine, MergeRegistration.BATCH, Batch.class);
    counts.put("stacks", batches.stream().filter(batch -> isStack(engine, batch)).count());
    counts.put("forecasts", (long) foreseen.size());
    counts.put(
        "reverts",
        all(engine, Topic.TASK, TaskViews.Task.class).stream()
            .filter(task -> "revert".equals(task.kind()) && task.merged())
            .count());
    counts.put(
        "culprits",
        batches.stream()
            .flatMap(batch -> batch.members().stream())
            .filter(member -> member.fate() == Fate.CULPRIT)
            .count());
    var attempts = all(engine, Topic.ATTEMPT, AttemptViews.Attempt.class);
    counts.put("chosen", attempts.stream().filter(a -> a.choice() != null).count());
    counts.put("lessons", (long) all(engine, Topic.LESSON, LessonViews.Lesson.class).size());
    counts.put("tokens", attempts.stream().mapToLong(a -> a.tokensIn() + a.tokensOut()).sum());
    counts.put(
        "cost",
        Math.round(
                100
                    * attempts.stream()
                        .filter(a -> a.cost() != null)
                        .mapToDouble(AttemptViews.Attempt::cost)
                        .sum())
            / 100.0);
    counts.put("warnings", size(types, WorkspaceEvent.BUDGET_WARNED));
    var alerts = alerts(engine);
    long resolved = alerts.stream().filter(a -> a.state() == AlertState.RESOLVED).count();
    counts.put("alertsFired", alerts.stream().filter(DemoReport::fires).count() + resolved);
    counts.put("alertsResolved", resolved);
    counts.put("promoted", size(types, RolloutEvent.PROMOTED));
    counts.put("rolledBack", size(types, RolloutEvent.ROLLED_BACK));
    return counts;
  }

  /** Whether all parts of a change came to main in it. */
  private static boolean isStack(EngineApi engine, Batch batch) {
    var merged =
        batch.members().stream()
            .filter(member -> member.fate() == Fate.MERGED)
            .map(Member::change)
            .toList();
    return all(engine, Topic.CHANGE, ChangeViews.Change.class).stream()
        .filter(change -> change.stack() != null && !change.stack().parts().isEmpty())
        .anyMatch(change -> merged.containsAll(change.stack().parts()));
  }

  /** Pairs of open changes that would conflict. */
  static Set<Set<String>> conflicts(Forecast forecast) {
    return forecast.encounters().stream()
        .filter(e -> e.meeting() == Meeting.CONFLICT && !e.with().equals(Forecast.MAIN))
        .map(e -> Set.of(forecast.id(), e.with()))
        .collect(Collectors.toSet());
  }

  /** Alerts, now and before. */
  static List<SloViews.Alert> alerts(EngineApi engine) {
    var alerts = new ArrayList<SloViews.Alert>();
    engine
        .query(new Query.Alerts(1_000))
        .forEach(node -> alerts.add(Json.as(node, SloViews.Alert.class)));
    return alerts;
  }

  static boolean fires(SloViews.Alert alert) {
    return alert.state() == AlertState.FIRING;
  }

  private static <V extends View> List<V> all(EngineApi engine, Topic topic, Class<V> type) {
    return engine.snapshot(Set.of(topic)).things().get(topic).stream().map(type::cast).toList();
  }

  private static long size(Map<EventType, HashSet<String>> types, EventType type) {
    return types.getOrDefault(type, new HashSet<>()).size();
  }

  /** Looks at the repository; call it when the engine is closed. */
  static DemoReport of(Map<String, Number> counted, Path repository) {
    var counts = new LinkedHashMap<>(counted);
    var wrong = new ArrayList<String>();
    var git = new Git(repository);
    var merges =
        git.must(
                "log",
                "--first-parent",
                "--merges",
                "--format=%(trailers:key=Hivedeck-Change,valueonly,separator=%x2C)",
                "main")
            .lines()
            .filter(l -> !l.isBlank())
            .toList();
    counts.put("merges", (long) merges.size());
    if (new HashSet<>(merges).size() != merges.size()) {
      wrong.add("a change is on main more than once");
    }
    EXPECTED.forEach(
        (name, expected) -> {
          if (!expected.equals(counts.get(name))) {
            wrong.add(name + " is " + counts.get(name) + " instead of " + expected);
          }
        });
    if (Long.valueOf(0).equals(counts.get("forecasts"))) {
      wrong.add("no conflict was forecast");
    }
    var fsck = git.run("fsck", "--strict", "--no-dangling");
    if (!fsck.ok()) {
      wrong.add("git fsck: " + fsck.err().strip());
    }
    long worktrees = git.must("worktree", "list").lines().count();
    if (worktrees != 1) {
      wrong.add((worktrees - 1) + " worktrees are left");
    }
    long processes =
        ProcessTree.carrying().stream()
            .filter(p -> p.folder() != null && p.folder().startsWith(repository.getParent()))
            .count();
    if (processes > 0) {
      wrong.add(processes + " processes are left");
    }
    return new DemoReport(counts, wrong);
  }
}
