package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decisions as clients see them. */
public final class DecisionViews {

  /** The kind of decision by which a task is with the person; it waits, however long it takes. */
  public static final String MANUAL = "manual";

  private DecisionViews() {}

  public enum DecisionState implements Word {
    OPEN,
    DECIDED,
    EXPIRED,
    WITHDRAWN;

    @JsonCreator
    public static DecisionState of(String word) {
      return Word.parse(DecisionState.class, word);
    }
  }

  /**
   * A question to a person.
   *
   * @param kind looks up the decision matrix
   * @param level 1 agent to agent, 2 lead, 3 person
   * @param fallback the option that is taken when nobody answers by {@code dueAt}; null when it
   *     waits
   * @param answer the option taken, or null
   * @param by who answered: {@code you} or {@code deadline}
   */
  public record Decision(
      String id,
      String task,
      String attempt,
      String agent,
      @Nullable String kind,
      int level,
      String question,
      @Nullable String detail,
      List<String> options,
      @Nullable String fallback,
      DecisionState state,
      @Nullable String answer,
      @Nullable String comment,
      @Nullable String by,
      Instant openedAt,
      @Nullable Instant dueAt,
      @Nullable Instant answeredAt)
      implements View {
    /** The kind of a question that the engine asks when an agent cannot go on: for a person. */
    public static final String STUCK = "stuck";

    private static final Set<String> OWN =
        Set.of(PermissionRequest.KIND, MANUAL, "proposal", STUCK);

    /** Whether it is the engine itself that asks so, in words that a person trusts. */
    public static boolean isOwn(@Nullable String kind) {
      return kind != null && OWN.contains(kind.strip().toLowerCase(Locale.ROOT));
    }
  }
}
