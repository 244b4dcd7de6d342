package dev.hivedeck.engine.protocol.alternative;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Comparison;
import java.util.List;
import java.util.Map;

/** Adds alternatives to the protocol. */
public final class AlternativeRegistration implements Registration {
  public static final Topic TOPIC = Topic.registered("alternatives", Alternatives.class);

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "alternative.add",
        AlternativeCommand.Add.class,
        "alternative.choose",
        AlternativeCommand.Choose.class,
        "alternative.undo",
        AlternativeCommand.Undo.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "alternatives", AlternativeQuery.All.class, "alternatives.of", AlternativeQuery.Of.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(AlternativeEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(TOPIC);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/alternatives",
            "listAlternatives",
            "Tasks that several agents do (best of n), each with its alternatives side by side;"
                + " those that wait for a choice first",
            "alternatives",
            Comparison.class,
            true,
            Map.of()),
        new Route(
            "/v1/alternatives/{id}",
            "getAlternatives",
            "The alternatives of a task, side by side",
            "alternatives.of",
            Comparison.class,
            false,
            Map.of()),
        new Route(
            "/v1/tasks/{id}/alternatives",
            "addAlternatives",
            "Gives a task to more agents, of whose work one is chosen",
            "alternative.add",
            Comparison.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/choose",
            "chooseAlternative",
            "Takes one of several alternatives on its way and closes the others",
            "alternative.choose",
            Comparison.class,
            false,
            Map.of()),
        new Route(
            "/v1/alternatives/{id}/undo",
            "undoChoice",
            "Takes a choice back, as long as nothing is merged",
            "alternative.undo",
            Comparison.class,
            false,
            Map.of()));
  }
}
