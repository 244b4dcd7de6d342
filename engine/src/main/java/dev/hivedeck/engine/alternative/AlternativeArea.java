package dev.hivedeck.engine.alternative;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.protocol.alternative.AlternativeCommand;
import dev.hivedeck.engine.protocol.alternative.AlternativeQuery;
import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/** Registers alternatives. */
public final class AlternativeArea {
  private AlternativeArea() {}

  /** Gives a task to more agents. */
  @FunctionalInterface
  public interface Adding {
    void add(Tx tx, String original, List<String> agents) throws SQLException;
  }

  /** Of an engine that is only asked. */
  public static Area reading(Ledger ledger, Clock clock) {
    return area(ledger, clock).build();
  }

  public static Area of(Ledger ledger, Clock clock, Adding adding, AlternativeChoice choice) {
    return area(ledger, clock)
        .commands(
            AlternativeCommand.class,
            command ->
                switch (command) {
                  case AlternativeCommand.Add c ->
                      Action.answer(
                          tx -> {
                            String original =
                                AlternativeLedger.original(tx.sql(), c.id()).orElse(c.id());
                            adding.add(tx, original, c.agents());
                            for (String task : AlternativeLedger.tasks(tx.sql(), original)) {
                              ChangeLedger.progressed(tx, task);
                            }
                            return Comparisons.of(tx.sql(), original, tx.now());
                          });
                  case AlternativeCommand.Choose c ->
                      Action.answer(
                          tx ->
                              Comparisons.of(
                                  tx.sql(), choice.choose(tx, c.id(), c.head()), tx.now()));
                  case AlternativeCommand.Undo c ->
                      Action.answer(
                          tx -> Comparisons.of(tx.sql(), choice.undo(tx, c.id()), tx.now()));
                })
        .build();
  }

  private static Area.Builder area(Ledger ledger, Clock clock) {
    return Area.named("alternative")
        .queries(
            AlternativeQuery.class,
            query ->
                switch (query) {
                  case AlternativeQuery.All _ ->
                      ledger.read(sql -> Comparisons.all(sql, clock.instant()));
                  case AlternativeQuery.Of q ->
                      ledger.read(
                          sql ->
                              Comparisons.of(
                                  sql, AlternativeChoice.original(sql, q.id()), clock.instant()));
                })
        .things(AlternativeRegistration.TOPIC, AlternativeLedger::views, AlternativeLedger::view);
  }
}
