package dev.hivedeck.app.cli.steer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.config.TextFile;
import dev.hivedeck.engine.protocol.Command.ImportPlan;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Plans in and out. */
@Command(name = "plan", description = "Requirements and tasks.")
public final class PlanCommand {
  private static final long LARGEST = 64L << 20;

  @ParentCommand HivedeckCommand cli;

  @Command(name = "import", description = "Take plans in; idempotent by id.")
  int take(@Parameters(arity = "1..*", paramLabel = "FILE") List<Path> files) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      var results = new ArrayList<JsonNode>();
      for (Path file : files) {
        var plan = new ImportPlan(file.toString(), read(file));
        var result = opened.door().execute(plan, null, key(files, file));
        results.add(result);
        cli.say(
            file
                + ": "
                + count(result, "added")
                + " added, "
                + count(result, "changed")
                + " changed, "
                + count(result, "kept")
                + " kept");
        earlier(opened, result.path("earlier"));
        result.path("leftOut").forEach(what -> cli.say("left out: " + what.asText()));
      }
      cli.answer(results.size() == 1 ? results.getFirst() : results, null);
      return HivedeckCommand.DONE;
    }
  }

  /** Says of what is done by an earlier text how to have it done by the one of the plan. */
  private void earlier(EngineAccess.Opened opened, JsonNode ids) {
    if (!ids.isArray()) {
      if (ids.asInt() > 0) {
        cli.say(ids.asInt() + " are done by an earlier text than the plan's, and keep it.");
      }
      return;
    }
    if (ids.isEmpty()) {
      return;
    }
    var wanted = new HashSet<String>();
    ids.forEach(id -> wanted.add(id.asText()));
    for (var task : opened.all(Topic.TASK, TaskViews.Task.class)) {
      if (wanted.contains(task.id())) {
        cli.say(
            "%s was done by its earlier text, and keeps it. To have the new one done, %s"
                .formatted(
                    task.id(),
                    task.merged() || task.change() == null
                        ? "give that to a new task: in the plan with an id of its own, or with"
                            + " hivedeck task add."
                        : "send its change back: hivedeck change return " + task.change() + "."));
      }
    }
  }

  /** Each of several files has a key of its own. */
  private String key(List<Path> files, Path file) {
    return cli.key() == null || files.size() == 1 ? cli.key() : cli.key() + " " + file;
  }

  private static int count(JsonNode result, String key) {
    return result.path(key).isArray() ? result.path(key).size() : result.path(key).asInt();
  }

  private static String read(Path file) {
    String text = TextFile.read(file, LARGEST, ErrorCode.PLAN_UNREADABLE);
    if (text == null) {
      throw new HiveException(ErrorCode.NO_FILE, file + " is not there.", "Check its name.");
    }
    return text;
  }

  @Command(name = "show", description = "Requirements with their tasks.")
  int show() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var requirements = opened.all(Topic.REQUIREMENT, TaskViews.Requirement.class);
      var tasks = opened.all(Topic.TASK, TaskViews.Task.class);
      if (requirements.isEmpty() && tasks.isEmpty()) {
        cli.answer(
            HivedeckCommand.object("requirements", requirements, "tasks", tasks),
            "No plan yet. hivedeck plan import FILE takes one in.");
        return HivedeckCommand.DONE;
      }
      var text = new StringBuilder();
      for (var r : requirements) {
        text.append(
                Printable.line(
                    "%s %s · %d of %d merged".formatted(r.id(), r.title(), r.done(), r.tasks())))
            .append('\n');
        tasks.stream()
            .filter(t -> t.requirements().contains(r.id()))
            .forEach(t -> text.append("   ").append(line(t)).append('\n'));
      }
      var free = tasks.stream().filter(t -> t.requirements().isEmpty()).toList();
      if (!free.isEmpty()) {
        text.append("Without a requirement\n");
        free.forEach(t -> text.append("   ").append(line(t)).append('\n'));
      }
      cli.answer(
          HivedeckCommand.object("requirements", requirements, "tasks", tasks),
          text.toString().stripTrailing());
      return HivedeckCommand.DONE;
    }
  }

  private static String line(TaskViews.Task t) {
    return Printable.line(
        "%-6s %-10s %s".formatted(t.id(), t.merged() ? "merged" : t.state().word(), t.title()));
  }

  @Command(name = "export", description = "The plan as YAML on standard output.")
  int export() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var result = opened.door().query(new Query.Export());
      if (cli.json()) {
        cli.answer(result, null);
      } else {
        cli.out().print(result.path("yaml").asText());
      }
      return HivedeckCommand.DONE;
    }
  }
}
