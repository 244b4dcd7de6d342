package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.AgentState;
import dev.hivedeck.engine.protocol.view.AgentViews.Trend;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.NextAction;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A workspace in the middle of its work, the same each time. */
public final class Sample {
  public static final Instant NOW = Instant.parse("2026-11-20T13:52:10Z");
  public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  private static final List<String> TITLES =
      List.of(
          "Idempotent order placement",
          "Outbox retry with jitter",
          "Stream tool calls",
          "API reference",
          "Cart drawer",
          "Rotate API keys",
          "Query plan for /orders",
          "Batch order lookups",
          "Tenant sharding",
          "Refunds in part",
          "Webhook signatures",
          "Rate limit per key",
          "Price rounding by currency",
          "Search suggestions",
          "Address validation with the carrier's service",
          "Checkout on one page",
          "Empty states of the cart",
          "Stock reservation with expiry",
          "Audit log of refunds",
          "Mail templates in German",
          "Retry of failed payments",
          "Dead letter view",
          "Health checks",
          "Load test of checkout",
          "Seed data for demos",
          "Locale switch",
          "Currency picker",
          "Gift cards",
          "Return labels",
          "Delivery slots");
  private static final List<String> AGENTS =
      List.of("core-api", "reliability", "llm", "docs", "frontend", "security", "perf", "lint");

  private static final List<String> ACTIVITY =
      List.of(
          "running pytest tests/unit/orders -q",
          "editing worker/outbox.py",
          "gate coverage 81 %",
          "approve network access for npx @redocly/cli build?",
          "2 of 3 in 15 s: gate lint",
          "reading packages/security",
          "benchmark p95 212 → 148 ms",
          "");

  private Sample() {}

  public static WorkspaceViews.Workspace workspace() {
    return new WorkspaceViews.Workspace(
        "storefront",
        "storefront",
        "/home/you/code/storefront",
        "main",
        "a41f09c",
        "main",
        3,
        new WorkspaceViews.Upstream("origin/main", 0, 0, null, null, null),
        true,
        true,
        8,
        "Checkout v2",
        "0.1.0",
        ago(3 * 3600 + 720),
        List.of(),
        TRUSTED);
  }

  /** Nothing waits. */
  public static final WorkspaceViews.Consent TRUSTED =
      new WorkspaceViews.Consent("0".repeat(64), NOW, null, List.of());

  /** An agent and a gate wait, each with one command. */
  public static WorkspaceViews.Consent asked(String digest) {
    return new WorkspaceViews.Consent(
        digest,
        null,
        "Nobody has consented to .hivedeck/hive.yaml yet",
        List.of(
            new WorkspaceViews.ConsentItem(
                "agent",
                "a",
                WorkspaceViews.Mark.NEW,
                List.of(new WorkspaceViews.ConsentField("run", List.of("./a.sh"), null))),
            new WorkspaceViews.ConsentItem(
                "gate",
                "unit",
                WorkspaceViews.Mark.CHANGED,
                List.of(
                    new WorkspaceViews.ConsentField(
                        "run", List.of("mvn -q test"), List.of("mvn test"))))));
  }

  public static InMemoryEngineApi door() {
    var door = new InMemoryEngineApi(CLOCK);
    fill(door);
    return door;
  }

  private static Instant ago(long seconds) {
    return NOW.minus(Duration.ofSeconds(seconds));
  }

  public static void fill(InMemoryEngineApi door) {
    door.seed(Topic.WORKSPACE, workspace());
    tasks(door);
    agents(door);
    changes(door);
    lessons(door);
    decisions(door);
    SampleRollouts.all().forEach(r -> door.seed(Topic.of("rollout"), r));
    SampleServices.all().forEach(s -> door.seed(Topic.of("service"), s));
    for (int i = 1; i <= 6; i++) {
      int tasks = (TITLES.size() - i) / 6 + 1;
      door.seed(
          Topic.REQUIREMENT,
          new TaskViews.Requirement(
              "R-" + i,
              TITLES.get(i * 3) + " works for every shopper",
              List.of("critical", "high", "medium", "low").get(i % 4),
              List.of("The same request has the same answer", "A refusal says why"),
              tasks,
              Math.min(tasks, i),
              20 * i - 10,
              i));
    }
    door.seed(
        Topic.KEPT,
        new AttemptViews.Kept(
            "refs/hivedeck/kept/T-105.1",
            "9f31c2ab",
            "T-105",
            "T-105.1",
            "its worktree was about to be reset for another attempt",
            4,
            5_300,
            ago(1400)));
    door.seed(
        Topic.KEPT,
        new AttemptViews.Kept(
            "refs/hivedeck/kept/T-112.2",
            "77bd10fe",
            "T-112",
            "T-112.2",
            "the task was cancelled",
            1,
            420,
            ago(5400)));
    door.seed(
        Topic.DRIFT,
        new DriftViews.Drift(
            "D-1",
            "worktree-missing",
            "The worktree of T-107.1 is not there",
            "Its folder was removed by something else while the attempt was running.",
            "make it again from its branch",
            "/home/you/.local/share/hivedeck/wt/T-107.1"));
    events(door);
  }

  private static void tasks(InMemoryEngineApi door) {
    var random = new Random(7);
    for (int i = 1; i <= 60; i++) {
      var id = "T-" + (100 + i);
      var state = state(i);
      var title = TITLES.get((i - 1) % TITLES.size()) + (i > TITLES.size() ? ", part two" : "");
      var worker = AGENTS.get((i - 1) % AGENTS.size());
      var tries = state == TaskState.DEAD ? 3 : i % 6 == 0 ? 2 : 1;
      var started = ago(10_000 - i * 150L + random.nextInt(60));
      var ended = started.plusSeconds(200 + random.nextInt(500));
      var attempted = state == TaskState.DONE || state == TaskState.DEAD || i <= 8;
      if (attempted) {
        for (int n = 1; n <= tries; n++) {
          var last = n == tries;
          var running = i <= 8 && last;
          var s =
              running
                  ? AttemptState.WORKING
                  : last && state != TaskState.DEAD ? AttemptState.SUCCEEDED : AttemptState.FAILED;
          door.seed(
              Topic.ATTEMPT,
              new AttemptViews.Attempt(
                  id + "." + n,
                  id,
                  worker,
                  n,
                  s,
                  s == AttemptState.FAILED ? "gate" : null,
                  null,
                  running ? 25 * (i % 4) : 100,
                  running ? ago(40 + 97L * i) : started.plusSeconds(n * 120L),
                  running ? null : ended.plusSeconds(n * 120L),
                  "hive/" + id,
                  "/tmp/" + id,
                  "abc",
                  running ? 4000 + i : 0,
                  41_200,
                  6_800,
                  30_000,
                  0.05 + 0.11 * (i % 7),
                  null,
                  120,
                  running ? 180_000_000L * i : 0,
                  running ? 0.4 * i : 0,
                  running ? 3 + 2 * i : 0,
                  running && i % 2 == 1 ? new AttemptViews.Quota(null, null, 200) : null,
                  List.of(),
                  n == 1 && i % 3 == 0 ? choice(worker) : null,
                  running ? ACTIVITY.get((i - 1) % ACTIVITY.size()) : null));
        }
      }
      door.seed(
          Topic.TASK,
          new TaskViews.Task(
              id,
              title,
              state,
              state == TaskState.DEAD ? "3 tries, unit tests fail" : null,
              state == TaskState.DONE ? 100 : 25 * (i % 4),
              1 + i % 9,
              i % 5 == 0 ? "bug-fix" : null,
              worker,
              List.of(),
              attempted ? worker : null,
              i > 6 ? List.of("T-" + (100 + i - 5)) : List.of(),
              List.of("R-" + (1 + i % 6)),
              attempted ? tries : 0,
              attempted ? id + "." + tries : null,
              null,
              null,
              state == TaskState.DONE,
              null,
              state == TaskState.DONE || state == TaskState.DEAD ? ended : ago(400),
              i));
    }
  }

  private static TaskState state(int i) {
    if (i <= 8) {
      return i == 3 ? TaskState.VALIDATING : i == 4 ? TaskState.WAITING : TaskState.RUNNING;
    }
    if (i == 23) {
      return TaskState.DEAD;
    }
    return i <= 42 ? TaskState.DONE : i % 3 == 0 ? TaskState.READY : TaskState.BLOCKED;
  }

  private static void agents(InMemoryEngineApi door) {
    var states =
        List.of(
            AgentState.RUNNING,
            AgentState.RUNNING,
            AgentState.VALIDATING,
            AgentState.WAITING,
            AgentState.RETRYING,
            AgentState.RUNNING,
            AgentState.RUNNING,
            AgentState.IDLE);
    var models =
        List.of(
            "codex", "claude-code", "opencode", "gemini-cli", "codex", "claude-code", "codex", "");
    for (int i = 0; i < AGENTS.size(); i++) {
      var task = "T-" + (101 + i);
      door.seed(
          Topic.AGENT,
          new AgentViews.Agent(
              AGENTS.get(i),
              "Builds and keeps " + AGENTS.get(i),
              "core",
              AgentDriver.COMMAND,
              "1.0",
              models.get(i),
              List.of("java"),
              List.of("src/**"),
              List.of("reliability"),
              states.get(i),
              false,
              states.get(i) == AgentState.IDLE ? null : task,
              states.get(i) == AgentState.IDLE ? null : task + ".1",
              25 * ((i + 1) % 4),
              ACTIVITY.get(i),
              ago(30 + 60L * i),
              12 + i,
              i == 4 ? 9 : i % 3,
              health(i),
              48_000,
              0.4 * i));
    }
  }

  private static void lessons(InMemoryEngineApi door) {
    var texts =
        List.of(
            "leaves a placeholder: <*>",
            "It ended with exit <*> cannot find module <*>",
            "is outside of <*> <*>",
            "For <*> min it printed nothing and no file changed: it was stuck.",
            "React Hook useEffect has a missing dependency: <*>",
            "lost the connection to the model",
            "<*> ended as if finished, but changed nothing.");
    var sources =
        List.of(
            "gate complete",
            "exit",
            "gate owners",
            "quiet",
            "gate lint",
            "crash",
            "nothing-changed");
    for (int i = 0; i < texts.size(); i++) {
      var state = i == 1 ? LessonState.ACCEPTED : i == 5 ? LessonState.MUTED : LessonState.NEW;
      var remedy =
          i == 1
              ? "Run npm ci in web/ before you begin; node_modules is not in the worktree."
              : i == 3 || i == 6
                  ? null
                  : "frontend: Wrote the parts out and ran the checks once more. (+38 −4 in 2"
                      + " files)";
      door.seed(
          Topic.LESSON,
          new LessonViews.Lesson(
              "F-" + (i + 1),
              sources.get(i),
              texts.get(i),
              9 - i,
              ago(90_000),
              ago(120 + 700L * i),
              List.of("frontend", "docs"),
              List.of("T-105", "T-130"),
              state,
              remedy,
              remedy == null ? null : "T-105.2",
              i == 1,
              remedy != null && state != LessonState.MUTED));
    }
  }

  private static AgentViews.Health health(int i) {
    if (i == 6) {
      return new AgentViews.Health(null, 3, 5, List.of());
    }
    boolean sick = i == 4;
    double verified = sick ? 0.35 : 0.95 - 0.02 * i;
    return new AgentViews.Health(
        sick ? 45 : 96 - 4 * i,
        20,
        5,
        List.of(
            new AgentViews.HealthPart(
                "verified",
                40,
                (int) Math.round(100 * verified),
                verified,
                0.9,
                0.88,
                sick ? Trend.WORSE : Trend.STEADY),
            new AgentViews.HealthPart(
                "gates", 20, sick ? 50 : 96, sick ? 0.5 : 0.96, 0.9, null, Trend.BETTER),
            new AgentViews.HealthPart("stuck", 15, 90, 0.05, 0.04, null, Trend.STEADY),
            new AgentViews.HealthPart("time", 15, sick ? 30 : 100, 187, 160.0, 204.5, Trend.WORSE),
            new AgentViews.HealthPart("cost", 10, 85, 0.14, null, 0.11, Trend.UNKNOWN)));
  }

  private static AttemptViews.Choice choice(String worker) {
    var other = worker.equals("frontend") ? "core-api" : "frontend";
    return new AttemptViews.Choice(
        "tests", 13.6, 0.92, 187, 0.1, "free", other, List.of(other, "reliability"));
  }

  private static Verdict verdict(int i, ChangeState state) {
    return switch (state) {
      case MERGED -> new Verdict("On main", NextAction.NONE, Holder.NOBODY, List.of());
      case CONFLICTED ->
          new Verdict(
              "With core-api, attempt 2",
              NextAction.WAIT,
              Holder.AGENT,
              List.of(
                  new Obstacle(
                      ObstacleKind.CONFLICT,
                      true,
                      15,
                      "conflicts with main in worker/outbox.py",
                      "merge it: its agent brings it in on top of main",
                      "main")));
      default ->
          new Verdict(
              "Review " + 47 * i + " lines",
              NextAction.APPROVE,
              Holder.YOU,
              i == 9
                  ? List.of(
                      new Obstacle(
                          ObstacleKind.CONFLICT,
                          false,
                          8,
                          "conflicts with #42 in services/api/orders.py",
                          "merge the one first that is harder to redo",
                          "C-42"))
                  : List.of());
    };
  }

  private static void changes(InMemoryEngineApi door) {
    for (int i = 1; i <= 12; i++) {
      var state = i <= 6 ? ChangeState.MERGED : i == 8 ? ChangeState.CONFLICTED : ChangeState.OPEN;
      door.seed(
          Topic.CHANGE,
          new ChangeViews.Change(
              "C-" + (32 + i),
              32 + i,
              "T-" + (108 + i),
              TITLES.get(7 + i),
              AGENTS.get(i % AGENTS.size()),
              "T-" + (108 + i) + ".1",
              state,
              i == 8 ? "conflicts with main in worker/outbox.py" : null,
              "hive/T-" + (108 + i),
              "a41f09c",
              "b52e10d",
              i <= 6 ? "c63f21e" : null,
              3 + i,
              40 * i,
              7 * i,
              1 + i % 3,
              List.of(),
              List.of(),
              i == 9
                  ? ChangeViews.ReviewState.WANTED
                  : i <= 6 ? ChangeViews.ReviewState.APPROVED : ChangeViews.ReviewState.NONE,
              ago(4000 - i * 200L),
              ago(3000 - i * 200L),
              i <= 6 ? ago(3000 - i * 200L) : null,
              null,
              i == 9
                  ? List.of(
                      new ChangeViews.Risk(
                          ChangeViews.RiskKind.CI, ".github/workflows/ci.yml", null))
                  : List.of(),
              i == 8 ? 41 : i == 10 ? 68 : 97 - i,
              List.of(),
              47L * i,
              verdict(i, state),
              null,
              List.of(),
              List.of()));
    }
  }

  private static void decisions(InMemoryEngineApi door) {
    door.seed(
        Topic.DECISION,
        new DecisionViews.Decision(
            "Q-3",
            "T-101",
            "T-101.1",
            "core-api",
            "architecture",
            3,
            "Split the orders table by tenant?",
            "The orders table holds 41 million rows of 212 tenants. Splitting by tenant makes the"
                + " largest tenant's queries four times faster, and each migration reversible."
                + " Keeping one table needs no migration now.",
            List.of("approve", "keep one table", "reject"),
            null,
            DecisionState.OPEN,
            null,
            null,
            null,
            ago(900),
            NOW.plus(Duration.ofHours(21)),
            null));
    door.seed(
        Topic.DECISION,
        new DecisionViews.Decision(
            "Q-4",
            "T-104",
            "T-104.1",
            "docs",
            "permission",
            3,
            "May docs use the network?",
            "npx @redocly/cli build",
            List.of("allow once", "deny"),
            "deny",
            DecisionState.OPEN,
            null,
            null,
            null,
            ago(100),
            NOW.plus(Duration.ofMinutes(4)),
            null));
    door.seed(
        Topic.DECISION,
        new DecisionViews.Decision(
            "Q-1",
            "T-110",
            "T-110.1",
            "perf",
            "performance-target",
            2,
            "Lower the p95 goal from 400 to 300 ms?",
            null,
            List.of("yes", "no"),
            "yes",
            DecisionState.EXPIRED,
            "yes",
            null,
            "deadline",
            ago(9000),
            ago(5400),
            ago(5400)));
    door.seed(
        Topic.DECISION,
        new DecisionViews.Decision(
            "Q-2",
            "T-111",
            "T-111.1",
            "core-api",
            "architecture",
            3,
            "Use optimistic locking for the stock reservation?",
            null,
            List.of("yes", "no"),
            null,
            DecisionState.DECIDED,
            "yes",
            "But log every conflict.",
            "you",
            ago(8000),
            null,
            ago(7000)));
  }

  private static void events(InMemoryEngineApi door) {
    var lines =
        List.of(
            Map.entry("task.started", "T-107 started by perf"),
            Map.entry("task.fallback", "T-117 falls back from docs to core-api after 3 failures"),
            Map.entry("task.done", "T-119 verified: Audit log of refunds"),
            Map.entry("decision.opened", "docs asks: May docs use the network?"),
            Map.entry("attempt.failed", "T-105.1 by frontend failed (gate): lint has 3 findings"),
            Map.entry("task.retrying", "T-105 is tried again in 15 s, 2 of 3 (gate)"),
            Map.entry("change.conflicted", "conflict #40 with main in worker/outbox.py"),
            Map.entry("change.opened", "opened #41 Price rounding by currency · +360 -63"),
            Map.entry("task.validating", "T-103 is with its gates"),
            Map.entry("change.merged", "merged #38 Outbox index · +86 -12"));
    for (int i = 0; i < 40; i++) {
      var line = lines.get(i % lines.size());
      var topic = dev.hivedeck.engine.protocol.Topic.of(line.getKey().split("\\.")[0]);
      var id =
          switch (topic.word()) {
            case "task" -> "T-107";
            case "attempt" -> "T-105.1";
            case "change" -> "C-40";
            default -> "Q-4";
          };
      door.past(
          Event.of(
              i + 1L,
              ago(21L * (40 - i) - 18),
              "c",
              line.getKey(),
              topic,
              id,
              line.getValue(),
              null));
    }
  }
}
