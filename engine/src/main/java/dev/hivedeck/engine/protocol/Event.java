package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

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
    EventType type,
    Topic topic,
    String id,
    String text,
    JsonNode data) {

  /** One that comes from the feed or the database, where its type is a name. */
  @JsonCreator
  public static Event of(
      @JsonProperty("seq") long seq,
      @JsonProperty("at") Instant at,
      @JsonProperty("correlation") String correlation,
      @JsonProperty("type") String type,
      @JsonProperty("topic") Topic topic,
      @JsonProperty("id") String id,
      @JsonProperty("text") String text,
      @JsonProperty("data") JsonNode data) {
    return new Event(seq, at, correlation, EventType.of(type, topic), topic, id, text, data);
  }
}
