package dev.hivedeck.engine.protocol.reading;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Pace;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import java.util.List;
import java.util.Map;

/** Adds how far a person has read changes to the protocol. */
public final class ReadingRegistration implements Registration {
  public static final Topic TOPIC = Topic.registered("reading", Reading.class).forPeople();
  public static final Topic PACE = Topic.registered("pace", Pace.class).forPeople();

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "change.seen",
        ReadingCommand.MarkSeen.class,
        "change.unseen",
        ReadingCommand.MarkUnseen.class,
        "change.read",
        ReadingCommand.Read.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "readings", ReadingQuery.OfAll.class, "change.reading", ReadingQuery.OfChange.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(ReadingEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(TOPIC, PACE);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/readings",
            "getReadings",
            "How far open changes are read, and how fast you read",
            "readings",
            ReadingViews.Readings.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/reading",
            "getReading",
            "The files of a change in the order in which to read them, with what was seen of them",
            "change.reading",
            ReadingViews.ReadingOrder.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/seen",
            "markSeen",
            "Marks hunks of a change as seen, by hash or file; all where none is named",
            "change.seen",
            Reading.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/unseen",
            "markUnseen",
            "Takes such marks back",
            "change.unseen",
            Reading.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/read",
            "noteReading",
            "Says how long you looked at a change",
            "change.read",
            Reading.class,
            false,
            Map.of()));
  }
}
