package dev.hivedeck.engine.stack;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.merge.StackCommand;
import dev.hivedeck.engine.protocol.merge.StackQuery;

/** Registers the splitting of changes. */
public final class StackArea {
  private StackArea() {}

  public static Area of(ChangeSplit splits) {
    return Area.named("stack")
        .commands(
            StackCommand.class,
            command ->
                switch (command) {
                  case StackCommand.Split c -> Action.effect(() -> splits.split(c.id(), c.by()));
                  case StackCommand.Join c -> Action.answer(tx -> splits.join(tx, c.id()));
                })
        .queries(
            StackQuery.class,
            query ->
                switch (query) {
                  case StackQuery.Preview q -> splits.preview(q.id(), q.by());
                })
        .build();
  }
}
