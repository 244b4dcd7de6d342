package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What happened, by its name. Each area declares its own in an enum and registers them, see {@link
 * Registration#events}.
 */
public interface EventType {
  /** As the feed, the database and {@code --json} have it, for example {@code task.started}. */
  @JsonValue
  String word();

  /** Which kind of thing it happens to. */
  Topic topic();

  /** What it says of that thing, in a sentence for people. */
  String meaning();

  /** What happened, without the thing that it happened to: {@code started}. */
  default String verb() {
    return word().substring(word().lastIndexOf('.') + 1);
  }

  /** Whether the thing is gone with it. */
  default boolean removes() {
    return verb().equals("removed");
  }

  /** One that nobody here declares: it comes from an earlier or a later release. */
  record Unknown(String word, Topic topic) implements EventType {
    @Override
    public String meaning() {
      return "";
    }
  }

  /** All that are declared, area by area. */
  static List<EventType> all() {
    return Declared.ALL;
  }

  /**
   * The one of that name; {@link Unknown} when there is none.
   *
   * @param topic what an unknown one happened to
   */
  static EventType of(String word, Topic topic) {
    var declared = Declared.BY_WORD.get(word);
    return declared == null ? new Unknown(word, topic) : declared;
  }

  /** Looked for once, when somebody first asks. */
  final class Declared {
    private static final List<EventType> ALL =
        Registration.all().stream().flatMap(area -> area.events().stream()).toList();

    private static final Map<String, EventType> BY_WORD =
        ALL.stream().collect(Collectors.toUnmodifiableMap(EventType::word, Function.identity()));

    private Declared() {}
  }
}
