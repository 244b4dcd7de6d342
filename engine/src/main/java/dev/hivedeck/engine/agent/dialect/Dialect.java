package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.agent.RunRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one kind of agent is started, and what its lines of JSON mean. */
public interface Dialect {

  Launch launch(RunRequest request);

  /** Ears for one run. */
  Reader reading(RunRequest request);

  /**
   * Whether its agents tell what each answer of their model took; else the tools that they used
   * stand for their turns.
   */
  default boolean tellsTurns() {
    return true;
  }

  /**
   * @param command the program and its arguments; nothing secret, for others can see them
   * @param environment what it gets besides that of the job
   * @param input lines for its standard input
   * @param open whether the input stays open, to answer it; else it ends after these
   */
  record Launch(
      List<String> command, Map<String, String> environment, List<String> input, boolean open) {}

  /** Makes sense of one run, line by line. It holds what it needs to know, and has no effects. */
  interface Reader {

    /** What an event means; empty for one that is known and says nothing. */
    List<DialectEvent> read(JsonNode event);

    /**
     * What a line of its standard error means: there some tell that they try again by themselves,
     * and nowhere else.
     */
    default List<DialectEvent> aside(String line) {
      return List.of();
    }

    /**
     * What it means that nothing more will come, or came for a while: the rest of what was begun.
     */
    default List<DialectEvent> pause() {
      return List.of();
    }

    /** Whether it can be told something just now; until then it is kept. */
    default boolean listens() {
      return true;
    }

    /** The line that says this to the agent while it works; empty when it does not listen. */
    default Optional<String> say(String text) {
      return Optional.empty();
    }

    /** The line that asks it to stop working, and to say so; empty when it knows no such. */
    default Optional<String> stop() {
      return Optional.empty();
    }
  }
}
