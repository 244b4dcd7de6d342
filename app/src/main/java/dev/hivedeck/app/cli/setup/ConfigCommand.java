package dev.hivedeck.app.cli.setup;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Command.EditConfig;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code hive.yaml}, read and edited by key; comments and all other lines stay. */
@Command(name = "config", description = "Show .hivedeck/hive.yaml, and change it by key.")
public final class ConfigCommand implements Callable<Integer> {
  private static final String KEY =
      "Its key, for example agents.codex.parallel or budgets.day.cost; a name with dots in quotes.";

  /** A part of a key: in quotes, or up to the next dot. */
  private static final Pattern PART = Pattern.compile("\"([^\"]+)\"|([^.\"]+)");

  /** What a shell takes as it is. */
  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9/._~-]+");

  /** What stands behind a value is part of it: {@code [ -e x ] && make} is no list. */
  private static final Pattern PARTS = Pattern.compile("(?:%1$s)(?:\\.(?:%1$s))*".formatted(PART));

  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var source = source(opened.door());
      String text =
          source.text() == null
              ? "There is no " + source.file() + " yet. hivedeck init proposes one."
              : source.text().lines().map(Printable::line).collect(Collectors.joining("\n"));
      cli.answer(source, text);
      source.problems().forEach(p -> cli.err().println(Printable.line(p)));
      return source.problems().isEmpty() ? HivedeckCommand.DONE : HivedeckCommand.BAD_INPUT;
    }
  }

  @Command(name = "get", description = "The value of a key.")
  int get(@Parameters(paramLabel = "KEY", description = KEY) String key) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var value = source(opened.door()).values().at(pointer(key));
      if (value.isMissingNode()) {
        throw new HiveException(
            ErrorCode.NO_KEY,
            key + " is not set in .hivedeck/hive.yaml.",
            "docs/configuration.md tells what holds where a key is missing.");
      }
      cli.answer(
          value,
          value.isValueNode() ? Printable.text(value.asText()) : Printable.json(Json.write(value)));
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "set", description = "Set keys to values.")
  int set(
      @Parameters(
              arity = "2..*",
              paramLabel = "KEY VALUE",
              description = "Pairs. " + KEY + " A value in [ ] or { } is YAML.")
          List<String> words,
      @Option(names = "--dry-run", description = "Show the difference and write nothing.")
          boolean dry,
      @Option(names = "--text", description = "Take values as text: 20 is \"20\", no number.")
          boolean text) {
    if (words.size() % 2 != 0) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          words.getLast() + " has no value.",
          "Write KEY VALUE, one after the other.");
    }
    var changes = new ArrayList<Config.Change>();
    for (int i = 0; i < words.size(); i += 2) {
      String value = words.get(i + 1);
      changes.add(new Config.Change(pointer(words.get(i)), text ? Json.tree(value) : value(value)));
    }
    return edit(changes, dry);
  }

  @Command(name = "unset", description = "Take keys out, with the lines that set them.")
  int unset(
      @Parameters(arity = "1..*", paramLabel = "KEY", description = KEY) List<String> keys,
      @Option(names = "--dry-run", description = "Show the difference and write nothing.")
          boolean dry) {
    return edit(keys.stream().map(k -> new Config.Change(pointer(k), null)).toList(), dry);
  }

  private int edit(List<Config.Change> changes, boolean dry) {
    try (var opened =
        dry ? EngineAccess.read(cli.workspace()) : EngineAccess.open(cli.workspace())) {
      var before = source(opened.door());
      var answer = opened.door().query(new Query.ConfigPreview(changes, null));
      var preview = Json.as(answer, Config.Preview.class);
      String diff = SteerCommands.text(Json.tree(preview.diff()));
      if (!preview.problems().isEmpty()) {
        if (!dry) {
          throw new HiveException(
              ErrorCode.CONFIG_INVALID,
              String.join("\n", preview.problems()),
              "Nothing was written. docs/configuration.md lists the keys there are.");
        }
        cli.answer(answer, diff);
        preview.problems().forEach(p -> cli.err().println(Printable.line(p)));
        return HivedeckCommand.BAD_INPUT;
      }
      boolean same = preview.diff().files().isEmpty();
      if (dry) {
        cli.answer(answer, same ? "Nothing would change." : diff + "\n" + asks(preview, true));
        return HivedeckCommand.DONE;
      }
      var done = opened.door().execute(new EditConfig(preview.digest(), changes), null, cli.key());
      cli.answer(
          HivedeckCommand.object("edited", done, "preview", answer),
          same
              ? "Nothing changed."
              : diff + "\n" + asks(preview, false) + "\n" + undo(before, changes));
      return HivedeckCommand.DONE;
    }
  }

  private static String asks(Config.Preview preview, boolean dry) {
    String why = preview.consent().why();
    return why == null
        ? dry ? "Nobody would be asked: what runs and decides stays." : "Written."
        : dry
            ? "You would be asked to trust it: " + Printable.line(why) + "."
            : "Written; nothing new begins before you consent: hivedeck trust.";
  }

  /** What is to be done to have it as it was. */
  static String undo(Config.Source before, List<Config.Change> changes) {
    var set = new ArrayList<String>();
    var unset = new ArrayList<String>();
    for (var change : changes) {
      var was = before.values().at(change.at());
      if (was.isMissingNode()) {
        unset.add(bare(change.at()));
      } else {
        set.add(bare(change.at()) + " " + quoted(argument(was)));
      }
    }
    var words = new ArrayList<String>();
    if (!set.isEmpty()) {
      words.add("hivedeck config set " + String.join(" ", set));
    }
    if (!unset.isEmpty()) {
      words.add("hivedeck config unset " + String.join(" ", unset));
    }
    return Printable.line("To undo: " + String.join(" && ", words));
  }

  private static String bare(String word) {
    return BARE.matcher(word).matches() ? word : quoted(word);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** How a value is given on the command line; on one line, as {@link #value} reads it. */
  private static String argument(JsonNode value) {
    String text = value.asText();
    boolean plain =
        !isBraced(text) && Printable.line(text).equals(text) && value(text).equals(value);
    return plain ? text : Json.write(value);
  }

  private static boolean isBraced(String text) {
    return text.startsWith("[") || text.startsWith("{");
  }

  private static Config.Source source(EngineApi engine) {
    return Json.as(engine.query(new Query.ConfigSource()), Config.Source.class);
  }

  /** {@code agents.codex.parallel} as a JSON pointer; one is taken as it is. */
  static String pointer(String key) {
    if (key.startsWith("/")) {
      return key;
    }
    if (!PARTS.matcher(key).matches()) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + key + "\" is no key.",
          "Write it with dots, agents.codex.parallel, or as a JSON pointer.");
    }
    return PART.matcher(key)
        .results()
        .map(part -> part.group(1) != null ? part.group(1) : part.group(2))
        .map(part -> "/" + part.replace("~", "~0").replace("/", "~1"))
        .collect(Collectors.joining());
  }

  /** Numbers, true and false, lists, mappings and what is in quotes as YAML; all else is text. */
  static JsonNode value(String text) {
    boolean braces = isBraced(text);
    JsonNode read = null;
    try {
      read = new YamlSource("the value", text, ErrorCode.BAD_USAGE).root();
    } catch (HiveException e) {
      if (braces) {
        throw new HiveException(
            ErrorCode.BAD_USAGE,
            "\"" + text + "\" is no YAML list or mapping: " + e.getMessage(),
            "Write [a, b] or { key: value }, or give --text.");
      }
    }
    boolean quoted = text.startsWith("\"") && read != null && read.isTextual();
    return read != null && (braces || quoted || read.isNumber() || read.isBoolean())
        ? read
        : Json.tree(text);
  }
}
