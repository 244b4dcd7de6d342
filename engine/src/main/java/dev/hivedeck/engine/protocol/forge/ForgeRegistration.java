package dev.hivedeck.engine.protocol.forge;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import java.util.List;
import java.util.Map;

/** Adds GitHub to the protocol. */
public final class ForgeRegistration implements Registration {
  public static final Topic FORGE = Topic.registered("forge", ForgeStatus.class);
  public static final Topic PULL_REQUEST = Topic.registered("pull-request", PullRequest.class);

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "github.link", ForgeCommand.Link.class,
        "github.unlink", ForgeCommand.Unlink.class,
        "github.sync", ForgeCommand.Sync.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "github.status", ForgeQuery.Status.class, "pull-requests", ForgeQuery.PullRequests.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(ForgeEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(FORGE, PULL_REQUEST);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/github",
            "getGithub",
            "How it stands with the link to GitHub: whether it is reached, and its rate limit",
            "github.status",
            ForgeStatus.class,
            false,
            Map.of()),
        new Route(
            "/v1/pull-requests",
            "listPullRequests",
            "Pull requests of changes, with their checks and reviews on GitHub",
            "pull-requests",
            PullRequest.class,
            true,
            Map.of()),
        new Route(
            "/v1/github/link",
            "linkGithub",
            "Links the workspace to its repository on GitHub",
            "github.link",
            ForgeStatus.class,
            false,
            Map.of()),
        new Route(
            "/v1/github/unlink",
            "unlinkGithub",
            "Ends the link to GitHub; what is there stays",
            "github.unlink",
            ForgeStatus.class,
            false,
            Map.of()),
        new Route(
            "/v1/github/sync",
            "syncGithub",
            "Looks at GitHub now",
            "github.sync",
            ForgeStatus.class,
            false,
            Map.of()));
  }
}
