package dev.hivedeck.engine.protocol.flag;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagSetting;
import java.util.List;
import java.util.Map;

/** Adds feature flags to the protocol. */
public final class FlagRegistration implements Registration {
  public static final Topic FLAG = Topic.registered("flag", FlagSetting.class);

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "flag.set", FlagCommand.SetFlag.class,
        "flag.kill", FlagCommand.KillFlag.class,
        "flag.restore", FlagCommand.RestoreFlag.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of("flags", FlagQuery.Flags.class, "flag", FlagQuery.OneFlag.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(FlagEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(FLAG);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        route("/v1/flags", "listFlags", "Feature flags", "flags", true),
        route("/v1/flags/{id}", "getFlag", "A feature flag", "flag", false),
        route("/v1/flags/{id}/set", "setFlag", "Gives a variant a share", "flag.set", false),
        route("/v1/flags/{id}/kill", "killFlag", "Everybody gets its default", "flag.kill", false),
        route("/v1/flags/{id}/restore", "restoreFlag", "It counts again", "flag.restore", false));
  }

  private static Route route(String path, String id, String summary, String word, boolean list) {
    return new Route(path, id, summary, word, Flag.class, list, Map.of());
  }
}
