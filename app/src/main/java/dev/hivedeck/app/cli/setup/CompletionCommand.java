package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.Manual;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What a shell needs to complete commands, options and their values. */
@Command(
    name = "completion",
    description = {
      "Print the completion script of a shell: bash, zsh or fish.",
      "For example: hivedeck completion bash > ~/.local/share/bash-completion/completions/hivedeck"
    })
public final class CompletionCommand implements Callable<Integer> {
  /** The shells there are scripts for. */
  public enum Shell {
    BASH,
    ZSH,
    FISH
  }

  /** The words of an option, which help has in lower case. */
  private static final Pattern VALUES = Pattern.compile("(?<=_option_args=\\(\")[A-Z_\" ]+");

  @ParentCommand HivedeckCommand cli;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  Shell shell;

  @Override
  public Integer call() {
    cli.out().print(script(shell, spec.root().commandLine()));
    return HivedeckCommand.DONE;
  }

  public static String script(Shell shell, CommandLine model) {
    // What bash needs is what zsh reads by its bashcompinit, which the script itself loads.
    return shell == Shell.FISH
        ? fish(model)
        : VALUES
            .matcher(AutoComplete.bash("hivedeck", model).replace("\r\n", "\n"))
            .replaceAll(values -> values.group().toLowerCase(Locale.ROOT));
  }

  private static String fish(CommandLine model) {
    var lines = new ArrayList<String>();
    lines.add("# Completion of hivedeck for fish; printed by: hivedeck completion fish");
    lines.add("complete -c hivedeck -f");
    var commands = Manual.visible(model);
    String none = "not __fish_seen_subcommand_from " + names(commands);
    for (var command : commands) {
      lines.add(line(none, "-a " + command.getCommandName(), Manual.summary(command)));
    }
    Manual.options(model).forEach(option -> lines.add(option("", option)));
    for (var command : commands) {
      String here = "__fish_seen_subcommand_from " + command.getCommandName();
      var acts = Manual.visible(command);
      for (var act : acts) {
        lines.add(
            line(
                here + "; and not __fish_seen_subcommand_from " + names(acts),
                "-a " + act.getCommandName(),
                Manual.summary(act)));
        String both = here + "; and __fish_seen_subcommand_from " + act.getCommandName();
        Manual.options(act).forEach(option -> lines.add(option(both, option)));
      }
      Manual.options(command).forEach(option -> lines.add(option(here, option)));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String names(Collection<CommandLine> commands) {
    return commands.stream().map(CommandLine::getCommandName).collect(Collectors.joining(" "));
  }

  private static String option(String when, OptionSpec option) {
    var words = new ArrayList<String>();
    for (String name : option.names()) {
      words.add(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1));
    }
    if (option.arity().max() > 0) {
      var values = Manual.values(option.typeInfo().getType());
      words.add(
          values.isEmpty()
              ? option.paramLabel().matches("DIR|FILE|PATH") ? "-r -F" : "-x"
              : "-x -a " + quoted(String.join(" ", values)));
    }
    return line(when, String.join(" ", words), String.join(" ", List.of(option.description())));
  }

  private static String line(String when, String what, String words) {
    return "complete -c hivedeck"
        + (when.isEmpty() ? "" : " -n " + quoted(when))
        + " "
        + what
        + (words.isBlank() ? "" : " -d " + quoted(words));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
