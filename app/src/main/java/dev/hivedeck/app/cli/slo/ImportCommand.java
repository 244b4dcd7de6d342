package dev.hivedeck.app.cli.slo;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Command.ImportObjectives;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Takes objectives of others over. */
@Command(
    name = "import",
    description = "Takes objectives of others over into hive.yaml; shows the difference first.")
final class ImportCommand implements Callable<Integer> {
  private static final long LARGEST = 16 << 20;

  @ParentCommand SloCommands.Slo slo;

  @Parameters(
      paramLabel = "FILE",
      description = "OpenSLO v1, Sloth, Pyrra, or Prometheus rules in Sloth's shape; YAML or JSON.")
  Path file;

  @Option(names = "--write", description = "Write it, all or nothing.")
  boolean write;

  @Option(
      names = "--skip",
      description = "Take over what can be, without the objectives that cannot.")
  boolean skip;

  @Option(
      names = "--window",
      description = "The period of objectives whose format does not say it; 30d unless told.")
  String window;

  @Override
  public Integer call() {
    String text = text();
    try (var opened =
        write ? EngineAccess.open(slo.cli.workspace()) : EngineAccess.read(slo.cli.workspace())) {
      var answer = opened.door().query(new Query.ImportPreview(text, window));
      var found = Json.as(answer, Config.Import.class);
      boolean complete = found.left().stream().allMatch(l -> !l.key().isEmpty());
      boolean sound = found.preview().problems().isEmpty();
      if (!write) {
        slo.cli.answer(answer, said(found));
        return complete && sound ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
      }
      var edited =
          opened
              .door()
              .execute(
                  new ImportObjectives(found.preview().digest(), text, window, skip),
                  null,
                  slo.cli.key());
      slo.cli.answer(
          HivedeckCommand.object("edited", edited, "import", answer),
          said(found)
              + (Json.as(edited, Config.Edited.class).trusted()
                  ? "\nWritten."
                  : "\nWritten; nothing of it is in force before you consent: hivedeck trust."));
      return HivedeckCommand.DONE;
    }
  }

  private String text() {
    try {
      if (Files.size(file) > LARGEST) {
        throw new HiveException(
            ErrorCode.TOO_LARGE, "The file " + file + " is larger than 16 MB.", "Split it.");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.NO_FILE,
          "The file " + file + " cannot be read as text.",
          "Check its name and rights, and that it is UTF-8.",
          e);
    }
  }

  private String said(Config.Import found) {
    var lines = new ArrayList<String>();
    var diff = found.preview().diff();
    if (!diff.files().isEmpty()) {
      lines.add(SteerCommands.text(Json.tree(diff)).stripTrailing());
    }
    lines.add(
        "%d new, %d changed, %d the same"
            .formatted(count(found, "new"), count(found, "changed"), count(found, "same")));
    found.preview().problems().forEach(p -> lines.add(Printable.line(p)));
    tell("Not taken over:", found.left().stream().filter(l -> l.key().isEmpty()).toList(), lines);
    tell("Left out:", found.left().stream().filter(l -> !l.key().isEmpty()).toList(), lines);
    return String.join("\n", lines);
  }

  private static long count(Config.Import found, String state) {
    return found.taken().stream().filter(t -> t.state().equals(state)).count();
  }

  private void tell(String title, List<Config.Left> left, List<String> lines) {
    if (!left.isEmpty()) {
      lines.add(title);
    }
    for (var each : left) {
      String what = each.objective() + (each.key().isEmpty() ? "" : " " + each.key());
      lines.add(
          Printable.line(
              "  %s:%d:%s %s"
                  .formatted(
                      file.getFileName(),
                      each.line(),
                      what.isBlank() ? "" : " " + what.strip() + ":",
                      each.why())));
    }
  }
}
