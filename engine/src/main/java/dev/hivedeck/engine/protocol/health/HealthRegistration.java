package dev.hivedeck.engine.protocol.health;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.util.List;
import java.util.Map;

/** Adds the health of changes to the protocol. */
public final class HealthRegistration implements Registration {
  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "change.clear", HealthCommand.Clear.class,
        "change.unclear", HealthCommand.Unclear.class,
        "change.describe", HealthCommand.Describe.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/changes/{id}/clear",
            "clearObstacle",
            "Lets be what speaks against merging a change, with a reason that is kept",
            "change.clear",
            ChangeViews.Change.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/unclear",
            "unclearObstacle",
            "Takes that back",
            "change.unclear",
            ChangeViews.Change.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/describe",
            "describeChange",
            "Says a part of the description of a change",
            "change.describe",
            ChangeViews.Change.class,
            false,
            Map.of()));
  }
}
