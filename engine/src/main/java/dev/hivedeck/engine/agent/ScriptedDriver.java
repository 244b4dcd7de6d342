package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An agent that follows a recipe, inside the engine: the same each time, on every platform, without
 * a network. Its waits are divided by the job's speed.
 */
public final class ScriptedDriver implements Driver {
  private final Timers timers;

  public ScriptedDriver(Timers timers) {
    this.timers = timers;
  }

  /** Ends a recipe early. */
  private static final class Ended extends Exception {
    private final transient End end;

    Ended(String reason, String detail) {
      super(detail);
      this.end = End.bad(reason, detail);
    }
  }

  @Override
  public End run(Job job, Activity activity) throws InterruptedException {
    var recipe = Recipe.read(job.recipe());
    String slug = job.task().toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    var late = new AtomicBoolean();
    Thread self = Thread.currentThread();
    var alarm =
        timers.after(
            scaled(job.timeout(), job),
            () -> {
              late.set(true);
              self.interrupt();
            });
    try {
      new Player(job, recipe, activity).play(recipe.steps(job.task(), slug, job.turn()));
      return End.good();
    } catch (Ended e) {
      return e.end;
    } catch (InterruptedException e) {
      if (late.get()) {
        return End.bad("timeout", "Not finished after " + job.timeout().toMinutes() + " min.");
      }
      throw e;
    } finally {
      alarm.cancel();
    }
  }

  private static Duration scaled(Duration d, Job job) {
    return Duration.ofNanos((long) (d.toNanos() / job.speed()));
  }

  /** Plays steps in one worktree. */
  private final class Player {
    private final Job job;
    private final Recipe recipe;
    private final Activity activity;
    private String answer = "";

    Player(Job job, Recipe recipe, Activity activity) {
      this.job = job;
      this.recipe = recipe;
      this.activity = activity;
    }

    void play(List<Recipe.Step> steps) throws Ended, InterruptedException {
      for (var step : steps) {
        for (var said = activity.said(); said.isPresent(); said = activity.said()) {
          activity.line("say", "Noted: " + said.get());
        }
        try {
          play(step);
        } catch (IOException e) {
          throw new Ended("crash", "Working in " + job.worktree() + ": " + e.getMessage());
        }
      }
    }

    private void play(Recipe.Step step) throws Ended, InterruptedException, IOException {
      switch (step) {
        case Recipe.Step.Tell(String kind, String text) -> {
          activity.line(kind, text);
          pause(recipe.pace());
        }
        case Recipe.Step.Wait(Duration duration) -> pause(duration);
        case Recipe.Step.Write(String path, String text, boolean append) -> {
          write(path, text, append);
          activity.line("edit", path + " +" + text.lines().count());
          activity.stage(25);
          pause(recipe.pace());
        }
        case Recipe.Step.Edit(String path, String replace, String with) -> {
          edit(path, replace, with);
          activity.stage(25);
          pause(recipe.pace());
        }
        case Recipe.Step.Delete(String path) -> {
          Files.deleteIfExists(inside(path));
          activity.line("edit", path + " deleted");
        }
        case Recipe.Step.Run(String command) -> run(command);
        case Recipe.Step.Usage(long in, long out, double cost) -> activity.usage(in, out, cost);
        case Recipe.Step.Stage(int percent) -> activity.stage(percent);
        case Recipe.Step.Ask(Question question) -> ask(question);
        case Recipe.Step.When(String wanted, List<Recipe.Step> steps) -> {
          if (wanted.equals(answer)) {
            play(steps);
          }
        }
        case Recipe.Step.Fail(int turns, String reason, String text) -> {
          if (turns == 0 || job.turn() <= turns) {
            activity.line("err", text);
            throw new Ended(reason, text);
          }
        }
        case Recipe.Step.Hang(int turns) -> {
          if (turns == 0 || job.turn() <= turns) {
            timers.sleep(scaled(job.quiet(), job));
            throw new Ended("quiet", "No output and no file changed for a while: stuck.");
          }
        }
      }
    }

    private void pause(Duration duration) throws InterruptedException {
      timers.sleep(scaled(duration, job));
    }

    private void ask(Question question) throws Ended, InterruptedException {
      activity.line("say", "I need a decision before I go on.");
      try {
        var given = activity.ask(question).get();
        answer = given.option();
        activity.line("say", "Decided: " + answer);
      } catch (ExecutionException e) {
        throw new Ended("crash", "The question was withdrawn.");
      }
    }

    private Path inside(String path) throws Ended {
      Path file = job.worktree().resolve(path).normalize();
      if (!file.startsWith(job.worktree())) {
        throw new Ended("crash", path + " leads out of the worktree.");
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
    }

    private void edit(String path, String replace, String with) throws IOException, Ended {
      Path file = inside(path);
      if (!Files.exists(file)) {
        throw new Ended("crash", path + " is not there to be edited.");
      }
      String before = Files.readString(file);
      if (!before.contains(replace)) {
        throw new Ended("crash", path + " does not contain \"" + replace.strip() + "\".");
      }
      Files.writeString(file, before.replace(replace, with));
      activity.line("edit", path + " +" + with.lines().count() + " -" + replace.lines().count());
    }

    private void run(String command) throws Ended, InterruptedException, IOException {
      activity.line("run", command);
      ProcessTree tree;
      try {
        tree = ProcessTree.start(command + " 2>&1", job.worktree(), job.environment());
      } catch (HiveException e) {
        throw new Ended("not-found", e.getMessage());
      }
      try {
        tree.process().getOutputStream().close();
        String out =
            new String(tree.process().getInputStream().readNBytes(1 << 20), StandardCharsets.UTF_8);
        int exit = tree.process().waitFor();
        out.lines().limit(500).forEach(line -> activity.line("out", line));
        if (exit != 0) {
          throw new Ended("exit", "\"" + command + "\" ended with exit " + exit + ".");
        }
      } catch (InterruptedException e) {
        tree.end();
        throw e;
      }
    }
  }
}
