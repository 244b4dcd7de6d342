package dev.hivedeck.app.cli.steer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.HoldText;
import dev.hivedeck.app.cli.list.DiscoveryCommands;
import dev.hivedeck.app.cli.list.ListCommands;
import dev.hivedeck.engine.protocol.Command.ApproveChange;
import dev.hivedeck.engine.protocol.Command.CancelTask;
import dev.hivedeck.engine.protocol.Command.ChangeTask;
import dev.hivedeck.engine.protocol.Command.CloseChange;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Command.MergeChange;
import dev.hivedeck.engine.protocol.Command.PauseAgent;
import dev.hivedeck.engine.protocol.Command.PauseTask;
import dev.hivedeck.engine.protocol.Command.ResumeAgent;
import dev.hivedeck.engine.protocol.Command.ResumeTask;
import dev.hivedeck.engine.protocol.Command.RetryTask;
import dev.hivedeck.engine.protocol.Command.ReturnChange;
import dev.hivedeck.engine.protocol.Command.StopAgent;
import dev.hivedeck.engine.protocol.Command.TakeTask;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Commands that steer: each sends one command to the engine. */
public final class SteerCommands {
  private SteerCommands() {}

  /** What follows from a command is done by an engine; where there is none, later. */
  private static final String LATER =
      " No engine runs: hivedeck run, or hivedeck serve, goes on from there.";

  public static int send(
      HivedeckCommand cli, dev.hivedeck.engine.protocol.Command command, String words) {
    return send(cli, command, _ -> words);
  }

  private static int send(
      HivedeckCommand cli,
      dev.hivedeck.engine.protocol.Command command,
      Function<JsonNode, String> words) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      var result = opened.door().execute(command, null, cli.key());
      boolean silent = cli.json() && (result == null || result.isNull() || result.isEmpty());
      cli.answer(
          silent ? changed(opened.door(), command).orElse(result) : result,
          opened.remote() ? words.apply(result) : words.apply(result) + LATER);
      return HivedeckCommand.DONE;
    }
  }

  /** What a command has changed, as it is now, where the command itself answers nothing. */
  private static Optional<JsonNode> changed(
      EngineApi engine, dev.hivedeck.engine.protocol.Command command) {
    return switch (command) {
      case RetryTask c -> thing(engine, Topic.TASK, c.id());
      case ChangeTask c -> thing(engine, Topic.TASK, c.id());
      case TakeTask c -> thing(engine, Topic.TASK, c.id());
      case CancelTask c -> thing(engine, Topic.TASK, c.id());
      case PauseTask c -> thing(engine, Topic.TASK, c.id());
      case ResumeTask c -> thing(engine, Topic.TASK, c.id());
      case ApproveChange c -> thing(engine, Topic.CHANGE, c.id());
      case ReturnChange c -> thing(engine, Topic.CHANGE, c.id());
      case MergeChange c -> thing(engine, Topic.CHANGE, c.id());
      case CloseChange c -> thing(engine, Topic.CHANGE, c.id());
      case PauseAgent c -> thing(engine, Topic.AGENT, c.name());
      case ResumeAgent c -> thing(engine, Topic.AGENT, c.name());
      case StopAgent c -> thing(engine, Topic.AGENT, c.name());
      case dev.hivedeck.engine.protocol.Command.Decide c -> thing(engine, Topic.DECISION, c.id());
      case dev.hivedeck.engine.protocol.Command.StartHive ignored ->
          thing(engine, Topic.WORKSPACE, WorkspaceViews.Workspace.ID);
      default -> Optional.empty();
    };
  }

  private static Optional<JsonNode> thing(EngineApi engine, Topic topic, String id) {
    return Optional.of(engine.query(new Query.Thing(topic, id)));
  }

  /** A diff for a terminal. */
  public static String text(JsonNode diff) {
    var text = new StringBuilder();
    for (var file : Json.as(diff, Query.FileDiffs.class).files()) {
      text.append(file.status())
          .append(' ')
          .append(Printable.line(file.path()))
          .append(file.binary() ? " (binary)" : "")
          .append(
              file.cut()
                  ? " (+%s -%s, too large to show unasked)"
                      .formatted(Plural.number(file.additions()), Plural.number(file.deletions()))
                  : "")
          .append(file.remade() ? " (mode " + file.oldMode() + " to " + file.mode() + ")" : "")
          .append('\n');
      for (var hunk : file.hunks()) {
        text.append(Printable.line(hunk.header())).append('\n');
        hunk.lines()
            .forEach(l -> text.append(l.kind()).append(Printable.text(l.text())).append('\n'));
      }
    }
    return text.toString().stripTrailing();
  }

  @Command(
      name = "decision",
      description = "Answer decisions.",
      subcommands = SteerCommands.Decide.class)
  public static final class Decision {}

  @Command(name = "decide", description = "Answer a decision.")
  public static final class Decide implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(index = "0", paramLabel = "ID", description = "For example D-3.")
    String id;

    @Parameters(index = "1", paramLabel = "OPTION", description = "One of its options.")
    String option;

    @Option(names = "--comment", description = "What else the agent should know.")
    String comment;

    @Override
    public Integer call() {
      return send(
          HivedeckCommand.of(spec),
          new dev.hivedeck.engine.protocol.Command.Decide(id, option, comment),
          id + ": " + option);
    }
  }

  @Command(name = "start", description = "Give ready tasks to agents.")
  public static final class Start implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--agents", description = "How many may work at once; default: as before.")
    int agents;

    @Override
    public Integer call() {
      return send(
          cli, new dev.hivedeck.engine.protocol.Command.StartHive(agents), "The hive is started.");
    }
  }

  @Command(
      name = "pause",
      description = "Give out no more tasks; what runs may end, or is parked with its work kept.")
  public static final class Pause implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--park", description = "Stop what runs now; it goes on from there later.")
    boolean park;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.open(cli.workspace())) {
        var result =
            opened
                .door()
                .execute(new dev.hivedeck.engine.protocol.Command.PauseHive(park), null, cli.key());
        int running = result.path("running").asInt();
        long seconds = result.path("seconds").asLong();
        cli.answer(
            result,
            running == 0
                ? "The hive is paused."
                : park
                    ? "The hive is paused; parking "
                        + Plural.of(running, "agent")
                        + " takes a few seconds."
                    : "The hive is paused; "
                        + Plural.of(running, "agent")
                        + " may end"
                        + (seconds == 0 ? "." : ", which takes about " + seconds + " s."));
        return HivedeckCommand.DONE;
      }
    }
  }

  @Command(
      name = "stop",
      description =
          "Stop the engine of this workspace; work is kept, the next one goes on from it.")
  public static final class Stop implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      var running = EngineAccess.running(cli.workspace());
      if (running.isEmpty()) {
        cli.answer(HivedeckCommand.object("stopped", false), "No engine runs for this workspace.");
        return HivedeckCommand.DONE;
      }
      String waits;
      try (var client = EngineAccess.connect(cli.workspace(), "command line")) {
        waits =
            client
                .execute(new dev.hivedeck.engine.protocol.Command.StopEngine(), null, cli.key())
                .path("waitsFor")
                .asText(null);
      }
      if (waits == null) {
        cli.answer(HivedeckCommand.object("stopped", true), "The engine stops; its work is kept.");
      } else {
        cli.answer(
            HivedeckCommand.object("stopped", true, "waitsFor", waits),
            "The engine stops once " + waits + ", in a minute at the latest; its work is kept.");
      }
      return HivedeckCommand.DONE;
    }
  }

  /** Times as {@code hive.yaml} has them. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Durations.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"" + text + "\" is no time; write " + Durations.EXAMPLES));
    }
  }

  @Command(name = "task", description = "Steer tasks.")
  public static final class Task {
    @ParentCommand HivedeckCommand cli;

    @Command(name = "add", description = "Add a task.")
    int add(
        @Parameters(paramLabel = "TITLE") String title,
        @Option(names = "--id", description = "Default: the next free one.") String id,
        @Option(names = "--prompt", description = "What the agent is told; default: the title.")
            String prompt,
        @Option(
                names = "--agent",
                split = ",",
                paramLabel = "NAME",
                description =
                    "Who is to do it; default: any that can. Given several times, each does it,"
                        + " which costs as often, and you choose one.")
            List<String> agents,
        @Option(
                names = "--capabilities",
                split = ",",
                description = "What its agent must be able to do.")
            List<String> capabilities,
        @Option(names = "--needs", split = ",", description = "Tasks that must be on main first.")
            List<String> needs,
        @Option(names = "--requirements", split = ",", description = "Those that it serves.")
            List<String> requirements,
        @Option(names = "--priority", description = "1 (first) to 9; default: 5.") Integer priority,
        @Option(names = "--kind", description = "Looks up decisions.<kind> in hive.yaml.")
            String kind) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.AddTask(
              id, title, prompt, null, capabilities, needs, requirements, priority, kind, agents),
          added ->
              agents == null || agents.size() < 2
                  ? added.path("id").asText() + " is added."
                  : "%s is added for %d agents, which costs as often; hivedeck alternatives compares them."
                      .formatted(added.path("id").asText(), agents.size()));
    }

    @Command(name = "retry", description = "Try a task anew.")
    int retry(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = "--agent", description = "Another agent.") String agent,
        @Option(names = "--prompt", description = "Another prompt.") String prompt,
        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                converter = Time.class,
                description = "How long each attempt may take from now on, for example 40m.")
            Duration timeout) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.RetryTask(id, agent, prompt, timeout),
          id + " is tried anew.");
    }

    @Command(name = "change", description = "Change a task's priority, and who is to do it.")
    int change(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = "--priority", description = "1 (first) to 9.") Integer priority,
        @Option(names = "--agent", description = "Who is to do it; \"\" for any that can.")
            String agent) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.ChangeTask(id, priority, agent),
          id + " is changed.");
    }

    @Command(name = "why", description = "Why a task is not being worked on.")
    int why(@Parameters(paramLabel = "ID") String id) {
      try (var opened = EngineAccess.read(cli.workspace())) {
        var answer = opened.door().query(new Query.Why(id));
        var lines = new ArrayList<String>();
        answer.forEach(h -> lines.add(HoldText.words(Json.as(h, Query.Hold.class))));
        cli.answer(answer, lines.isEmpty() ? id + " runs, or is over." : String.join("\n", lines));
        return HivedeckCommand.DONE;
      }
    }

    @Command(
        name = "take",
        description = "Take a task over: what runs is stopped, and you go on from its work.")
    int take(@Parameters(paramLabel = "ID") String id) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.TakeTask(id),
          id + " is yours; hivedeck decisions tells where to work on it.");
    }

    @Command(name = "cancel", description = "Cancel a task; its work is kept.")
    int cancel(@Parameters(paramLabel = "ID") String id) {
      return send(
          cli, new dev.hivedeck.engine.protocol.Command.CancelTask(id), id + " is cancelled.");
    }

    @Command(name = "pause", description = "Pause a task; its work is kept.")
    int pause(@Parameters(paramLabel = "ID") String id) {
      return send(cli, new dev.hivedeck.engine.protocol.Command.PauseTask(id), id + " is paused.");
    }

    @Command(name = "resume", description = "Let a paused task go on.")
    int resume(@Parameters(paramLabel = "ID") String id) {
      return send(cli, new dev.hivedeck.engine.protocol.Command.ResumeTask(id), id + " goes on.");
    }
  }

  @Command(
      name = "change",
      description = "Steer changes.",
      subcommands = {
        ChangeCommands.Show.class,
        ChangeCommands.Clear.class,
        CommentCommands.Say.class,
        AdviceCommands.Return.class,
        CommentCommands.Describe.class,
        ChangeCommands.Revert.class,
        SplitCommands.SplitChange.class,
        SplitCommands.Join.class,
        ReadingCommands.Order.class,
        ReadingCommands.Seen.class
      })
  public static final class Change {
    private static final String HEAD = "--match-head-commit";
    private static final String HEAD_WHAT =
        "The commit that you looked at; refused when the change has moved on.";

    @ParentCommand HivedeckCommand cli;

    /** The command above it. */
    public HivedeckCommand cli() {
      return cli;
    }

    @Command(name = "approve", description = "Approve a change; it enters the merge queue.")
    int approve(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = "--comment", description = "For the agent.") String comment,
        @Option(names = HEAD, paramLabel = "COMMIT", description = HEAD_WHAT) String head) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.ApproveChange(id, comment, head),
          id + " is approved.");
    }

    @Command(name = "return", description = "Send a change back to its agent.")
    int sendBack(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = "--comment", description = "For the agent.") String comment,
        @Option(
                names = "--line",
                paramLabel = "FILE:LINES:TEXT",
                description = "A comment on a line (7), or on lines (7-9); may be repeated.")
            List<String> lines,
        @Option(
                names = "--suggest",
                paramLabel = "FILE:LINES:TEXT",
                description = {
                  "What a line or lines should be instead; may be repeated.",
                  "The agent gets it word for word."
                })
            List<String> suggestions) {
      var comments = new ArrayList<LineComment>();
      for (String line : lines == null ? List.<String>of() : lines) {
        comments.add(LineCommentReader.comment(line));
      }
      for (String line : suggestions == null ? List.<String>of() : suggestions) {
        comments.add(LineCommentReader.suggestion(line));
      }
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.ReturnChange(id, comment, comments),
          id + " goes back to its agent.");
    }

    @Command(name = "merge", description = "Put a change into the merge queue.")
    int merge(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = HEAD, paramLabel = "COMMIT", description = HEAD_WHAT) String head) {
      return send(
          cli, new dev.hivedeck.engine.protocol.Command.MergeChange(id, head), id + " is queued.");
    }

    @Command(name = "close", description = "Close a change without merging; its branch stays.")
    int close(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = "--comment", description = "For the agent.") String comment) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.CloseChange(id, comment),
          id + " is closed.");
    }

    @Command(
        name = "diff",
        description = {
          "Show a change.",
          "The largest files come without their lines; --file shows one, however large."
        })
    int diff(
        @Parameters(paramLabel = "ID") String id,
        @Option(names = "--file", paramLabel = "PATH", description = "That file alone, all of it.")
            String file) {
      try (var opened = EngineAccess.read(cli.workspace())) {
        var node =
            file == null
                ? opened.door().query(new Query.Diff(id, null))
                : Json.tree(whole(opened.door(), id, file));
        boolean more = node.path("truncated").asBoolean();
        cli.answer(
            node, text(node) + (more ? "\nOne of them alone: --file PATH shows all of it." : ""));
        return HivedeckCommand.DONE;
      }
    }

    private static Query.FileDiffs whole(EngineApi engine, String id, String file) {
      var all = Json.as(engine.query(new Query.Diff(id, null, file, 0)), Query.FileDiffs.class);
      while (all.truncated()) {
        int known = all.files().getFirst().lines();
        all =
            all.with(
                Json.as(
                    engine.query(new Query.Diff(id, null, file, known)), Query.FileDiffs.class));
      }
      return all;
    }
  }

  @Command(
      name = "agent",
      description = "Find, import and steer agents.",
      subcommands = {
        DiscoveryCommands.Discover.class,
        DiscoveryCommands.Import.class,
        DiscoveryCommands.Remove.class,
        ListCommands.Health.class
      })
  public static final class Agent {
    @ParentCommand HivedeckCommand cli;

    @Command(name = "pause", description = "Give an agent nothing more.")
    int pause(@Parameters(paramLabel = "NAME") String name) {
      return send(
          cli, new dev.hivedeck.engine.protocol.Command.PauseAgent(name), name + " is paused.");
    }

    @Command(name = "resume", description = "Give an agent tasks again.")
    int resume(@Parameters(paramLabel = "NAME") String name) {
      return send(
          cli,
          new dev.hivedeck.engine.protocol.Command.ResumeAgent(name),
          name + " takes tasks again.");
    }

    @Command(name = "stop", description = "End what an agent runs and pause it; its work is kept.")
    int stop(@Parameters(paramLabel = "NAME") String name) {
      return send(
          cli, new dev.hivedeck.engine.protocol.Command.StopAgent(name), name + " is stopped.");
    }

    @Command(name = "say", description = "Say something to an agent at work.")
    int say(
        @Parameters(paramLabel = "NAME") String name,
        @Parameters(paramLabel = "TEXT") String text) {
      return send(cli, new dev.hivedeck.engine.protocol.Command.SayToAgent(name, text), "Said.");
    }
  }
}
