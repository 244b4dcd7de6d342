package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.git.repository.KeptCommit;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import java.util.Map;

/** Registers kept work. */
public final class KeptArea {
  /** How many lines of a diff are told. */
  private static final int LINES = 5_000;

  private KeptArea() {}

  /** Of an engine that is only asked. */
  public static Area reading(KeptWork kept) {
    return area(kept).build();
  }

  public static Area of(KeptWork kept, KeptRetention retention) {
    return area(kept)
        .commands(
            Command.KeptCommands.class,
            command ->
                switch (command) {
                  case Command.DropKept c ->
                      Action.effect(() -> Map.of("dropped", retention.drop(c.ids())));
                  case Command.RestoreKept c ->
                      Action.effect(() -> Map.of("branch", kept.restore(c.id(), c.branch())));
                })
        .build();
  }

  private static Area.Builder area(KeptWork kept) {
    return Area.named("kept")
        .queries(
            Query.KeptQueries.class,
            query ->
                switch (query) {
                  case Query.KeptDiff q -> kept.show(q.id(), LINES);
                })
        .thingsBeside(Topic.KEPT, () -> kept.list().stream().map(KeptArea::view).toList());
  }

  private static AttemptViews.Kept view(KeptCommit k) {
    return new AttemptViews.Kept(
        k.ref(), k.commit(), k.task(), k.attempt(), k.why(), k.files(), k.bytes(), k.at());
  }
}
