package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

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
    @Nullable String correlation,
    EventType type,
    Topic topic,
    @Nullable String id,
    @Nullable String text,
    @Nullable JsonNode data) {

  /** One that comes from the feed or the database, where its type is a name. */
  @JsonCreator
  public static Event of(
      @JsonProperty("seq") long seq,
      @JsonProperty("at") Instant at,
      @JsonProperty("correlation") @Nullable String correlation,
      @JsonProperty("type") String type,
      @JsonProperty("topic") Topic topic,
      @JsonProperty("id") @Nullable String id,
      @JsonProperty("text") @Nullable String text,
      @JsonProperty("data") @Nullable JsonNode data) {
    return new Event(seq, at, correlation, EventType.of(type, topic), topic, id, text, data);
  }
}
