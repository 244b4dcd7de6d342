package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * Something that happened, durable before anybody sees it.
 *
 * @param seq position in the workspace's history, from 1, without gaps
 * @param at when it was written
 * @param correlation ties together everything that one command caused
 * @param type what happened, for example {@code task.started}; {@code <topic>.removed} takes the
 *     thing away; {@code plan.reloaded} asks clients to take a new snapshot
 * @param topic which kind of thing it happened to
 * @param id which one
 * @param text one plain sentence for a person, already free of secrets
 * @param data the whole view of the thing after the event (see {@link Topic#view()}), or null
 */
public record Event(
    long seq,
    Instant at,
    String correlation,
    String type,
    Topic topic,
    String id,
    String text,
    JsonNode data) {
  private static final Set<String> ATTEMPT_ENDS =
      Set.of(
          "attempt.succeeded",
          "attempt.failed",
          "attempt.cancelled",
          "attempt.ended",
          "attempt.lost");

  /** Whether it tells that an attempt is over. */
  public boolean endsAttempt() {
    return ATTEMPT_ENDS.contains(type);
  }
}
