package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.DriftViews;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Registers drift: differences between the ledger and what is there. */
public final class DriftArea {
  private DriftArea() {}

  /** Of an engine that is only asked. */
  public static Area reading(Supplier<List<DriftViews.Drift>> drift) {
    return area(drift).build();
  }

  /**
   * @param update whether the user's checkouts come along
   * @param wake has what waits for main merged
   */
  public static Area of(
      DriftMonitor drift, WorkspaceMonitor monitor, BooleanSupplier update, Runnable wake) {
    return area(drift::drift)
        .commands(
            Command.DriftCommands.class,
            command ->
                switch (command) {
                  case Command.Repair c ->
                      Action.run(
                          () -> {
                            drift.repair(c, update.getAsBoolean());
                            monitor.refresh();
                            wake.run(); // what held it may be settled
                          });
                  case Command.Reconcile _ -> Action.effect(() -> Map.of("drift", drift.look()));
                })
        .build();
  }

  private static Area.Builder area(Supplier<List<DriftViews.Drift>> drift) {
    return Area.named("drift").thingsBeside(Topic.DRIFT, drift::get);
  }
}
