package dev.hivedeck.engine.agent.recipe;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.config.TextFile;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a scripted agent does, task by task and turn by turn.
 *
 * @param pace how long a step takes that does not say otherwise
 * @param tasks for each task one list of steps per turn; the last one also serves all later turns
 * @param otherwise the same for a task that is not listed; empty when such a task cannot be done
 */
public record Recipe(
    Path file, Duration pace, Map<String, List<List<Timed>>> tasks, List<List<Timed>> otherwise) {

  private static final long LARGEST = 1 << 20;

  /**
   * Reads a recipe, checking all of it.
   *
   * @throws HiveException {@code recipe-invalid}, with the line and a remedy
   */
  public static Recipe read(Path file) {
    String text = TextFile.read(file, LARGEST, ErrorCode.RECIPE_INVALID);
    return parse(file, text, text == null ? file + " is not there." : null);
  }

  /**
   * The same of a text that was read before.
   *
   * @param trouble why there is no text; null when there is
   */
  public static Recipe parse(Path file, String text, String trouble) {
    if (text == null) {
      throw new HiveException(
          ErrorCode.RECIPE_INVALID, trouble, "Correct recipe: of the agent in hive.yaml.");
    }
    return new RecipeReader(file, text).read();
  }

  /** What it would run and write, each once; what it only tells is left out. */
  public List<String> deeds() {
    var deeds = new LinkedHashSet<String>();
    tasks.values().forEach(turns -> turns.forEach(turn -> deeds(turn, deeds)));
    otherwise.forEach(turn -> deeds(turn, deeds));
    return List.copyOf(deeds);
  }

  private static void deeds(List<Timed> steps, Set<String> deeds) {
    for (var timed : steps) {
      switch (timed.step()) {
        case Step.Run(String command) -> deeds.add("run " + command);
        case Step.Write(String path, String text) -> deeds.add("write " + path);
        case Step.Append(String path, String text) -> deeds.add("append to " + path);
        case Step.Edit(String path, String replace, String with) -> deeds.add("edit " + path);
        case Step.Delete(String path) -> deeds.add("delete " + path);
        case Step.When(String answer, List<Timed> then) -> deeds(then, deeds);
        default -> {
          // Says, waits, asks or ends: none of it does anything.
        }
      }
    }
  }

  /**
   * @throws HiveException {@code recipe-invalid} when the task is not listed and there is no
   *     default
   */
  List<Timed> steps(String task, int turn) {
    var turns = tasks.getOrDefault(task, otherwise);
    if (turns.isEmpty()) {
      throw new HiveException(
          ErrorCode.RECIPE_INVALID,
          file + " has no steps for " + task + ".",
          "Add " + task + ": under tasks:, or default: for all tasks that are not listed.");
    }
    return turns.get(Math.min(Math.max(turn, 1), turns.size()) - 1);
  }

  /**
   * @param takes how long it takes, or null for the pace
   */
  record Timed(Step step, Duration takes) {}

  /** One thing that a scripted agent does. */
  sealed interface Step {

    /**
     * @param kind {@code say}, {@code think}, {@code plan} or {@code read}
     */
    record Tell(String kind, String text) implements Step {}

    /** Tells what is done, what it is at, and what is still to be done. */
    record Plan(List<Act.Todo> todos) implements Step {}

    record Wait(Duration duration) implements Step {}

    record Write(String path, String text) implements Step {}

    record Append(String path, String text) implements Step {}

    record Edit(String path, String replace, String with) implements Step {}

    record Delete(String path) implements Step {}

    record Run(String command) implements Step {}

    record Usage(long in, long out, double cost) implements Step {}

    record Stage(int percent) implements Step {}

    record Ask(Question question) implements Step {}

    /** Asks for permission; the answer is {@code once}, {@code always} or {@code no}. */
    record Permit(Permission permission) implements Step {}

    /** Done only when the last question was answered so. */
    record When(String answer, List<Timed> steps) implements Step {}

    record Fail(Turns turns, int exit, String text) implements Step {}

    record Hang(Turns turns) implements Step {}

    record Crash(Turns turns, String text) implements Step {}
  }

  /**
   * The agent's first turns at a task.
   *
   * @param first how many; 0 for all
   */
  record Turns(int first) {
    boolean has(int turn) {
      return first == 0 || turn <= first;
    }
  }
}
