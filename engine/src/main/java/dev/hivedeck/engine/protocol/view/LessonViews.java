package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lessons as clients see them. */
public final class LessonViews {

  private LessonViews() {}

  public enum LessonState implements Word {
    NEW,
    ACCEPTED,
    MUTED,
    DELETED;

    @JsonCreator
    public static LessonState of(String word) {
      return Word.parse(LessonState.class, word);
    }
  }

  /**
   * Something that fails again and again, and what helped.
   *
   * @param source where it shows: {@code gate} and its name, or the reason of {@link
   *     AttemptViews.Attempt}
   * @param text what the messages have in common; {@code <*>} stands where they differ
   * @param seen in how many attempts
   * @param agents who failed of it lately
   * @param tasks at which, the latest first
   * @param remedy what helped: in a person's words, else what was done by the attempt that was
   *     verified next; null while nothing has
   * @param remediedBy that attempt; null while there is none
   * @param worded whether a person worded the remedy
   * @param offered whether agents at such work are told
   */
  public record Lesson(
      String id,
      String source,
      String text,
      int seen,
      Instant firstAt,
      Instant lastAt,
      List<String> agents,
      List<String> tasks,
      LessonState state,
      @Nullable String remedy,
      @Nullable String remediedBy,
      boolean worded,
      boolean offered)
      implements View {}
}
