package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.BudgetViews;
import dev.hivedeck.engine.protocol.view.View;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way in and out of an engine, whether it runs in this process or behind the feed. All
 * calls may block briefly, so never call them on the thread of a user interface.
 */
public interface EngineApi {

  /**
   * Runs a command and answers when it is durable.
   *
   * @param correlation id for everything it causes; null for a new one
   * @throws HiveException when it is refused; then nothing has changed
   */
  default JsonNode execute(Command command, @Nullable String correlation) {
    return execute(command, correlation, null);
  }

  /**
   * As {@link #execute(Command, String)}, once for each key: who heard no answer sends the same
   * again, and hears what was answered the first time. Keys are remembered for a day.
   *
   * @param key chosen by the sender, 1 to 200 characters; null for none
   * @throws HiveException {@code key-reused} when it came with another command before
   */
  JsonNode execute(Command command, @Nullable String correlation, @Nullable String key);

  /** The same engine for somebody: what comes by it is theirs. */
  default EngineApi sentBy(Sender sender) {
    return this;
  }

  /**
   * @throws HiveException when the thing asked about does not exist
   */
  JsonNode query(Query query);

  /**
   * Takes samples of a service in: one, or a list, each with {@code metric_id}, {@code
   * metric_type}, {@code value} and {@code labels}. They count with the engine's next look.
   *
   * @return how many, and why others were not
   * @throws HiveException {@code metrics-invalid} with the reasons, each with the first place; then
   *     none is taken
   */
  default Results.SamplesTaken push(JsonNode samples) {
    throw new HiveException(
        ErrorCode.NOT_HERE, "Metrics are not taken in here.", "Push them to a running engine.");
  }

  /** Everything there is of these topics at one moment. */
  Snapshot snapshot(Set<Topic> topics);

  /**
   * Delivers every event after {@code after}, in order, without gaps, from a thread of the engine.
   * The consumer must not block.
   */
  Subscription subscribe(long after, Consumer<List<Event>> consumer);

  /** Delivers new lines of all attempts' logs as they come; missed ones are fetched by range. */
  Subscription follow(Consumer<Query.LogPage> consumer);

  /** Figures of the engine for the status bar; cheap. */
  Stats stats();

  record Snapshot(long seq, Map<Topic, List<? extends View>> things) {}

  /**
   * @param eventsPerSecond mean of the last five seconds
   * @param storeBytes size of the database with its log
   * @param commitSeconds how long the last commit took
   * @param budgets how the budgets stand; the first is that of today, midnight to midnight UTC
   * @param recoverySeconds mean time from a task's first failed or lost attempt to its verified
   *     work, of the last day's successes; 0 when nothing had to recover (MTTR, Google SRE)
   * @param held why no more agents work than do; empty when only their number limits it
   * @param pool worktrees that stand ready; null where none are wanted
   */
  record Stats(
      long seq,
      int ready,
      int running,
      int dead,
      double eventsPerSecond,
      long storeBytes,
      double commitSeconds,
      List<BudgetViews.BudgetUse> budgets,
      double recoverySeconds,
      List<String> held,
      String api,
      String feed,
      @Nullable Pool pool) {}

  /**
   * Worktrees that stand ready for attempts.
   *
   * @param ready how many are
   * @param wanted how many are to be
   * @param bytes size of their files
   * @param why there are fewer than are wanted; null where that is not known
   */
  record Pool(int ready, int wanted, long bytes, @Nullable String why) {}

  /** Ends a delivery. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
