package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agents and their health as clients see them. */
public final class AgentViews {

  private AgentViews() {}

  public enum AgentState implements Word {
    IDLE,
    RUNNING,
    VALIDATING,
    WAITING,
    RETRYING,
    PAUSED;

    @JsonCreator
    public static AgentState of(String word) {
      return Word.parse(AgentState.class, word);
    }
  }

  /**
   * A named worker; {@code id} is its name. State and numbers are derived from its attempts.
   *
   * @param driver how it is run
   * @param paused whether it is given nothing more; it may be at work still
   * @param task id of the task it works on, or null
   * @param attempt id of its current or latest attempt, or null
   * @param activity the last thing it said or did, one line; null before its first attempt
   * @param since when it entered its state; null before its first attempt
   * @param succeeded attempts that passed all gates
   * @param failed attempts that did not
   * @param health how well it does, and why
   */
  public record Agent(
      String id,
      String role,
      String category,
      AgentDriver driver,
      @Nullable String version,
      @Nullable String model,
      List<String> capabilities,
      List<String> owns,
      List<String> fallback,
      AgentState state,
      boolean paused,
      @Nullable String task,
      @Nullable String attempt,
      int stage,
      @Nullable String activity,
      @Nullable Instant since,
      int succeeded,
      int failed,
      Health health,
      long tokens,
      double cost)
      implements View {

    /** The same, without what it said or did last. */
    public Agent quiet() {
      return new Agent(
          id,
          role,
          category,
          driver,
          version,
          model,
          capabilities,
          owns,
          fallback,
          state,
          paused,
          task,
          attempt,
          stage,
          null,
          since,
          succeeded,
          failed,
          health,
          tokens,
          cost);
    }
  }

  /**
   * How well an agent does. How it is reckoned stands in docs/choice.md.
   *
   * @param score 0 to 100; null where there are too few attempts to tell
   * @param runs how many of its latest attempts it is made of
   * @param least how many there must be for a score
   * @param parts what it is made of, the heaviest first; empty without a score
   */
  public record Health(@Nullable Integer score, int runs, int least, List<HealthPart> parts) {
    /** Nothing is known. */
    public static final Health UNKNOWN = new Health(null, 0, 5, List.of());

    /** Whether there is a score below that. */
    public boolean below(int limit) {
      return score != null && score < limit;
    }
  }

  /**
   * One part of an agent's health.
   *
   * @param name {@code verified}, {@code gates}, {@code stuck} (shares, 0 to 1), {@code time}
   *     (seconds) or {@code cost} (dollars)
   * @param weight in the score, before parts that are not known are left out
   * @param score 0 to 100
   * @param now in its latest attempts
   * @param before in its own earlier ones; null when there are too few
   * @param peers of other agents at the same kinds of work; null when unknown
   * @param trend against its own earlier attempts, else against its peers
   */
  public record HealthPart(
      String name,
      int weight,
      int score,
      double now,
      @Nullable Double before,
      @Nullable Double peers,
      Trend trend) {}

  public enum Trend implements Word {
    BETTER,
    STEADY,
    WORSE,
    UNKNOWN;

    @JsonCreator
    public static Trend of(String word) {
      return Word.parse(Trend.class, word);
    }
  }
}
