package dev.hivedeck.engine.agent.recipe;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.agent.RunListener;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.RunResult;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.agent.dialect.EventParsing;
import dev.hivedeck.engine.agent.recipe.Recipe.Step;
import dev.hivedeck.engine.agent.recipe.Recipe.Timed;
import dev.hivedeck.engine.agent.watch.LineReader;
import dev.hivedeck.engine.agent.watch.ShellProcess;
import dev.hivedeck.engine.agent.watch.Watchdog;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An agent that follows a {@link Recipe} inside the engine: the same each time, on every platform,
 * without a network. Its limits and waits are those of the recipe's own time, of which {@code
 * speed} seconds pass in one; so it does the same at every speed.
 */
public final class ScriptedDriver implements Driver {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private final Timers timers;
  private final Meter meter;

  /** One whose agents are measured by themselves. */
  public ScriptedDriver(Timers timers) {
    this(timers, new Meter());
  }

  /**
   * @param meter measures all agents at once
   */
  public ScriptedDriver(Timers timers, Meter meter) {
    this.timers = timers;
    this.meter = meter;
  }

  /**
   * @throws HiveException {@code recipe-invalid}
   */
  @Override
  public RunResult run(RunRequest request, RunListener listener) throws InterruptedException {
    var file = request.recipe();
    var recipe = Recipe.parse(file.path(), file.text(), file.trouble());
    var player = new Player(request, recipe.pace(), listener);
    try {
      player.play(recipe.steps(request.task(), request.turn()));
      return RunResult.good();
    } catch (Ended e) {
      return e.result;
    } catch (IOException e) {
      return RunResult.bad(
          FailureReason.CRASH, "Working in " + request.worktree() + " went wrong: " + e);
    }
  }

  /** The recipe ends here. */
  private static final class Ended extends Exception {
    private final transient RunResult result;

    Ended(EndReason reason, String detail) {
      super(detail);
      this.result = RunResult.bad(reason, detail);
    }

    Ended(RunResult result) {
      this(result.reason(), result.detail());
    }
  }

  /** Plays one turn. */
  private final class Player {
    private final RunRequest request;
    private final Duration pace;
    private final RunListener listener;
    private int acts;
    private Duration spent = Duration.ZERO;
    private QuestionAnswer questionAnswer = new QuestionAnswer("", "");

    Player(RunRequest request, Duration pace, RunListener listener) {
      this.request = request;
      this.pace = pace;
      this.listener = listener;
    }

    void play(List<Timed> steps) throws Ended, InterruptedException, IOException {
      for (var step : steps) {
        for (var said = listener.said(); said.isPresent(); said = listener.said()) {
          listener.line("say", "Understood: " + said.get());
        }
        play(step.step());
        Duration takes = step.takes() != null ? step.takes() : usual(step.step());
        if (takes.isPositive()) {
          pass(takes);
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }

    /** What a person would see it do takes its pace; the rest takes no time of its own. */
    private Duration usual(Step step) {
      return switch (step) {
        case Step.Tell t -> pace;
        case Step.Plan p -> pace;
        case Step.Write w -> pace;
        case Step.Append a -> pace;
        case Step.Edit e -> pace;
        case Step.Delete d -> pace;
        default -> Duration.ZERO;
      };
    }

    private void play(Step step) throws Ended, InterruptedException, IOException {
      switch (step) {
        case Step.Tell(String kind, String text) -> listener.line(kind, fill(text));
        case Step.Plan(List<Act.Todo> todos) ->
            listener.did(
                new Act.Plan(
                    todos.stream().map(t -> new Act.Todo(fill(t.text()), t.state())).toList()));
        case Step.Wait(Duration duration) -> pass(duration);
        case Step.Write(String path, String text) -> write(fill(path), fill(text), false);
        case Step.Append(String path, String text) -> write(fill(path), fill(text), true);
        case Step.Edit(String path, String replace, String with) ->
            edit(fill(path), fill(replace), fill(with));
        case Step.Delete(String path) -> delete(fill(path));
        case Step.Run(String command) -> run(fill(command));
        case Step.Usage(long in, long out, double cost) ->
            listener.did(new Act.Spend(in, 0, out, cost));
        case Step.Stage(int percent) -> listener.stage(percent);
        case Step.Ask(Question question) -> ask(question);
        case Step.Permit(Permission wanted) -> permit(wanted);
        case Step.When(String wanted, List<Timed> steps) -> {
          if (wanted.equals(questionAnswer.option())) {
            play(steps);
          }
        }
        case Step.Fail(Recipe.Turns turns, int exit, String text) -> {
          if (turns.has(request.turn())) {
            listener.line("err", fill(text));
            throw new Ended(FailureReason.EXIT, "It ended with exit " + exit + ": " + fill(text));
          }
        }
        case Step.Crash(Recipe.Turns turns, String text) -> {
          if (turns.has(request.turn())) {
            throw new Ended(FailureReason.CRASH, fill(text));
          }
        }
        case Step.Hang(Recipe.Turns turns) -> {
          if (turns.has(request.turn())) {
            pass(limited() ? request.quiet() : request.timeout());
          }
        }
      }
    }

    private boolean limited() {
      return request.quiet() != null && request.quiet().isPositive();
    }

    /** Lets the recipe's time pass, as far as the limits allow. */
    private void pass(Duration duration) throws Ended, InterruptedException {
      Duration left = request.timeout().minus(spent);
      boolean quietFirst = limited() && request.quiet().compareTo(left) < 0;
      Duration most = quietFirst ? request.quiet() : left;
      Duration now = duration.compareTo(most) < 0 ? duration : most;
      timers.sleep(TimeScale.shorten(now, request.speed()));
      spent = spent.plus(now);
      if (duration.compareTo(most) >= 0) {
        throw new Ended(quietFirst ? Watchdog.stuck(request) : Watchdog.late(request));
      }
    }

    private void ask(Question asked) throws Ended, InterruptedException {
      var question =
          new Question(
              asked.kind(),
              fill(asked.question()),
              fill(asked.detail()),
              asked.options(),
              asked.fallback());
      try {
        QuestionAnswer given = listener.ask(question).get();
        questionAnswer =
            new QuestionAnswer(
                given.option() == null ? "" : given.option(),
                given.comment() == null ? "" : given.comment());
      } catch (ExecutionException | CancellationException e) {
        throw new Ended(FailureReason.CRASH, "Its question was withdrawn: " + question.question());
      }
    }

    private void permit(Permission wanted) throws Ended, InterruptedException {
      var permission =
          new Permission(
              wanted.tool(), fill(wanted.what()), fill(wanted.where()), fill(wanted.detail()));
      try {
        var given = listener.permit(permission).get();
        questionAnswer = new QuestionAnswer(given.name().toLowerCase(Locale.ROOT), "");
      } catch (ExecutionException | CancellationException e) {
        throw new Ended(FailureReason.CRASH, "Nobody may answer any more: " + permission.what());
      }
    }

    private String fill(String text) {
      return text == null
          ? null
          : PLACE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(value(m)));
    }

    private String value(MatchResult place) {
      return switch (place.group(1)) {
        case "task" -> request.task();
        case "slug" -> slug(request.task());
        case "agent" -> request.agent();
        case "turn" -> Integer.toString(request.turn());
        case "answer" -> questionAnswer.option();
        case "comment" -> questionAnswer.comment();
        default -> place.group();
      };
    }

    // ── files ─────────────────────────────────────────────────────────────────────────────────

    /** A link in the repository must not lead a recipe out of its worktree. */
    private Path inside(String path) throws Ended, IOException {
      Path root = request.worktree().toRealPath();
      Path file = root.resolve(path).normalize();
      Path there = file;
      while (there != null && !Files.exists(there)) {
        there = there.getParent();
      }
      if (!file.startsWith(root) || there == null || !there.toRealPath().startsWith(root)) {
        throw new Ended(FailureReason.CRASH, path + " leads out of the worktree.");
      }
      return file;
    }

    private void write(String path, String text, boolean append) throws IOException, Ended {
      Path file = inside(path);
      Files.createDirectories(file.getParent());
      if (append) {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } else {
        Files.writeString(file, text);
      }
      edited(path, EventParsing.diff("", text));
      listener.stage(25);
    }

    private void edit(String path, String replace, String with) throws IOException, Ended {
      Path file = inside(path);
      if (!Files.isRegularFile(file)) {
        throw new Ended(FailureReason.CRASH, path + " is not there to be edited.");
      }
      String text = Files.readString(file);
      int at = text.indexOf(replace);
      if (at < 0) {
        throw new Ended(
            FailureReason.CRASH,
            path + " does not contain \"" + TextFormat.shorten(replace.strip(), 200) + "\".");
      }
      Files.writeString(file, text.substring(0, at) + with + text.substring(at + replace.length()));
      edited(path, EventParsing.diff(replace, with));
      listener.stage(25);
    }

    private void delete(String path) throws IOException, Ended {
      Path file = inside(path);
      if (!Files.isRegularFile(file)) {
        throw new Ended(FailureReason.CRASH, path + " is not there to be deleted.");
      }
      String text = Files.readString(file);
      Files.delete(file);
      edited(path, EventParsing.diff(text, ""));
    }

    private void edited(String path, String diff) {
      listener.did(new Act.Edit("edit-" + ++acts, path, diff, true));
    }

    // ── commands ──────────────────────────────────────────────────────────────────────────────

    private void run(String command) throws Ended, InterruptedException {
      String id = "run-" + ++acts;
      listener.did(new Act.Run(id, command, "", null));
      var watchdog = new Watchdog(request, timers.clock());
      var output = new StringBuilder();
      ShellProcess.Exit exit;
      try {
        var shell = new ShellProcess(timers, Watchdog.every(request), meter, LineReader.LONGEST);
        shell.finish();
        exit =
            shell.run(
                command,
                request.environment(),
                request,
                new ShellProcess.Listener() {
                  @Override
                  public void started(long pid) {
                    listener.pid(pid);
                  }

                  @Override
                  public void line(String kind, String text) {
                    if (output.length() < Act.LONG) {
                      output.append(text).append('\n');
                    }
                  }

                  @Override
                  public void used(ResourceUsage usage) {
                    listener.used(usage);
                    watchdog.used(usage).ifPresent(text -> listener.line("hive", text));
                  }

                  @Override
                  public RunResult verdict(long heard) {
                    return watchdog.verdict(heard, false);
                  }
                });
        listener.did(new Act.Run(id, command, output.toString(), exit.code()));
      } catch (HiveException e) {
        throw new Ended(EndReason.of(e.code()), e.getMessage() + " " + e.hint());
      }
      if (exit.stopped() != null) {
        throw new Ended(exit.stopped());
      }
      if (exit.code() != 0 && exit.refused() != null) {
        throw new Ended(Watchdog.over(request, exit.refused()));
      }
      if (exit.code() != 0) {
        throw new Ended(
            FailureReason.EXIT, "\"" + command + "\" ended with exit " + exit.code() + ".");
      }
    }
  }

  private static String slug(String task) {
    return task.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}
