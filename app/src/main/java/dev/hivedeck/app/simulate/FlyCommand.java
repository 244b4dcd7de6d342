package dev.hivedeck.app.simulate;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TemporaryFolder;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.simulator.ModelServer;
import dev.hivedeck.engine.simulator.Scenarios;
import dev.hivedeck.engine.simulator.SimulatedHome;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs a real agent against a scripted fault and shows what Hivedeck makes of it. */
@Command(
    name = "run",
    description = {
      "Run an installed agent against a scenario.",
      "That is in a repository made for it, and shows what Hivedeck makes of it."
    })
final class FlyCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneId.systemDefault());
  private static final Map<String, String> INSTALL =
      Map.of(
          "codex", "npm install -g @openai/codex",
          "opencode", "npm install -g opencode-ai",
          "gemini", "npm install -g @google/gemini-cli",
          "claude", "npm install -g @anthropic-ai/claude-code");

  @ParentCommand SimulateCommand parent;

  @Option(
      names = "--agent",
      required = true,
      paramLabel = "NAME",
      description = "codex, opencode, gemini or claude.")
  String agent;

  @Option(
      names = "--scenario",
      required = true,
      paramLabel = "NAME|FILE",
      description = "One of simulate list, or a file of your own.")
  String scenario;

  @Option(
      names = "--program",
      paramLabel = "FILE",
      description = "Where the agent is; default: on the PATH.")
  Path program;

  @Option(
      names = "--prompt",
      defaultValue = "Do what the repository needs.",
      description = "What the agent is told; default: ${DEFAULT-VALUE}")
  String prompt;

  @Option(
      names = "--sandbox",
      defaultValue = "full",
      paramLabel = "HOW",
      description = "read-only, workspace or full; default: ${DEFAULT-VALUE}")
  String sandbox;

  @Option(
      names = "--silence",
      defaultValue = "1m",
      paramLabel = "TIME",
      description = "After so long without a sign it is stuck; default: ${DEFAULT-VALUE}")
  String silence;

  @Option(
      names = "--within",
      defaultValue = "5m",
      paramLabel = "TIME",
      description = "After so long it is cut off; default: ${DEFAULT-VALUE}")
  String within;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var cli = parent.cli;
    Path file = Path.of(scenario);
    boolean own = scenario.contains(".") || Files.isRegularFile(file);
    var scenarios = Scenarios.with(own ? List.of(file) : List.of());
    String name = own ? scenarios.standard().orElseThrow().name() : scenarios.find(scenario).name();
    Duration silent = time("--silence", silence);
    Duration limit = time("--within", within);
    if (!List.of("read-only", "workspace", "full").contains(sandbox)) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "--sandbox " + sandbox + " is not known.",
          "Say read-only, workspace or full.");
    }
    try (var folder = TemporaryFolder.make("hivedeck-flight");
        var timers = new SystemTimers();
        var model = ModelServer.start(scenarios, timers, 0, _ -> {})) {
      var home = SimulatedHome.of(agent, model.address(name), folder.folder().resolve("rig"));
      Path found = found();
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(folder::close));
      var simulationRun = SimulationRun.prepare(folder.folder(), home, found, sandbox, silent);
      cli.say(agent + " plays " + name + ": " + scenarios.find(name).about());
      var outcome = simulationRun.fly(prompt, limit, line -> cli.say("  " + line(line)));
      report(name, found, outcome, model.asked().size());
      return outcome.timely() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
    }
  }

  private static Duration time(String option, String text) {
    return Durations.parse(text)
        .filter(Duration::isPositive)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.BAD_USAGE,
                    option + " " + text + " is no time.",
                    "Write " + Durations.EXAMPLES + "."));
  }

  private Path found() {
    if (program != null && Files.isExecutable(program)) {
      return program.toAbsolutePath();
    }
    Optional<Path> onPath =
        program != null
            ? Optional.empty()
            : Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .flatMap(
                    folder ->
                        Stream.of("", ".exe", ".cmd").map(end -> Path.of(folder, agent + end)))
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst();
    return onPath.orElseThrow(
        () ->
            new HiveException(
                ErrorCode.NOT_INSTALLED,
                program != null
                    ? program + " is no program that can be run."
                    : agent + " is not installed: it is nowhere on the PATH.",
                "Install it with "
                    + INSTALL.get(agent)
                    + ", or say where it is with --program FILE."));
  }

  private static String line(Query.LogLine line) {
    return "%-5s %s".formatted(line.kind(), line.text());
  }

  private void report(String name, Path found, SimulationRun.Outcome outcome, int requests) {
    var attempt = outcome.attempt();
    var took = outcome.took(Instant.now());
    var document = new LinkedHashMap<String, Object>();
    document.put("agent", agent);
    document.put("program", found.toString());
    document.put("scenario", name);
    document.put("inTime", outcome.timely());
    document.put("attempt", attempt);
    document.put("task", outcome.task());
    document.put("decision", outcome.decision());
    document.put("seconds", took.toMillis() / 1e3);
    document.put("requests", requests);
    document.put("activity", outcome.activity());
    parent.cli.answer(document, words(outcome, took, requests));
  }

  private static String words(SimulationRun.Outcome outcome, Duration took, int requests) {
    var attempt = outcome.attempt();
    var text = new StringBuilder("\n");
    String ended =
        attempt == null || attempt.endedAt() == null
            ? "not ended; cut off"
            : attempt.reason() == null ? "succeeded" : attempt.reason() + ": " + attempt.detail();
    text.append("Outcome   ").append(ended).append('\n');
    text.append("Next      ").append(next(outcome)).append('\n');
    text.append(
        String.format(
            Locale.ROOT,
            "Took      %.1f s, %s to the model",
            took.toMillis() / 1e3,
            Plural.of(requests, "request")));
    if (attempt != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "%nUsed      %d tokens in (%d cached), %d out%s",
              attempt.tokensIn(),
              attempt.cached(),
              attempt.tokensOut(),
              attempt.cost() == null
                  ? ", price unknown"
                  : String.format(Locale.ROOT, ", $%.4f", attempt.cost())));
    }
    return text.toString();
  }

  /** What Hivedeck does next. */
  private static String next(SimulationRun.Outcome outcome) {
    var task = outcome.task();
    String why = task.reason() == null ? "" : ": " + task.reason();
    if (outcome.decision() != null) {
      return "asks you: " + outcome.decision().question();
    }
    if (task.merged()) {
      return "nothing, the work is on main";
    }
    if (task.state() == TaskViews.TaskState.DELAYED && task.notBefore() != null) {
      return "tries again at " + TIME.format(task.notBefore()) + why;
    }
    return (task.state() == TaskViews.TaskState.DEAD
            ? "gives it up"
            : "leaves it " + task.state().word())
        + why;
  }
}
