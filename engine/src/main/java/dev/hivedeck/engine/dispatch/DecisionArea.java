package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.decision.DecisionLedger;
import dev.hivedeck.engine.decision.Questions;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.Map;

/** Registers decisions: questions of attempts, and tasks that agents propose. */
public final class DecisionArea {
  private DecisionArea() {}

  /** Of an engine that is only asked. */
  public static Area reading() {
    return area().build();
  }

  /**
   * @param wake has ready tasks given to agents
   */
  public static Area of(Questions questions, Proposals proposals, Runnable wake) {
    return area()
        .commands(
            Command.DecisionCommands.class,
            command ->
                switch (command) {
                  case Command.Decide c ->
                      Action.answer(tx -> decide(tx, c, questions, proposals, wake));
                })
        .build();
  }

  private static Area.Builder area() {
    return Area.named("decision")
        .things(Topic.DECISION, DecisionLedger::views, DecisionLedger::view);
  }

  private static Object decide(
      Tx tx, Command.Decide c, Questions questions, Proposals proposals, Runnable wake)
      throws SQLException {
    if (Proposals.has(tx.sql(), c.id())) {
      tx.after(wake);
      return proposals
          .decide(tx, c.id(), c.option(), c.comment())
          .map(task -> Map.of("task", task))
          .orElse(null);
    }
    questions.decide(tx, c.id(), c.option(), c.comment());
    return null;
  }
}
