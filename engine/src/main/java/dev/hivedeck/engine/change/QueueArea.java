package dev.hivedeck.engine.change;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.change.batch.BatchLedger;
import dev.hivedeck.engine.change.batch.RedMainLedger;
import dev.hivedeck.engine.change.forecast.ForecastLedger;
import dev.hivedeck.engine.config.MergeConfig;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews;
import dev.hivedeck.engine.protocol.merge.MergeViews.Place;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Registers the merge queue and what it merged. */
public final class QueueArea {
  private static final int MERGES = 100;

  private QueueArea() {}

  /**
   * Of an engine that is only asked.
   *
   * @param config how changes come to main
   */
  public static Area reading(Ledger ledger, Supplier<MergeConfig> config) {
    return area(ledger, config).build();
  }

  /**
   * @param config how changes come to main
   * @param reverts takes merged changes back
   * @param merges told when something may be merged again, or nothing any more
   */
  public static Area of(
      Ledger ledger, Supplier<MergeConfig> config, ChangeRevert reverts, MergeQueue merges) {
    return area(ledger, config)
        .commands(
            MergeCommand.class,
            command ->
                switch (command) {
                  case MergeCommand.Revert c ->
                      Action.effect(() -> reverts.revert(c.id(), c.reason()));
                  case MergeCommand.First c ->
                      Action.answer(
                          tx -> {
                            ChangeLedger.first(tx, c.id());
                            tx.after(merges::wake);
                            return queue(tx.sql(), config.get());
                          });
                  case MergeCommand.Freeze c ->
                      Action.answer(
                          tx -> {
                            QueueFreezes.byHand(tx, c.reason());
                            tx.after(merges::frozen);
                            return queue(tx.sql(), config.get());
                          });
                  case MergeCommand.Unfreeze c ->
                      Action.answer(
                          tx -> {
                            QueueFreezes.end(tx, c.reason());
                            tx.after(merges::wake);
                            return queue(tx.sql(), config.get());
                          });
                })
        .build();
  }

  private static Area.Builder area(Ledger ledger, Supplier<MergeConfig> config) {
    return Area.named("queue")
        .queries(
            MergeQuery.class,
            query ->
                switch (query) {
                  case MergeQuery.Queue _ -> ledger.read(sql -> queue(sql, config.get()));
                  case MergeQuery.Forecasts _ -> ledger.read(ForecastLedger::all);
                  case MergeQuery.Batches q ->
                      ledger.read(BatchLedger::latest).stream()
                          .limit(q.limit() > 0 ? q.limit() : MERGES)
                          .toList();
                  case MergeQuery.Merges q ->
                      ledger.read(MergeLedger::latest).stream()
                          .limit(q.limit() > 0 ? q.limit() : MERGES)
                          .toList();
                })
        .things(MergeRegistration.TOPIC, MergeLedger::latest)
        .things(MergeRegistration.QUEUE, sql -> List.of(QueueFreezes.state(sql)))
        .things(MergeRegistration.BATCH, BatchLedger::latest)
        .things(MergeRegistration.FORECAST, ForecastLedger::all);
  }

  static MergeViews.Queue queue(Sql sql, MergeConfig config) throws SQLException {
    var freezes = QueueFreezes.open(sql);
    var line = MergeLine.of(sql);
    var places = new ArrayList<Place>();
    for (var change : ChangeLedger.in(sql, ChangeState.MERGING)) {
      places.add(place(sql, places.size() + 1, change, "is being merged"));
    }
    for (var change : line.passing()) {
      places.add(place(sql, places.size() + 1, change, null));
    }
    for (var change : line.waiting()) {
      places.add(place(sql, 0, change, line.why()));
    }
    for (var stacked : line.stacked()) {
      places.add(place(sql, 0, stacked.change(), stacked.why()));
    }
    return new MergeViews.Queue(
        freezes,
        freezes.isEmpty() && !line.waiting().isEmpty() ? line.why() : "",
        RedMainLedger.now(sql),
        places,
        config.method(),
        config.batch(),
        config.ahead());
  }

  private static Place place(Sql sql, int place, ChangeLedger.Row change, String why)
      throws SQLException {
    var view = ChangeLedger.view(sql, change.id());
    String own = view.reason() == null ? "" : view.reason();
    return new Place(
        place,
        change.id(),
        change.title(),
        change.agent(),
        change.state().word(),
        view.updatedAt(),
        why == null ? own : why);
  }
}
