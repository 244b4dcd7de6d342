package dev.hivedeck.app.cli;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToIntBiFunction;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * The command line. Exit status: 0 done, 1 something failed, 2 bad input, 3 not allowed, 4 waits
 * for a person, 130 stopped.
 */
@Command(
    name = "hivedeck",
    mixinStandardHelpOptions = true,
    version = "Hivedeck " + Engine.VERSION,
    description =
        "Runs many coding agents on your repository, and shows that what they did is safe.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Done; of run --until-idle: all tasks are on main.",
      "1:Something failed; of run: a task failed for good.",
      "2:Bad input.",
      "3:Not allowed, or not without your consent.",
      "4:Of run --until-idle: the rest waits for a person.",
      "130:Stopped."
    },
    scope = ScopeType.INHERIT)
public final class HivedeckCommand implements Callable<Integer> {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int BAD_INPUT = 2;
  public static final int NOT_ALLOWED = 3;
  public static final int WAITS = 4;
  public static final int STOPPED = 130;

  /** Words that commands had before the first release; they still work, and no help lists them. */
  private static final Set<String> FORMER = Set.of("work", "rest", "decide");

  /** Lists whose acts are said of one thing, and were said of all: {@code lessons accept}. */
  private static final Set<String> PLURAL = Set.of("agents", "lessons", "permissions");

  /** The program goes on in a window; its end is not here. */
  public static final int STAYS = -1;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The repository; default: the one around the current folder.")
  private Path workspace = Path.of("").toAbsolutePath();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description =
          "Answer as one JSON document on standard output, nothing else; events, one a line.")
  private boolean json;

  @Option(
      names = "--key",
      scope = ScopeType.INHERIT,
      description = "Idempotency key: what was done with it is not done again (for a day).")
  private String key;

  @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "Print errors only.")
  private boolean quiet;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      converter = OpenLink.Folder.class,
      description = "Open the desktop on this repository.")
  private Path folder;

  private boolean byLink;

  private final TerminalOutput out;
  private final TerminalOutput err;

  private final ToIntBiFunction<HivedeckCommand, Path> desktop;

  private HivedeckCommand(
      TerminalOutput out, TerminalOutput err, ToIntBiFunction<HivedeckCommand, Path> desktop) {
    this.out = out;
    this.err = err;
    this.desktop = desktop;
  }

  /**
   * Runs one command line and answers with its exit status.
   *
   * @param commands by name
   * @param desktop opens a window on a repository, or on what was open last where that is null
   */
  public static int run(
      PrintStream out,
      PrintStream err,
      Map<String, Class<?>> commands,
      ToIntBiFunction<HivedeckCommand, Path> desktop,
      String... arguments) {
    var cli = new HivedeckCommand(new TerminalOutput(out), new TerminalOutput(err), desktop);
    cli.byLink = Stream.of(arguments).anyMatch(OpenLink::isOwn);
    return commands.isEmpty() && isPlain(arguments)
        ? cli.window(arguments)
        : execute(cli, commands, arguments);
  }

  /** Nothing, or a folder: no command line need be built for it, which takes as long as a frame. */
  private static boolean isPlain(String... arguments) {
    return arguments.length == 0 || arguments.length == 1 && !arguments[0].startsWith("-");
  }

  private int window(String... arguments) {
    try {
      folder = arguments.length == 0 ? null : OpenLink.folder(arguments[0]);
      return call();
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  private static int execute(
      HivedeckCommand cli, Map<String, Class<?>> commands, String... arguments) {
    TerminalOutput out = cli.out;
    TerminalOutput err = cli.err;
    var line = line(cli, commands);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, result) -> cli.failed(e));
    line.setParameterExceptionHandler(
        (e, a) -> {
          if (cli.json || java.util.Arrays.asList(a).contains("--json")) {
            var fault = HiveException.Fault.of(ErrorCode.BAD_USAGE, e.getMessage(), "See --help.");
            cli.document(object("error", fault));
          } else {
            err.println(e.getMessage());
            e.getCommandLine().usage(err);
          }
          return BAD_INPUT;
        });
    return line.execute(arguments);
  }

  @Override
  public Integer call() {
    return desktop.applyAsInt(this, folder == null ? null : folder.toAbsolutePath());
  }

  /** Whether a link of a web page named the folder: anybody may have written it. */
  public boolean isByLink() {
    return byLink;
  }

  /** These commands, to be described; none of them can be run. */
  public static CommandLine model(Map<String, Class<?>> commands) {
    return line(new HivedeckCommand(null, null, null), commands);
  }

  /** The command line with these commands. */
  private static CommandLine line(HivedeckCommand root, Map<String, Class<?>> commands) {
    var line = new CommandLine(root);
    commands.forEach(
        (name, type) -> {
          var command = new CommandLine(type);
          var spec = command.getCommandSpec().name(name);
          if (FORMER.contains(name)) {
            spec.usageMessage().hidden(true);
          }
          if (PLURAL.contains(name)) {
            command
                .getSubcommands()
                .values()
                .forEach(act -> act.getCommandSpec().usageMessage().hidden(true));
          }
          var weight = command.getSubcommands().get("weight");
          if (weight != null) {
            weight.setUnmatchedOptionsArePositionalParams(true); // -5% is a share, if a wrong one
          }
          line.addSubcommand(name, command);
          optional(command);
        });
    return line;
  }

  /** Where a command does something by itself, one of its own need not follow. */
  private static void optional(CommandLine command) {
    var usage = command.getCommandSpec().usageMessage();
    boolean listed =
        command.getSubcommands().values().stream()
            .anyMatch(sub -> !sub.getCommandSpec().usageMessage().hidden());
    if (!listed) {
      usage.synopsisSubcommandLabel("");
    } else if (command.getCommandSpec().userObject() instanceof Callable<?>) {
      usage.synopsisSubcommandLabel("[COMMAND]");
    }
  }

  /** The one that a command belongs to, however deep it is. */
  public static HivedeckCommand of(CommandSpec spec) {
    return (HivedeckCommand) spec.root().userObject();
  }

  public Path workspace() {
    return workspace.toAbsolutePath().normalize();
  }

  private int failed(Exception e) {
    if (!(e instanceof HiveException h)) {
      org.slf4j.LoggerFactory.getLogger(HivedeckCommand.class).error("command failed", e);
      fault(
          HiveException.Fault.of(
              ErrorCode.ENGINE, "Hivedeck itself failed: " + e, "Its log has more."));
      return FAILED;
    }
    fault(h.fault());
    return status(h.code());
  }

  /** How a command ends that was refused with this code. */
  public static int status(String code) {
    return ErrorCode.of(code).map(ErrorCode::exit).orElse(BAD_INPUT);
  }

  void fault(HiveException.Fault fault) {
    if (json) {
      document(object("error", fault));
    } else {
      err.println("hivedeck: " + fault.message());
      if (fault.hint() != null && !fault.hint().isBlank()) {
        err.println("          " + fault.hint());
      }
    }
  }

  /** Whether the answer is for a program. */
  public boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  public TerminalOutput out() {
    return out;
  }

  public TerminalOutput err() {
    return err;
  }

  /** What the command is known by when it is sent again; null for nothing. */
  public String key() {
    return key;
  }

  /** Says one line to a person; silent with {@code --json} and {@code --quiet}. */
  public void say(String line) {
    page(Printable.line(line));
  }

  /** Shows several lines to a person; what of them comes from others is one line each already. */
  public void page(String text) {
    if (!json && !quiet) {
      out.println(text);
    }
  }

  /**
   * A length of time that an option has.
   *
   * @throws HiveException {@code no-time}
   */
  public static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_TIME,
                    "\"" + text + "\" is no time.",
                    "Write " + Durations.EXAMPLES + "."));
  }

  /** A document of these keys and values, in this order. */
  public static Map<String, Object> object(Object... keysAndValues) {
    var document = new LinkedHashMap<String, Object>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      document.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return document;
  }

  /** Writes a document for programs. */
  public void document(Object document) {
    out.println(Printable.json(Json.write(document)));
  }

  /** Answers: a document for programs, or words for people, of one line or several. */
  public void answer(Object document, String words) {
    if (json) {
      document(document);
    } else if (words != null) {
      page(words);
    }
  }
}
