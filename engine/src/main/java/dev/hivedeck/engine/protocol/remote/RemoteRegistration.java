package dev.hivedeck.engine.protocol.remote;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Registration;
import java.util.List;
import java.util.Map;

/** Adds the remote to the protocol. */
public final class RemoteRegistration implements Registration {
  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "workspace.fetch", RemoteCommand.Fetch.class, "workspace.push", RemoteCommand.Push.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/workspace/fetch",
            "fetchRemote",
            "Fetches the branch of the remote that main follows, and brings main up where asked",
            "workspace.fetch",
            RemoteViews.Fetched.class,
            false,
            Map.of()),
        new Route(
            "/v1/workspace/push",
            "pushMain",
            "Pushes main to the branch of the remote that it follows, forward only",
            "workspace.push",
            RemoteViews.Pushed.class,
            false,
            Map.of()));
  }
}
