package dev.hivedeck.app.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** All commands with their options, as a manual page and as Markdown. */
public final class Manual {
  /** Variables that Hivedeck itself reads, by name. */
  public static final Map<String, String> READ =
      new TreeMap<>(
          Map.of(
              "HIVEDECK_HOME",
              "The folder for all of Hivedeck's data; default: the platform's data folder.",
              "HIVEDECK_JAVA",
              "The Java of a JDK 25 or newer that the launcher uses, or its folder.",
              "NO_COLOR",
              "Where it is set, output has no colours."));

  private Manual() {}

  /** Commands below this one that help lists. */
  public static Collection<CommandLine> visible(CommandLine command) {
    return command.getSubcommands().values().stream()
        .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  /** Its own options, without those that every command has. */
  public static List<OptionSpec> options(CommandLine command) {
    boolean root = command.getParent() == null;
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .filter(option -> root || !option.inherited() && !isStandard(option))
        .toList();
  }

  private static boolean isStandard(OptionSpec option) {
    return List.of(option.names()).contains("--help")
        || List.of(option.names()).contains("--version");
  }

  /** The words that a value can be; empty for any. */
  public static List<String> values(Class<?> type) {
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants())
            .map(value -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT))
            .toList()
        : List.of();
  }

  /** The first sentence of its help. */
  public static String summary(CommandLine command) {
    var words = command.getCommandSpec().usageMessage().description();
    return words.length == 0 ? "" : words[0];
  }

  private static String description(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().description());
  }

  /** {@code hivedeck task retry [--agent=…] ID}, in one line. */
  public static String synopsis(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    var words = new StringBuilder(spec.qualifiedName());
    options(command)
        .forEach(
            option -> {
              String one =
                  option.longestName() + (option.arity().max() > 0 ? "=" + label(option) : "");
              words.append(option.required() ? " " + one : " [" + one + "]");
            });
    spec.positionalParameters().stream()
        .filter(p -> !p.hidden())
        .forEach(
            p -> {
              String one = p.paramLabel() + (p.arity().max() > 1 ? "…" : "");
              words.append(p.arity().min() > 0 ? " " + one : " [" + one + "]");
            });
    if (!visible(command).isEmpty()) {
      words.append(' ').append(spec.usageMessage().synopsisSubcommandLabel());
    }
    return words.toString();
  }

  private static String label(ArgSpec arg) {
    return arg.paramLabel()
        .replaceAll("[<>]", "")
        .replaceAll("([a-z])([A-Z])", "$1-$2")
        .toUpperCase(Locale.ROOT);
  }

  private static String words(ArgSpec arg) {
    var values = values(arg.typeInfo().getType());
    return String.join(" ", arg.description())
        + (values.isEmpty() ? "" : " One of " + String.join(", ", values) + ".");
  }

  // ── Markdown ────────────────────────────────────────────────────────────────────────────────

  /** The list of commands for the documentation. */
  public static String markdown(CommandLine root) {
    var text = new StringBuilder();
    text.append("Options of every command:\n\n| option | does |\n| --- | --- |\n");
    options(root).forEach(option -> row(text, option));
    for (var command : visible(root)) {
      section(text, command, "##");
    }
    return text.toString();
  }

  private static void section(StringBuilder text, CommandLine command, String level) {
    var spec = command.getCommandSpec();
    text.append("\n%s %s\n\n%s\n\n".formatted(level, spec.qualifiedName(), description(command)));
    text.append("    ").append(synopsis(command)).append('\n');
    var positional =
        spec.positionalParameters().stream()
            .filter(p -> !p.hidden() && p.description().length > 0)
            .toList();
    if (!options(command).isEmpty() || !positional.isEmpty()) {
      text.append("\n| | |\n| --- | --- |\n");
      for (PositionalParamSpec p : positional) {
        text.append("| `%s` | %s |\n".formatted(p.paramLabel(), cell(words(p))));
      }
      options(command).forEach(option -> row(text, option));
    }
    visible(command).forEach(sub -> section(text, sub, level + "#"));
  }

  private static void row(StringBuilder text, OptionSpec option) {
    String value = option.arity().max() > 0 ? " " + label(option) : "";
    text.append(
        "| `%s%s` | %s |\n"
            .formatted(String.join("`, `", option.names()), value, cell(words(option))));
  }

  private static String cell(String words) {
    return words.replace("|", "\\|").replace("<", "&lt;");
  }

  // ── the manual page ─────────────────────────────────────────────────────────────────────────

  /** As {@code man} reads it. */
  public static String page(CommandLine root) {
    var text = new StringBuilder();
    text.append(".TH HIVEDECK 1 \"\" \"Hivedeck\" \"Hivedeck\"\n");
    text.append(".SH NAME\nhivedeck \\- ").append(roff(summary(root))).append('\n');
    text.append(".SH SYNOPSIS\n.B hivedeck\n[OPTIONS] [DIR | COMMAND]\n");
    text.append(
        ".SH DESCRIPTION\nWithout a command, the desktop opens on the repository in DIR.\n");
    text.append(".SH OPTIONS\n");
    options(root).forEach(option -> tagged(text, option));
    text.append(".SH COMMANDS\n");
    visible(root).forEach(command -> command(text, command));
    text.append(".SH EXIT STATUS\n");
    root.getCommandSpec()
        .usageMessage()
        .exitCodeList()
        .forEach((code, words) -> tagged(text, code.strip(), words));
    text.append(".SH ENVIRONMENT\n");
    READ.forEach((name, words) -> tagged(text, name, words));
    text.append(".SH FILES\n");
    tagged(text, ".hivedeck/hive.yaml", "The configuration of a repository.");
    return text.toString();
  }

  private static void command(StringBuilder text, CommandLine command) {
    text.append(".SS \"").append(roff(synopsis(command))).append("\"\n");
    text.append(roff(description(command))).append('\n');
    command.getCommandSpec().positionalParameters().stream()
        .filter(p -> !p.hidden() && p.description().length > 0)
        .forEach(p -> tagged(text, p.paramLabel(), words(p)));
    options(command).forEach(option -> tagged(text, option));
    visible(command).forEach(sub -> command(text, sub));
  }

  private static void tagged(StringBuilder text, OptionSpec option) {
    String value = option.arity().max() > 0 ? " " + label(option) : "";
    tagged(text, String.join(", ", option.names()) + value, words(option));
  }

  private static void tagged(StringBuilder text, String tag, String words) {
    text.append(".TP\n.B ").append(roff(tag)).append('\n').append(roff(words)).append('\n');
  }

  private static String roff(String words) {
    String plain = words.replace("\\", "\\\\").replace("-", "\\-").replace("\"", "\\(dq");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
