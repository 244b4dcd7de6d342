package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.UpstreamText;
import dev.hivedeck.engine.protocol.Command.Reconcile;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Commands that tell what is. */
public final class ListCommands {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private ListCommands() {}

  /** Lists one kind of thing. */
  abstract static class Listing<V extends View> implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    private final Topic topic;
    private final Class<V> type;
    private final String[] headings;
    private final String none;

    Listing(Topic topic, Class<V> type, String none, String... headings) {
      this.topic = topic;
      this.type = type;
      this.none = none;
      this.headings = headings;
    }

    abstract Object[] cells(V view);

    /** Before anything is listed: refuses what there is none of. */
    void look(EngineApi engine) {}

    boolean wanted(V view) {
      return true;
    }

    /** What to say when there are some, but none is wanted. */
    String noneOf(int all) {
      return "None of " + all + ".";
    }

    @Override
    public Integer call() {
      try (var opened = EngineAccess.read(cli.workspace())) {
        look(opened.door());
        var there = opened.all(topic, type);
        var all = there.stream().filter(this::wanted).toList();
        var textTable = new TextTable(headings);
        all.forEach(view -> textTable.row(cells(view)));
        cli.answer(
            all,
            there.isEmpty() ? none : all.isEmpty() ? noneOf(there.size()) : textTable.toString());
        return HivedeckCommand.DONE;
      }
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Command(
      name = "agents",
      description = "Agents, what they do and how they fare.",
      subcommands = {
        DiscoveryCommands.Discover.class,
        DiscoveryCommands.Import.class,
        DiscoveryCommands.Remove.class,
        ListCommands.Health.class
      })
  public static final class Agents extends Listing<AgentViews.Agent> {
    Agents() {
      super(
          Topic.AGENT,
          AgentViews.Agent.class,
          "No agents yet. hivedeck agent discover finds those that are defined here.",
          "Agent",
          "Driver",
          "State",
          "Task",
          "Health",
          "Done",
          "Failed",
          "Spent",
          "Activity");
    }

    @Override
    Object[] cells(AgentViews.Agent a) {
      return new Object[] {
        a.id(),
        a.driver().word(),
        word(a.state())
            + (a.paused() && a.state() != AgentViews.AgentState.PAUSED ? ", then pauses" : ""),
        a.task(),
        a.health().score() == null ? "–" : a.health().score(),
        a.succeeded(),
        a.failed(),
        "$%.2f".formatted(a.cost()),
        a.activity()
      };
    }
  }

  @Command(name = "health", description = "How well agents do, and why.")
  public static final class Health implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "AGENT", description = "Only this one.")
    String agent;

    @Override
    public Integer call() {
      var cli = HivedeckCommand.of(spec);
      try (var opened = EngineAccess.read(cli.workspace())) {
        var all =
            opened.all(Topic.AGENT, AgentViews.Agent.class).stream()
                .filter(a -> agent == null || a.id().equals(agent))
                .toList();
        if (agent != null && all.isEmpty()) {
          throw new HiveException(
              ErrorCode.NO_AGENT,
              "There is no agent " + agent + " in .hivedeck/hive.yaml.",
              "hivedeck agents lists those there are.");
        }
        var textTable =
            new TextTable(
                "Agent", "Health", "Part", "Weight", "Points", "Now", "Before", "Others", "");
        for (var a : all) {
          var health = a.health();
          if (health.score() == null) {
            textTable.row(
                a.id(),
                "too few attempts yet (%d of %d)".formatted(health.runs(), health.least()),
                "",
                "",
                "",
                "",
                "",
                "",
                "");
          }
          for (var part : health.parts()) {
            boolean first = part == health.parts().getFirst();
            textTable.row(
                first ? a.id() : "",
                first ? health.score() : "",
                part.name(),
                part.weight(),
                part.score(),
                amount(part.name(), part.now()),
                amount(part.name(), part.before()),
                amount(part.name(), part.peers()),
                part.trend() == AgentViews.Trend.UNKNOWN ? "" : word(part.trend()));
          }
        }
        cli.answer(
            all.stream()
                .map(a -> HivedeckCommand.object("agent", a.id(), "health", a.health()))
                .toList(),
            textTable.toString());
        return HivedeckCommand.DONE;
      }
    }

    private static String amount(String part, Double value) {
      if (value == null) {
        return "–";
      }
      return switch (part) {
        case "time" -> "%.0f s".formatted(value);
        case "cost" -> "$%.2f".formatted(value);
        default -> "%.0f%%".formatted(100 * value);
      };
    }
  }

  @Command(name = "tasks", description = "Tasks and where they stand.")
  public static final class Tasks extends Listing<TaskViews.Task> {
    @Option(names = "--state", description = "Only those in this state.")
    TaskViews.TaskState state;

    Tasks() {
      super(
          Topic.TASK,
          TaskViews.Task.class,
          "No tasks. hivedeck plan import FILE takes some in.",
          "Task",
          "State",
          "Agent",
          "Tries",
          "Change",
          "Title",
          "Reason");
    }

    @Override
    boolean wanted(TaskViews.Task t) {
      return state == null || t.state() == state;
    }

    @Override
    String noneOf(int all) {
      return "No task is %s; there %s %,d in other states."
          .formatted(word(state), all == 1 ? "is" : "are", all);
    }

    @Override
    Object[] cells(TaskViews.Task t) {
      return new Object[] {
        t.id(),
        t.merged() ? "merged" : word(t.state()),
        t.agent() == null ? t.worker() : t.agent(),
        t.attempts(),
        t.change(),
        t.title(),
        t.reason()
      };
    }
  }

  @Command(name = "attempts", description = "Attempts, the latest last.")
  public static final class Attempts extends Listing<AttemptViews.Attempt> {
    @Parameters(arity = "0..1", paramLabel = "TASK", description = "Only those at this task.")
    String task;

    Attempts() {
      super(
          Topic.ATTEMPT,
          AttemptViews.Attempt.class,
          "No attempts yet.",
          "Attempt",
          "Agent",
          "State",
          "Stage",
          "Spent",
          "Detail");
    }

    @Override
    void look(EngineApi engine) {
      if (task != null) {
        engine.query(new Query.Thing(Topic.TASK, task)); // or says that there is none
      }
    }

    @Override
    boolean wanted(AttemptViews.Attempt a) {
      return task == null || a.task().equals(task);
    }

    @Override
    String noneOf(int all) {
      return "No attempts at " + task + ".";
    }

    @Override
    Object[] cells(AttemptViews.Attempt a) {
      return new Object[] {
        a.id(),
        a.agent(),
        word(a.state()),
        a.stage() + "%",
        a.cost() == null ? "unknown" : "$%.2f".formatted(a.cost()),
        a.reason() != null
            ? a.reason() + ": " + a.detail()
            : a.choice() != null ? a.choice().words() : ""
      };
    }
  }

  @Command(name = "changes", description = "Changes on their way to main.")
  public static final class Changes extends Listing<ChangeViews.Change> {
    Changes() {
      super(
          Topic.CHANGE,
          ChangeViews.Change.class,
          "No changes yet.",
          "Change",
          "State",
          "Review",
          "Health",
          "Lines",
          "Stack",
          "Task",
          "Agent",
          "Title",
          "Next",
          "Because");
    }

    @Override
    Object[] cells(ChangeViews.Change c) {
      return new Object[] {
        c.id(),
        word(c.state()),
        word(c.review()),
        c.health(),
        "+" + Plural.number(c.additions()) + " -" + Plural.number(c.deletions()),
        StackText.place(c),
        c.task(),
        c.agent(),
        c.title(),
        c.verdict().text(),
        because(c)
      };
    }

    /** Of one that is closed why it is; nobody asks any more what spoke against it. */
    private static String because(ChangeViews.Change c) {
      return c.state() == ChangeViews.ChangeState.CLOSED && c.reason() != null
          ? c.reason()
          : String.join(
              "; ",
              c.verdict().obstacles().stream()
                  .filter(o -> o.cleared() == null)
                  .map(Obstacle::text)
                  .toList());
    }
  }

  @Command(name = "decisions", description = "Questions to you, open ones first.")
  public static final class Decisions extends Listing<DecisionViews.Decision> {
    Decisions() {
      super(
          Topic.DECISION,
          DecisionViews.Decision.class,
          "Nobody asks anything.",
          "Decision",
          "State",
          "Task",
          "Agent",
          "Options",
          "Answer",
          "Question");
    }

    @Override
    Object[] cells(DecisionViews.Decision d) {
      return new Object[] {
        d.id(),
        word(d.state()),
        d.task(),
        d.agent(),
        String.join(" | ", d.options()),
        d.answer(),
        d.question()
      };
    }
  }

  @Command(name = "status", description = "How the workspace stands, in a few lines.")
  public static final class Status implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.read(cli.workspace())) {
        if (opened.remote()) {
          opened.door().execute(new Reconcile(), null);
        }
        // At once: without an engine, git is looked at for each snapshot.
        var things = opened.door().snapshot(Set.of(Topic.WORKSPACE, Topic.DRIFT)).things();
        var workspace = (WorkspaceViews.Workspace) things.get(Topic.WORKSPACE).getFirst();
        var drift = things.get(Topic.DRIFT).stream().map(DriftViews.Drift.class::cast).toList();
        var now = Json.as(opened.door().query(new Query.Summary()), Query.Standing.class);
        if (cli.json()) {
          var answer = new LinkedHashMap<String, Object>();
          answer.put("workspace", workspace);
          answer.put("tasks", now.tasks());
          answer.put("changes", now.changes());
          answer.put("decisions", now.questions());
          answer.put("attempts", now.attempts());
          answer.put("drift", drift);
          answer.put("pool", opened.door().stats().pool());
          answer.put("running", opened.remote());
          if (opened.unanswered() != null) {
            answer.put("error", opened.unanswered().fault());
          }
          answer.put("folder", EngineAccess.folder(cli.workspace()).toString());
          cli.answer(answer, null);
          return ended(opened);
        }
        cli.say(
            "%s · %s %s%s"
                .formatted(
                    workspace.name(),
                    workspace.main(),
                    workspace.commit().isEmpty() ? "is gone" : "at " + workspace.commit(),
                    workspace.plan() == null ? "" : " · plan \"" + workspace.plan() + "\""));
        cli.say(
            "engine     "
                + (opened.remote()
                    ? workspace.started() ? "started" : "paused"
                    : opened.unanswered() == null ? left(now) : unanswered(opened)));
        cli.say(
            "trusted    "
                + (workspace.trusted()
                    ? "yes"
                    : "no. " + workspace.consent().why() + "; see hivedeck trust"));
        remote(workspace);
        cli.say("tasks      " + words(now.tasks()));
        cli.say("changes    " + words(now.changes()));
        cli.say("decisions  " + (now.questions() == 0 ? "none open" : now.questions() + " open"));
        workspace.problems().forEach(p -> cli.say("problem    " + p));
        var stats = opened.door().stats();
        if (stats.pool() != null) {
          cli.say("pool       " + PoolText.of(stats.pool()));
        }
        stats.held().forEach(why -> cli.say("held       " + why));
        drift.forEach(d -> cli.say("drift      " + d.what() + " " + DoctorCommand.remedy(d)));
        return ended(opened);
      }
    }

    private static int ended(EngineAccess.Opened opened) {
      return opened.unanswered() == null
          ? HivedeckCommand.DONE
          : HivedeckCommand.status(opened.unanswered().code());
    }

    private static String unanswered(EngineAccess.Opened opened) {
      return opened.unanswered().getMessage() + " " + opened.unanswered().hint();
    }

    private void remote(WorkspaceViews.Workspace workspace) {
      var upstream = workspace.upstream();
      if (upstream != null) {
        cli.say(
            "remote     "
                + UpstreamText.standing(upstream)
                + (upstream.behind() > 0 ? ". " + UpstreamText.remedy(workspace) : ""));
        if (upstream.problem() != null) {
          cli.say("           " + upstream.problem() + " " + upstream.remedy());
        }
      }
    }

    /** An engine that was killed leaves its attempts to the next one. */
    private static String left(Query.Standing now) {
      return switch ((int) now.attempts()) {
        case 0 -> "not running";
        case 1 -> "not running; 1 attempt was at work when it ended, the next run takes it up";
        default ->
            "not running; %d attempts were at work when it ended, the next run takes them up"
                .formatted(now.attempts());
      };
    }

    private static String words(Map<String, Long> counts) {
      return counts.isEmpty()
          ? "none"
          : counts.entrySet().stream()
              .map(e -> e.getValue() + " " + e.getKey())
              .collect(Collectors.joining(", "));
    }
  }

  @Command(
      name = "events",
      description = "What happened, the latest last; with --json one document a line (NDJSON).")
  public static final class Events implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--follow", description = "Go on as it happens.")
    boolean follow;

    @Option(names = "--last", defaultValue = "50", description = "How many of the past.")
    int last;

    @Override
    public Integer call() throws InterruptedException {
      try (var opened = EngineAccess.read(cli.workspace())) {
        var past = opened.door().query(new Query.Events(-last, last));
        long seen = 0;
        for (var node : past) {
          var event = Json.as(node, Event.class);
          seen = event.seq();
          print(event);
        }
        if (follow) {
          var subscription = opened.door().subscribe(seen, events -> events.forEach(this::print));
          try {
            new CountDownLatch(1).await();
          } finally {
            subscription.close();
          }
        }
        return HivedeckCommand.DONE;
      }
    }

    private void print(Event event) {
      if (cli.json()) {
        cli.document(event);
      } else if (event.text() != null) {
        cli.say(
            TIME.format(event.at())
                + "  "
                + "%-20s".formatted(event.type().word())
                + " "
                + event.text());
      }
    }
  }
}
