package dev.hivedeck.engine.protocol.merge;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import java.util.List;
import java.util.Map;

/** Adds the splitting of changes to the protocol. */
public final class StackRegistration implements Registration {

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of("change.split", StackCommand.Split.class, "change.join", StackCommand.Join.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of("change.split.preview", StackQuery.Preview.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/changes/{id}/split/preview",
            "previewSplit",
            "What a change would be split into, by directory or by commit; nothing is done",
            "change.split.preview",
            StackViews.SplitPreview.class,
            false,
            Map.of("by", "`directory`, or `commit`; default `directory`.")),
        new Route(
            "/v1/changes/{id}/split",
            "splitChange",
            "Makes a stack of smaller changes of one, whose top has exactly its files",
            "change.split",
            StackViews.Parts.class,
            false,
            Map.of()),
        new Route(
            "/v1/changes/{id}/join",
            "joinChange",
            "Takes a split back, as long as nothing of it was merged or worked on",
            "change.join",
            ChangeViews.Change.class,
            false,
            Map.of()));
  }
}
