package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Command.ImportAgents;
import dev.hivedeck.engine.protocol.Command.RemoveAgents;
import dev.hivedeck.engine.protocol.Discovery.Category;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Discovery.Imported;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Commands that find definitions of agents in the repository and make agents of them. */
public final class DiscoveryCommands {
  private DiscoveryCommands() {}

  /** Categories by their words. */
  static final class Word implements ITypeConverter<Category> {
    @Override
    public Category convert(String word) {
      try {
        return Category.of(word);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "\""
                + word
                + "\" is no category; there are "
                + Arrays.stream(Category.values())
                    .map(Category::word)
                    .collect(Collectors.joining(", ")));
      }
    }
  }

  private static Definitions look(EngineApi engine) {
    return Json.as(engine.query(new Query.Definitions()), Definitions.class);
  }

  @Command(
      name = "discover",
      description = "Definitions of agents in this repository, by what they are for.")
  public static final class Discover implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(
        names = "--category",
        split = ",",
        converter = Word.class,
        description = "Only those, for example testing,security.")
    List<Category> categories = List.of();

    @Override
    public Integer call() {
      try (var opened = EngineAccess.read(HivedeckCommand.of(spec).workspace())) {
        var all = look(opened.door());
        var wanted =
            all.definitions().stream()
                .filter(d -> categories.isEmpty() || categories.contains(d.category()))
                .toList();
        HivedeckCommand.of(spec)
            .answer(new Definitions(wanted, all.troubles()), words(wanted, all));
        return HivedeckCommand.DONE;
      }
    }

    private static String words(List<Definition> wanted, Definitions all) {
      var text = new ArrayList<String>();
      var byCategory = wanted.stream().collect(Collectors.groupingBy(Definition::category));
      for (var category : Category.values()) {
        var some = byCategory.getOrDefault(category, List.of());
        if (!some.isEmpty()) {
          text.add(category.word() + ", " + some.size());
          var textTable =
              new TextTable("Agent", "Form", "Standing", "Definition", "Why this category");
          some.forEach(
              d ->
                  textTable.row(
                      d.name(), d.form().word(), d.standing().word(), d.id(), d.reason()));
          text.add(textTable + "\n");
        }
      }
      for (var trouble : all.troubles()) {
        text.add(
            trouble.file()
                + (trouble.line() > 0 ? ":" + trouble.line() : "")
                + ": "
                + trouble.text()
                + ". "
                + trouble.remedy());
      }
      long fresh = wanted.stream().filter(d -> d.standing() == Standing.NEW).count();
      text.add(
          wanted.isEmpty()
              ? "No agents are defined here. Looked in .claude/agents, .opencode/agents, .codex,"
                  + " .gemini/agents, .github/agents, AGENTS.md and folders named agents."
              : fresh == 0
                  ? "All of them are in .hivedeck/hive.yaml already."
                  : "hivedeck agent import DEFINITION… makes agents of them, --all of "
                      + fresh
                      + ".");
      return String.join("\n", text);
    }
  }

  @Command(
      name = "import",
      description = "Make agents of definitions: they are written into .hivedeck/hive.yaml.")
  public static final class Import implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(
        arity = "0..*",
        paramLabel = "DEFINITION",
        description = "As agent discover lists them, or the agent's name.")
    List<String> wanted = List.of();

    @Option(names = "--all", description = "All that there are.")
    boolean all;

    @Option(
        names = "--category",
        split = ",",
        converter = Word.class,
        description = "All of these, for example testing,security.")
    List<Category> categories = List.of();

    @Override
    public Integer call() {
      if (wanted.isEmpty() && !all && categories.isEmpty()) {
        throw new HiveException(
            ErrorCode.BAD_USAGE,
            "Nothing says which agents to import.",
            "Name definitions, or give --category or --all.");
      }
      try (var opened = EngineAccess.open(HivedeckCommand.of(spec).workspace())) {
        var there = look(opened.door());
        var ids = new ArrayList<String>();
        for (String word : wanted) {
          ids.add(
              there.definitions().stream()
                  .filter(d -> d.name().equals(word))
                  .map(Definition::id)
                  .findFirst()
                  .orElse(word));
        }
        there.definitions().stream()
            .filter(d -> all || categories.contains(d.category()))
            .map(Definition::id)
            .forEach(ids::add);
        var result =
            opened.door().execute(new ImportAgents(ids), null, HivedeckCommand.of(spec).key());
        HivedeckCommand.of(spec).answer(result, words(Json.as(result, Imported.class)));
        return HivedeckCommand.DONE;
      }
    }

    private static String words(Imported done) {
      String kept = done.kept().isEmpty() ? "" : " " + done.kept().size() + " were there already.";
      if (done.added().isEmpty()) {
        return "Nothing was added." + kept;
      }
      return "Added "
          + done.added().size()
          + " to "
          + done.file()
          + ", lines "
          + done.from()
          + " to "
          + done.to()
          + ": "
          + String.join(", ", done.added())
          + "."
          + kept
          + "\nNext: look at their commands with hivedeck trust, and commit the file."
          + " To undo: hivedeck agent remove NAME…";
    }
  }

  @Command(name = "remove", description = "Take imported agents out of .hivedeck/hive.yaml again.")
  public static final class Remove implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "NAME")
    List<String> names;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.open(HivedeckCommand.of(spec).workspace())) {
        var result =
            opened.door().execute(new RemoveAgents(names), null, HivedeckCommand.of(spec).key());
        var removed = new ArrayList<String>();
        result.path("removed").forEach(n -> removed.add(n.asText()));
        HivedeckCommand.of(spec)
            .answer(
                result,
                removed.isEmpty()
                    ? "None of them is there."
                    : "Removed " + String.join(", ", removed) + "; their definitions stay.");
        return HivedeckCommand.DONE;
      }
    }
  }
}
