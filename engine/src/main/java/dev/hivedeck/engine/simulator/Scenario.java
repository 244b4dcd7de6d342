package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the scripted model answers, step by step. Which step is due is told by the request alone: as
 * many as the conversation holds results of tools. So it keeps no state, and an agent that sends a
 * request again gets the same answer again.
 *
 * @param name by which an agent's base URL or a prompt asks for it
 * @param about one line for a person
 * @param resumes whether a conversation that was taken up again goes on with the step it had
 *     reached; else a new prompt begins at the first
 * @param repeatsLast whether the last step is played for ever
 * @param last what is said when no step is left
 */
public record Scenario(
    String name,
    String about,
    List<Step> steps,
    boolean resumes,
    boolean repeatsLast,
    String last) {

  /** The step after {@code done} tools have answered. */
  Step step(int done) {
    if (done < steps.size()) {
      return steps.get(done);
    }
    return repeatsLast ? steps.getLast() : new Step.Reply(Duration.ZERO, last, List.of());
  }

  /** One answer, after a while. */
  sealed interface Step {
    Duration delay();

    /**
     * @param calls the same wish in the words of several agents; the first that is offered is made
     */
    record Reply(Duration delay, String text, List<Call> calls) implements Step {}

    /**
     * @param status of HTTP, from 400
     * @param type of the error, as the vendor words it
     * @param code null for none
     * @param reset after how long the limit is lifted, or null
     */
    record Failure(
        Duration delay,
        int status,
        String type,
        String code,
        String message,
        Map<String, String> headers,
        Duration reset)
        implements Step {}

    /** Never answers. */
    record Hang(Duration delay) implements Step {}
  }

  /** A tool to be used. */
  sealed interface Call {
    String tool();

    record Function(String tool, JsonNode arguments) implements Call {}

    /** One whose input is text, not JSON. */
    record Freeform(String tool, String input) implements Call {}
  }
}
