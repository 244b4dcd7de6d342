package dev.hivedeck.engine.remote;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.remote.RemoteCommand;

/** Registers the remote that main follows. */
public final class RemoteArea {
  private RemoteArea() {}

  public static Area of(RemoteSync sync) {
    return Area.named("remote")
        .commands(
            RemoteCommand.class,
            command ->
                switch (command) {
                  case RemoteCommand.Fetch c -> Action.effect(() -> sync.fetch(c.forward()));
                  case RemoteCommand.Push _ -> Action.effect(sync::push);
                })
        .build();
  }
}
